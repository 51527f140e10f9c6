import { type CodeNode, fieldOf, namedChildren } from '../code-node.ts';
import { type ContentProfile, type ImportedModule, members, words } from '../profile.ts';

/** PHP 8, as the grammar `php` of tree-sitter names its nodes. Names of functions and classes are case-insensitive. */
export const PHP: ContentProfile = {
  names: words('name relative_scope'),
  scopes: words('function_definition method_declaration anonymous_function arrow_function declaration_list'),
  binds: words(
    'simple_parameter.name variadic_parameter.name property_promotion_parameter.name assignment_expression.left foreach_statement.* catch_clause.name static_variable_declaration.name augmented_assignment_expression.left anonymous_function_use_clause.* property_element.name global_declaration.* reference_assignment_expression.left',
  ),
  bindsOutside: words(
    'function_definition.name method_declaration.name class_declaration.name interface_declaration.name enum_declaration.name trait_declaration.name',
  ),
  patterns: words(
    'list_literal.* pair.* by_ref.* array_creation_expression.* array_element_initializer.* variable_name.*',
  ),
  noUses: words(
    'variable_name.* namespace_definition.* namespace_name.* const_element.* enum_case.name argument.name named_label_statement.* primitive_type.* named_type.* qualified_name.* class_constant_access_expression.* use_instead_of_clause.* namespace_use_clause.*',
  ),
  members: {
    member_access_expression: { object: 'object', name: 'name' },
    nullsafe_member_access_expression: { object: 'object', name: 'name' },
    scoped_property_access_expression: { object: 'scope', name: 'name' },
  },
  calls: {
    function_call_expression: { callee: 'function' },
    member_call_expression: { object: 'object', name: 'name' },
    nullsafe_member_call_expression: { object: 'object', name: 'name' },
    scoped_call_expression: { object: 'scope', name: 'name' },
  },
  subscripts: null,
  declarations: { assignment_expression: { name: 'left', value: 'right' } },
  bodies: words('compound_statement declaration_list'),
  strings: words('string encapsed_string heredoc nowdoc'),
  kinds: {
    shell_command_expression: 'It would run a command.',
    dynamic_variable_name: 'It would name a variable by what is computed.',
    include_expression: 'It would run another file.',
    include_once_expression: 'It would run another file.',
    require_expression: 'It would run another file.',
    require_once_expression: 'It would run another file.',
    exit_statement: 'It would end the program.',
    echo_statement: 'It would print.',
    print_intrinsic: 'It would print.',
    error_suppression_expression: 'It would keep errors quiet.',
    global_declaration: 'It would use a variable of the whole program.',
    attribute: 'It would put an attribute on something.',
    text: 'It would put text outside of the program.',
    declare_statement: 'It would change how the file is read.',
    goto_statement: 'It would jump.',
    use_declaration: 'It would take a trait in.',
    reference_modifier: 'It would change a value through another name.',
    variadic_placeholder: 'It would hand a function on by its name.',
  },
  importOf,
  pureModules: {},
  effectModules: /^$/,
  runningModules: /^$/,
  builtins: members(
    `relative_scope self static parent true false null TRUE FALSE NULL this
    abs array_chunk array_column array_combine array_count_values array_diff array_diff_key array_fill array_fill_keys array_flip array_intersect array_intersect_key array_is_list array_key_exists array_key_first array_key_last array_keys array_merge array_pad array_pop array_product array_push array_reverse array_search array_shift array_slice array_splice array_sum array_unique array_unshift array_values array_rand
    ceil floor round intdiv fmod max min count sizeof in_array implode explode join str_replace str_contains str_starts_with str_ends_with str_pad str_repeat str_split strlen strpos strrpos stripos substr substr_count strtolower strtoupper ucfirst lcfirst ucwords trim ltrim rtrim sprintf number_format nl2br wordwrap strcmp strcasecmp strcoll strrev
    mb_strlen mb_substr mb_strtolower mb_strtoupper mb_strpos is_array is_bool is_float is_int is_null is_numeric is_object is_string is_iterable is_countable isset empty unset intval floatval strval boolval settype=_ sort rsort ksort krsort asort arsort range compact=_ iterator_to_array json_decode json_encode preg_match preg_split preg_quote ctype_digit ctype_alpha ctype_alnum filter_var=_ htmlspecialchars
    checkdate mktime strtotime date time hash_equals spl_object_id sqrt pow pi is_nan is_finite is_infinite array_map=_ array_filter=_ array_reduce=_ usort=_ uasort=_ uksort=_ array_walk=_ bcadd bcsub bcmul bcdiv bccomp PHP_INT_MAX PHP_EOL ENT_QUOTES JSON_THROW_ON_ERROR STR_PAD_LEFT PHP_ROUND_HALF_UP SORT_REGULAR
    Exception InvalidArgumentException DomainException LengthException OutOfRangeException OutOfBoundsException RangeException RuntimeException LogicException UnexpectedValueException TypeError ValueError ArithmeticError DivisionByZeroError JsonException DateTimeImmutable DateTime DateInterval DateTimeZone DateTimeInterface ArrayIterator ArrayObject=_ Countable IteratorAggregate Traversable Stringable Closure=_ Throwable stdClass=_`,
  ),
  effectNames: words(
    'getenv putenv fopen fwrite fputs fread file file_get_contents file_put_contents unlink rmdir mkdir rename copy chmod chown symlink link touch glob scandir opendir readfile tempnam tmpfile curl_init curl_exec curl_setopt fsockopen stream_socket_client stream_context_create socket_create mail header setcookie ini_set ini_get set_error_handler set_exception_handler register_shutdown_function error_log error_reporting var_dump print_r var_export printf phpinfo php_uname get_cfg_var define constant extract parse_str get_object_vars get_defined_vars func_get_args debug_backtrace gethostbyname dns_get_record move_uploaded_file session_start ob_start highlight_file show_source posix_kill sleep usleep gc_collect_cycles spl_autoload_register stream_wrapper_register class_alias',
  ),
  runningNames: words(
    'eval assert exec shell_exec system passthru popen proc_open pcntl_exec pcntl_fork create_function call_user_func call_user_func_array unserialize dl preg_replace_callback_array forward_static_call forward_static_call_array func_overload ReflectionClass ReflectionMethod ReflectionFunction ReflectionProperty ReflectionObject FFI Closure',
  ),
  methods: words(
    'format modify add sub diff getTimestamp setTime setDate setTimezone getMessage getCode getPrevious getIterator count assertSame assertEquals assertTrue assertFalse assertNull assertCount assertContains assertNotSame assertNotEquals assertNotNull assertEmpty assertInstanceOf assertGreaterThan assertLessThan assertEqualsWithDelta assertArrayHasKey assertStringContainsString expectException expectExceptionMessage __construct',
  ),
  escapes:
    /^(?:__(?!construct$)\w+|bindTo|bind|fromCallable|call|newInstance\w*|invoke\w*|getMethod|getProperty|setAccessible|system|exec|shell_exec|passthru|popen|proc_open|eval|assert|phpinfo|unserialize|call_user_func\w*|file_put_contents|file_get_contents|getenv|putenv|create_function|var_dump|print_r|unlink|mail|curl_exec|fopen|readfile|include|require)$/i,
  inlineCallees: words('anonymous_function arrow_function'),
  extra(node: CodeNode) {
    if (node.type === 'variable_name' && /^\$(?:GLOBALS|_[A-Z]+)$/.test(node.text)) {
      return {
        key: `superglobal ${node.parent?.text ?? ''}`,
        reason: 'It would read what the request or the environment gave.',
      };
    }
    if (node.type === 'qualified_name') {
      return { key: `name ${node.text}`, reason: 'It would use something by its whole name.' };
    }
    if (node.type === 'object_creation_expression') {
      const made = namedChildren(node)[0];
      if (
        made !== undefined &&
        !/^(?:name|qualified_name|relative_scope|anonymous_class|declaration_list)$/.test(made.type)
      ) {
        return { key: `make ${node.text}`, reason: 'It would make an object of a class that is computed.' };
      }
    }
    if (/call_expression$/.test(node.type)) {
      const name = fieldOf(node, 'function') ?? fieldOf(node, 'name');
      if (name !== null && !/^(?:name|qualified_name)$/.test(name.type)) {
        return { key: `call ${node.text}`, reason: 'It would call a function by a name that is computed.' };
      }
    }
    if (/member_access_expression$/.test(node.type) && fieldOf(node, 'name')?.type !== 'name') {
      return { key: `member ${node.text}`, reason: 'It would access a member by a computed name.' };
    }
    const name = node.type === 'method_declaration' ? (fieldOf(node, 'name')?.text ?? '') : '';
    return /^__(?!construct$)/.test(name)
      ? { key: `special ${name}`, reason: 'It would define a method that PHP calls by itself.' }
      : null;
  },
};

function importOf(node: CodeNode): ImportedModule | null {
  if (node.type !== 'namespace_use_declaration') return null;
  return {
    module: node.text,
    names: namedChildren(node).flatMap((clause) => {
      const alias = fieldOf(clause, 'alias')?.text;
      const path = namedChildren(clause)[0]?.text ?? clause.text;
      return [{ imported: path, local: alias ?? path.split('\\').at(-1) ?? null }];
    }),
  };
}
