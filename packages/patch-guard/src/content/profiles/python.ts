import { type CodeNode, fieldOf, namedChildren } from '../code-node.ts';
import { type ContentProfile, type ImportedModule, members, words } from '../profile.ts';

const SPECIAL =
  /^__(?:init|eq|ne|lt|le|gt|ge|hash|repr|str|len|iter|next|contains|bool|add|sub|mul|post_init|enter|exit)__$/;

/** Python 3, as the grammar `python` of tree-sitter names its nodes. */
export const PYTHON: ContentProfile = {
  names: words('identifier'),
  scopes: words(
    'function_definition class_definition lambda list_comprehension set_comprehension dictionary_comprehension generator_expression',
  ),
  binds: words(
    'assignment.left parameters.* lambda_parameters.* default_parameter.name typed_default_parameter.name typed_parameter.* for_statement.left for_in_clause.left named_expression.name as_pattern_target.* except_clause.alias augmented_assignment.left type_parameter.* type_alias_statement.left',
  ),
  bindsOutside: words('function_definition.name class_definition.name'),
  patterns: words(
    'pattern_list.* tuple_pattern.* list_pattern.* list_splat_pattern.* dictionary_splat_pattern.* tuple.* expression_list.*',
  ),
  noUses: words('keyword_argument.name global_statement.* nonlocal_statement.* keyword_pattern.* dotted_name.*'),
  members: { attribute: { object: 'object', name: 'attribute' } },
  calls: { call: { callee: 'function' } },
  subscripts: null,
  declarations: {
    assignment: { name: 'left', value: 'right' },
    named_expression: { name: 'name', value: 'value' },
    for_statement: { name: 'left', value: 'right' },
  },
  bodies: words('block'),
  strings: words('string'),
  kinds: {
    exec_statement: 'It would run text as code.',
    print_statement: 'It would print.',
    wildcard_import: 'It would import every name of a module.',
    decorator: 'It would put something around a function or class.',
    global_statement: 'It would change a name of the whole module.',
  },
  importOf,
  pureModules: members(
    `math cmath decimal fractions statistics numbers datetime calendar itertools bisect heapq textwrap unicodedata __future__ abc=ABC,abstractmethod
    typing=Any,Optional,Union,List,Dict,Set,Tuple,Iterable,Iterator,Sequence,Mapping,Callable,Literal,Final,TypeVar,Generic,Protocol,NamedTuple,TypedDict,cast,overload,Self
    collections=defaultdict,Counter,OrderedDict,deque,ChainMap collections.abc dataclasses=dataclass,field,replace,asdict functools=reduce,cmp_to_key,total_ordering
    json=dumps,loads,JSONDecodeError pytest unittest=TestCase,main enum=Enum,IntEnum,StrEnum,auto re=sub,match,search,fullmatch,compile,findall,split,finditer,escape,IGNORECASE,MULTILINE,Pattern,Match`,
  ),
  effectModules:
    /^(?:os|sys|io|pathlib|shutil|tempfile|glob|fileinput|socket|ssl|select|selectors|http|urllib|ftplib|smtplib|poplib|imaplib|telnetlib|xmlrpc|socketserver|asyncio|signal|mmap|logging|configparser|sqlite3|dbm|zipfile|tarfile|gzip|bz2|lzma|webbrowser|getpass|platform|site|sysconfig|inspect|gc|weakref|traceback|types|operator|atexit|threading|concurrent|sched|queue|contextvars|warnings|builtins|requests|httpx|aiohttp|urllib3|websockets?|paramiko|boto3|botocore|pycurl|fabric|dotenv|psycopg2?|sqlalchemy|redis|pymongo|django\.db|yaml|jsonpickle)(?:\.|$)/,
  runningModules:
    /^(?:subprocess|multiprocessing|pty|pexpect|sh|plumbum|invoke|importlib|imp|runpy|code|codeop|ctypes|cffi|pickle|cPickle|marshal|shelve|dill|cloudpickle|joblib|ast|dis|compileall|py_compile|zipimport|pkgutil|timeit|trace|bdb|pdb|cProfile|profile|posix|nt|_posixsubprocess)(?:\.|$)/,
  builtins: members(
    `abs all any ascii bin bool bytearray bytes=_ chr complex dict=fromkeys divmod enumerate filter float=_ format frozenset hash hex int=from_bytes isinstance issubclass iter len list map max
    min next oct ord pow property range repr reversed round set slice sorted str=_ sum super tuple zip staticmethod classmethod NotImplemented Ellipsis
    Exception ValueError TypeError KeyError IndexError AttributeError ArithmeticError ZeroDivisionError OverflowError RuntimeError NotImplementedError
    StopIteration LookupError AssertionError UnicodeDecodeError UnicodeEncodeError UnicodeError TimeoutError OSError FileNotFoundError PermissionError
    ConnectionError RecursionError self cls`,
  ),
  effectNames: words(
    'open print input getattr setattr delattr globals locals vars dir type object id memoryview help callable hasattr BaseException SystemExit KeyboardInterrupt GeneratorExit quit exit __builtins__ __file__ __name__ __loader__ __spec__ os sys',
  ),
  runningNames: words('eval exec compile __import__ breakpoint execfile'),
  methods: words(
    `append extend insert remove pop clear index count sort reverse copy get items keys values update setdefault popitem add discard union intersection difference
    symmetric_difference issubset issuperset isdisjoint capitalize casefold center endswith startswith expandtabs find rfind rindex isalnum isalpha isascii isdecimal
    isdigit isidentifier islower isnumeric isspace istitle isupper join ljust rjust lower upper strip lstrip rstrip partition rpartition removeprefix
    removesuffix replace split rsplit splitlines swapcase title zfill encode decode appendleft popleft extendleft rotate most_common total date time
    timestamp isoformat strftime strptime total_seconds weekday isoweekday astimezone utcoffset quantize normalize to_integral_value is_nan is_zero
    bit_length is_integer as_integer_ratio conjugate group groups groupdict sub match search fullmatch findall finditer span start end today now fromisoformat
    fromtimestamp combine dumps loads elements move_to_end intersection_update difference_update assertEqual assertTrue assertFalse assertIn assertIsNone assertRaises assertAlmostEqual assertNotEqual assertNotIn assertIsNotNone assertGreater assertLess assertListEqual assertDictEqual raises approx`,
  ),
  escapes:
    /^(?:__(?!init__$|eq__$|name__$|len__$|str__$|repr__$|hash__$|post_init__$)\w+__|mro|f_(?:globals|locals|builtins|back|code)|gi_(?:frame|code)|cr_frame|tb_frame|func_(?:globals|code|closure)|co_code|format_map|get_type_hints|ForwardRef|make_dataclass|system|popen|environ|getenv|Popen|import_module|modules)$/,
  inlineCallees: words('lambda'),
  extra(node: CodeNode) {
    if (node.type === 'function_definition') {
      const name = fieldOf(node, 'name')?.text ?? '';
      if (/^__\w+__$/.test(name) && !SPECIAL.test(name)) {
        return { key: `special ${name}`, reason: 'It would define a method that the interpreter calls by itself.' };
      }
    }
    if (node.type === 'keyword_argument' && fieldOf(node, 'name')?.text === 'metaclass') {
      return { key: `metaclass ${node.text}`, reason: 'It would change how a class is made.' };
    }
    if (node.type === 'call' && /\.format$/.test(fieldOf(node, 'function')?.text ?? '')) {
      return { key: `format ${node.text}`, reason: 'It would fill in a text by names that may reach into values.' };
    }
    return null;
  },
};

function importOf(node: CodeNode): ImportedModule | null {
  if (node.type === 'import_statement') {
    const [first, ...more] = node.children.filter(({ field }) => field === 'name').map(importedName);
    if (first === undefined) return null;
    // Several modules in one statement count as the least known of them.
    return more.length === 0
      ? {
          module: first.imported,
          names: [{ imported: '*', local: first.local ?? first.imported.split('.')[0] ?? null }],
        }
      : {
          module: node.text,
          names: [first, ...more].map(({ imported, local }) => ({ imported, local: local ?? imported })),
        };
  }
  if (node.type !== 'import_from_statement' && node.type !== 'future_import_statement') return null;
  const module = fieldOf(node, 'module_name')?.text ?? '__future__';
  const names = node.children
    .filter(({ field, type }) => field === 'name' || type === 'wildcard_import')
    .map(importedName)
    .map(({ imported, local }) => ({ imported, local: local ?? imported }));
  return { module, names };
}

function importedName(node: CodeNode): { imported: string; local: string | null } {
  if (node.type !== 'aliased_import') return { imported: node.text, local: null };
  return { imported: namedChildren(node)[0]?.text ?? '?', local: fieldOf(node, 'alias')?.text ?? null };
}
