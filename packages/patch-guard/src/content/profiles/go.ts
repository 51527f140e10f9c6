import { type CodeNode, fieldOf } from '../code-node.ts';
import { type ContentProfile, type ImportedModule, members, unquoted, words } from '../profile.ts';

/** Go, as the grammar `go` of tree-sitter names its nodes. */
export const GO: ContentProfile = {
  names: words('identifier'),
  scopes: words(
    'function_declaration method_declaration func_literal block if_statement for_statement expression_switch_statement type_switch_statement select_statement expression_case type_case default_case communication_case',
  ),
  binds: words(
    'short_var_declaration.left var_spec.name parameter_declaration.name variadic_parameter_declaration.name range_clause.left type_switch_statement.alias receive_statement.left type_parameter_declaration.name',
  ),
  bindsOutside: words('function_declaration.name const_spec.name'),
  patterns: words('expression_list.*'),
  noUses: words('labeled_statement.label keyed_element.key literal_element.* package_clause.*'),
  members: { selector_expression: { object: 'operand', name: 'field' } },
  calls: { call_expression: { callee: 'function' } },
  subscripts: null,
  declarations: {
    short_var_declaration: { name: 'left', value: 'right' },
    var_spec: { name: 'name', value: 'value' },
    assignment_statement: { name: 'left', value: 'right' },
    range_clause: { name: 'left', value: 'right' },
  },
  bodies: words('block'),
  strings: words('interpreted_string_literal raw_string_literal'),
  kinds: { go_statement: 'It would start something that runs beside the rest.' },
  importOf,
  pureModules: members(
    `errors=New,Is,As,Join,Unwrap fmt=Sprintf,Errorf,Sprint,Sprintln,Stringer math math/bits math/big math/cmplx sort strings strconv unicode unicode/utf8 unicode/utf16 slices maps cmp bytes
    time=Duration,Second,Millisecond,Minute,Hour,Time,Month,UTC,RFC3339,Date,Parse,ParseDuration,Unix,Now,Since,Microsecond,Nanosecond,Weekday,January,February,March,April,May,June,July,August,September,October,November,December,Saturday,Sunday
    sync=Mutex,RWMutex,Once,WaitGroup sync/atomic container/list container/heap hash/fnv encoding/hex=EncodeToString testing github.com/stretchr/testify/assert github.com/stretchr/testify/require github.com/google/go-cmp/cmp`,
  ),
  effectModules:
    /^(?:os|io|net|log|bufio|embed|context|crypto|encoding|hash|path|runtime|database|html|text|mime|archive|compress|image|flag|expvar|testing\/(?:iotest|fstest)|go|debug|golang\.org\/x\/(?:net|sys|crypto|term))(?:\/.*)?$/,
  runningModules: /^(?:os\/exec|syscall|plugin|unsafe|reflect|C|runtime\/(?:cgo|debug)|golang\.org\/x\/sys(?:\/.*)?)$/,
  builtins: members(
    `append cap clear close complex copy delete imag len make max min new real panic recover true false nil iota bool byte complex64 complex128 error float32 float64 int int8
    int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr=_ any comparable _`,
  ),
  effectNames: words('print println'),
  runningNames: words('C'),
  methods: words(
    `Error Unwrap Is As String Len Less Swap Lock Unlock RLock RUnlock Done Wait Do Before After Equal IsZero Sub Add AddDate Truncate Round Unix UnixMilli
    Format Year Month Day Hour Minute Second Weekday YearDay UTC Seconds Minutes Hours Milliseconds Microseconds Cmp Sign Abs Mul Div Quo Mod Neg
    Errorf Fatalf Fatal Run Helper Parallel Equal NotEqual Nil NotNil NoError ErrorIs Len Contains True False Empty Zero InDelta Diff WriteString WriteByte WriteRune Grow Reset Load Store`,
  ),
  escapes:
    /^(?:Pointer|UnsafeAddr|MethodByName|FieldByName|Getenv|LookupEnv|Environ|Exec|ForkExec|StartProcess|RegisterName|Command|CommandContext|NewAt)$/,
  inlineCallees: words(
    'func_literal type_identifier slice_type map_type array_type pointer_type generic_type qualified_type',
  ),
  extra(node: CodeNode) {
    if (node.type === 'comment' && /^\/\/\s*(?:go:|\+build|export\b|line\b)|^\/\*\s*line\b/.test(node.text)) {
      return { key: `directive ${node.text}`, reason: 'It would tell the compiler something in a comment.' };
    }
    const name = node.type === 'function_declaration' ? fieldOf(node, 'name')?.text : undefined;
    if (name === 'init' || name === 'TestMain') {
      return { key: `special ${name}`, reason: 'It would define a function that is run by itself.' };
    }
    return null;
  },
};

function importOf(node: CodeNode): ImportedModule | null {
  if (node.type !== 'import_spec') return null;
  const module = unquoted(fieldOf(node, 'path')?.text ?? '');
  const name = fieldOf(node, 'name')?.text ?? null;
  const last = module.split('/').at(-1) ?? module;
  // Imported for its side effects or with all its names: never only for computing.
  if (name === '_' || name === '.') return { module, names: [{ imported: `${name} ${module}`, local: null }] };
  return { module, names: [{ imported: '*', local: name ?? last }] };
}
