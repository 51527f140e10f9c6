import { type CodeNode, fieldOf } from '../code-node.ts';
import { type ContentProfile, members, words } from '../profile.ts';

/** Ruby, as the grammar `ruby` of tree-sitter names its nodes. */
export const RUBY: ContentProfile = {
  names: words('identifier constant'),
  scopes: words('method singleton_method class module singleton_class block do_block lambda'),
  binds: words(
    'assignment.left operator_assignment.left method_parameters.* block_parameters.* lambda_parameters.* optional_parameter.name splat_parameter.name hash_splat_parameter.name block_parameter.name keyword_parameter.name exception_variable.* for.pattern in_clause.pattern',
  ),
  bindsOutside: words('method.name singleton_method.name class.name module.name'),
  patterns: words(
    'left_assignment_list.* destructured_parameter.* destructured_left_assignment.* rest_assignment.* array_pattern.* find_pattern.* alternative_pattern.*',
  ),
  noUses: words('pair.key keyword_pattern.key superclass.scope undef.* '),
  members: { scope_resolution: { object: 'scope', name: 'name' } },
  calls: { call: { callee: 'method', object: 'receiver', name: 'method' } },
  subscripts: null,
  declarations: { assignment: { name: 'left', value: 'right' } },
  bodies: words('body_statement block_body'),
  strings: words('string regex heredoc_body bare_string string_array symbol_array delimited_symbol simple_symbol'),
  kinds: {
    subshell: 'It would run a command.',
    global_variable: 'It would use a variable of the whole program.',
    class_variable: 'It would use a variable that classes share.',
    singleton_class: 'It would open one object up.',
    alias: 'It would give a method another name.',
    undef: 'It would take a method away.',
    begin_block: 'It would run before the program.',
    end_block: 'It would run when the program ends.',
    uninterpreted: 'It would put data behind the program.',
  },
  importOf: () => null,
  pureModules: {},
  effectModules: /^$/,
  runningModules: /^$/,
  builtins: members(
    `String=_ Integer=_,sqrt Float=_ Array=_,new Hash=_,new Set=new Symbol=_ Struct=_ Comparable Enumerable Rational=_ Complex=_ BigDecimal=_ Math Numeric=_ Range=new NilClass=_ TrueClass=_ FalseClass=_ Date=parse,today,new,valid_date? Time=now,at
    StandardError ArgumentError TypeError RangeError KeyError IndexError ZeroDivisionError RuntimeError NotImplementedError NoMethodError=_ FrozenError=_ StopIteration FloatDomainError
    raise loop private protected public attr_reader attr_accessor attr_writer puts=_ freeze block_given? lambda proc private_constant module_function expect eq be be_nil be_empty be_within match_array contain_exactly raise_error it describe context described_class subject`,
  ),
  effectNames: words(
    'ENV ARGV File Dir IO FileUtils Pathname Tempfile Net URI TCPSocket UDPSocket Socket TCPServer UNIXSocket OpenURI Open3 Process Signal Etc Kernel Object BasicObject Module Class Proc Method UnboundMethod Binding ObjectSpace GC RubyVM TracePoint Thread Fiber Ractor Marshal YAML Psych Fiddle PTY DRb ERB Logger Faraday HTTParty RestClient Rails STDIN STDOUT STDERR DATA puts p pp print printf putc open gets readline readlines warn sleep rand srand require require_relative load autoload include extend prepend exit exit! abort at_exit fork trap caller method define_method method_missing instance_variable_get instance_variable_set const_get const_set send public_send __send__ __method__ binding catch throw test select set_trace_func trace_var refine using class_eval module_eval instance_eval',
  ),
  runningNames: words(
    'eval system exec spawn syscall instance_eval class_eval module_eval instance_exec class_exec module_exec binding Open3 PTY RubyVM Fiddle DRb Marshal',
  ),
  methods: words(
    `abs all? any? append at between? bytes capitalize ceil center chars chomp chop clamp clear coerce collect compact compact! concat count cycle day delete delete_at delete_if
    detect dig digits divmod downcase drop drop_while dup each each_char each_cons each_entry each_key each_pair each_slice each_value each_with_index each_with_object
    empty? end_with? entries eql? equal? even? fdiv fetch fetch_values fill filter filter_map find find_all find_index first flat_map flatten flatten! floor freeze
    gsub gsub! gcd group_by has_key? has_value? include? index inject insert inspect intersect? intersection invert is_a? join keep_if key? keys kind_of? last
    lcm length lines ljust lstrip map max max_by member? merge merge! min min_by minmax modulo month negative? new next nil? none? nonzero? odd? one? order
    partition pop positive? prepend pred product push reduce reject reject! replace reverse reverse_each rindex rjust rotate round rstrip sample scan select
    shift size skip slice sort sort_by split squeeze start_with? step store strftime strip sub sub! sum succ swapcase take take_while tally then times to_a
    to_f to_h to_i to_r to_s to_set to_sym to_d transform_keys transform_values transpose truncate union uniq unshift upcase update upto downto values values_at with_index
    year yday wday zero? zip call hash message tr delete_prefix delete_suffix format days_in_month next_day prev_day next_month prev_month assert_equal assert assert_nil assert_raises expect to eq not_to be be_nil be_empty be_within match_array raise_error assert_empty assert_in_delta assert_includes refute refute_equal refute_nil describe context it`,
  ),
  escapes:
    /^:?(?:send|__send__|public_send|instance_eval|instance_exec|class_eval|class_exec|module_eval|module_exec|eval|binding|const_get|const_missing|const_set|define_method|define_singleton_method|instance_variable_get|instance_variable_set|instance_method|method|methods|method_missing|respond_to_missing\?|inherited|included|extended|prepended|method_added|class|singleton_class|ancestors|system|exec|spawn|fork|popen\d?|open|exit|exit!|abort|at_exit|load|require|require_relative|autoload|trap|syscall|tap|remove_method|undef_method|alias_method|to_proc|instance_variables|constants|Kernel|ENV|File|IO|Process)$/,
  tailsAnswer: true,
  inlineCallees: words('constant super'),
  extra(node: CodeNode) {
    if (node.type === 'class' || node.type === 'module') {
      const name = fieldOf(node, 'name')?.text ?? '';
      return { key: `open ${name}`, reason: 'It would open a class or module that may be one of somebody else.' };
    }
    const around = node.parent?.type === 'body_statement' ? node.parent.parent?.type : null;
    if (node.type === 'call' && around === 'class' && !/^attr_/.test(node.text)) {
      return { key: `mark ${node.text}`, reason: 'It would say something about the whole class.' };
    }
    const name = /^(?:method|singleton_method)$/.test(node.type) ? (fieldOf(node, 'name')?.text ?? '') : '';
    return /^(?:method_missing|respond_to_missing\?|inherited|included|extended|prepended|method_added|coerce|to_str|to_proc|const_missing|=~|!|==|===)$/.test(
      name,
    )
      ? { key: `special ${name}`, reason: 'It would define a method that Ruby calls by itself.' }
      : null;
  },
};
