import { type CodeNode, fieldOf, namedChildren } from '../code-node.ts';
import { type ContentProfile, type ImportedModule, members, words } from '../profile.ts';

/** C#, as the grammar `c_sharp` of tree-sitter names its nodes. */
export const CSHARP: ContentProfile = {
  names: words('identifier'),
  scopes: words(
    'block declaration_list method_declaration constructor_declaration local_function_statement lambda_expression anonymous_method_expression for_statement foreach_statement catch_clause using_statement switch_section switch_expression_arm class_declaration record_declaration struct_declaration interface_declaration enum_declaration if_statement property_declaration arrow_expression_clause',
  ),
  binds: words(
    'variable_declarator.name parameter.name foreach_statement.left implicit_parameter.* lambda_expression.parameters catch_declaration.name declaration_pattern.name declaration_expression.name type_parameter.name var_pattern.name recursive_pattern.name tuple_pattern.name parenthesized_variable_designation.* from_clause.name parameter_array.name',
  ),
  bindsOutside: words(
    'method_declaration.name property_declaration.name class_declaration.name record_declaration.name struct_declaration.name interface_declaration.name enum_declaration.name local_function_statement.name enum_member_declaration.name constructor_declaration.name delegate_declaration.name event_declaration.name',
  ),
  patterns: words('tuple_pattern.*'),
  noUses: words(
    'attribute_argument.name argument.name name_colon.* namespace_declaration.* file_scoped_namespace_declaration.* qualified_name.name member_binding_expression.name labeled_statement.* goto_statement.* subpattern.name preproc_if.* preproc_elif.* accessor_declaration.* alias_qualified_name.*',
  ),
  members: {
    member_access_expression: { object: 'expression', name: 'name' },
    qualified_name: { object: 'qualifier', name: 'name' },
  },
  calls: { invocation_expression: { callee: 'function' }, object_creation_expression: { callee: 'type' } },
  subscripts: null,
  declarations: { variable_declarator: { name: 'name', value: 'value' } },
  bodies: words('block declaration_list'),
  strings: words('string_literal verbatim_string_literal raw_string_literal interpolated_string_expression'),
  kinds: {
    unsafe_statement: 'It would leave what the compiler checks.',
    fixed_statement: 'It would hold memory in its place.',
    typeof_expression: 'It would take a type as a value.',
    stackalloc_expression: 'It would take memory by hand.',
    attribute: 'It would put an attribute on something.',
    extern_alias_directive: 'It would use another assembly.',
    goto_statement: 'It would jump.',
    preproc_if: 'It would leave code out under a condition.',
    preproc_pragma: 'It would switch a check off.',
    preproc_define: 'It would define something for the compiler.',
    preproc_line: 'It would say where code stands.',
    preproc_nullable: 'It would switch a check off.',
    function_pointer_type: 'It would call by an address.',
    pointer_type: 'It would use memory by its address.',
    makeref_expression: 'It would use a reference of the machine.',
    destructor_declaration: 'It would define what runs when an object goes away.',
    conversion_operator_declaration: 'It would define what runs where a type is changed.',
    global_statement: 'It would run when the program starts.',
  },
  importOf,
  pureModules: members(
    'System.Collections.Generic System.Linq System.Globalization System.Text System.Numerics System.Collections.Immutable',
  ),
  effectModules:
    /^System\.(?:IO|Net|Data|Security|Threading|Runtime|Xml|Web|Configuration|Resources|Timers|Windows|ComponentModel|Messaging|Drawing|Printing|Media|DirectoryServices|ServiceProcess|Management)(?:\.|$)|^Microsoft\.(?:Win32|Data|AspNetCore|Extensions)(?:\.|$)|^(?:Dapper|Npgsql|RestSharp|Flurl|Newtonsoft)(?:\.|$)/,
  runningModules:
    /^System\.(?:Diagnostics|Reflection|CodeDom|Dynamic|Runtime\.(?:InteropServices|Loader|CompilerServices|Serialization)|Linq\.Expressions|Activator)(?:\.|$)|^Microsoft\.(?:CodeAnalysis|CSharp|VisualBasic)(?:\.|$)|^(?:Mono|IronPython|Jint|Roslyn)(?:\.|$)/,
  builtins: members(
    `Math Array=Empty,IndexOf,Sort String=Join,IsNullOrEmpty,IsNullOrWhiteSpace,Format,Concat,Compare,Equals,Empty StringComparison StringComparer StringBuilder Convert=ToInt32,ToInt64,ToDecimal,ToDouble,ToString,ToBoolean
    DateTime DateTimeOffset TimeSpan DateOnly TimeOnly Guid=NewGuid,Empty,Parse,TryParse Tuple=Create List Dictionary HashSet Queue Stack SortedDictionary IEnumerable IList ICollection IDictionary IReadOnlyList
    IReadOnlyCollection IReadOnlyDictionary KeyValuePair Enumerable Nullable Func Action Predicate Comparer EqualityComparer Lazy MidpointRounding CultureInfo=InvariantCulture Int32=Parse,TryParse,MaxValue,MinValue
    Exception ArgumentException ArgumentNullException ArgumentOutOfRangeException InvalidOperationException NotSupportedException NotImplementedException FormatException OverflowException
    DivideByZeroException KeyNotFoundException IndexOutOfRangeException NullReferenceException TimeoutException nameof=_ var value _ IComparable IEquatable IDisposable IAsyncEnumerable Task=FromResult,CompletedTask,WhenAll,Run ValueTask CancellationToken=None HashCode=Combine`,
  ),
  effectNames: words(
    'System Console Environment File Directory Path Stream StreamReader StreamWriter FileStream HttpClient WebClient Socket Dns Thread Timer GC AppContext Debug Trace Microsoft Windows Task',
  ),
  runningNames: words(
    'Process ProcessStartInfo Assembly Activator Type AppDomain Marshal DllImport LibraryImport CSharpScript BinaryFormatter Expression dynamic MethodInfo DynamicMethod ILGenerator RuntimeHelpers Unsafe AssemblyLoadContext',
  ),
  methods: words(
    `Add AddRange All Any Append AppendLine Average Cast Clear Clone Concat Contains ContainsKey Count CompareTo Distinct DistinctBy ElementAt EndsWith Equals Except First FirstOrDefault
    Select SelectMany Where OrderBy OrderByDescending ThenBy ThenByDescending GroupBy Join Aggregate Sum Min Max MinBy MaxBy Single SingleOrDefault Skip SkipWhile Take TakeWhile
    Last LastOrDefault ToList ToArray ToDictionary ToHashSet ToLookup Zip Union Intersect Reverse Insert InsertRange Remove RemoveAt RemoveAll RemoveRange IndexOf LastIndexOf
    Replace Split StartsWith Substring ToLower ToUpper ToLowerInvariant ToUpperInvariant Trim TrimEnd TrimStart PadLeft PadRight ToString TryGetValue TryAdd GetValueOrDefault
    GetHashCode Peek Pop Push Enqueue Dequeue Find FindIndex FindAll Exists ForEach Sort AddDays AddMonths AddYears AddHours AddMinutes AddSeconds AddMilliseconds Subtract ToUniversalTime
    Negate Truncate Round HasValue Chunk Order DefaultIfEmpty OfType Prepend SequenceEqual AsReadOnly Dispose Abs Ceiling Floor Pow Clamp Parse TryParse Format IsNullOrEmpty IsNullOrWhiteSpace
    ConfigureAwait FromResult Equal True False Null NotNull Throws NotEqual Empty NotEmpty InRange IsType Collection`,
  ),
  escapes:
    /^(?:GetType|GetMethods?|GetField|GetFields|GetProperty|GetProperties|GetConstructor\w*|InvokeMember|Invoke|DynamicInvoke|CreateInstance|CreateDelegate|LoadFrom|LoadFile|Load|GetTypes|Assembly|Module|MethodHandle|GetEnvironmentVariables?|Start|Exit|FailFast|MakeGenericType|Compile|ExpandEnvironmentVariables|DllImport|ModuleInitializer)$/,
  inlineCallees: words(
    'generic_name predefined_type implicit_type array_type nullable_type conditional_access_expression member_binding_expression',
  ),
  extra(node: CodeNode) {
    if (node.type === 'modifier' && /^(?:extern|unsafe)$/.test(node.text)) {
      return { key: `modifier ${node.parent?.text ?? ''}`, reason: 'It would call code that is not C#.' };
    }
    if (node.type === 'identifier' && node.text === 'dynamic' && node.field === 'type') {
      return { key: `dynamic ${node.parent?.text ?? ''}`, reason: 'It would look members up at run time.' };
    }
    if (node.type === 'member_binding_expression') {
      const name = fieldOf(node, 'name')?.text ?? '';
      return CSHARP.methods.has(name)
        ? null
        : { key: `use ?.${name}`, reason: 'It would use a member of what may be nothing.' };
    }
    return null;
  },
};

function importOf(node: CodeNode): ImportedModule | null {
  if (node.type !== 'using_directive') return null;
  const [first, ...more] = namedChildren(node);
  const isPlain =
    more.length === 0 && !node.children.some(({ text, named }) => !named && /^(?:static|global|unsafe)$/.test(text));
  const module = more.at(-1)?.text ?? first?.text ?? '';
  return { module, names: [{ imported: isPlain ? '*' : node.text, local: null }] };
}
