import { type CodeNode, fieldOf, namedChildren } from '../code-node.ts';
import { type ContentProfile, type ImportedModule, members, words } from '../profile.ts';

/** Java, as the grammar `java` of tree-sitter names its nodes. */
export const JAVA: ContentProfile = {
  names: words('identifier type_identifier'),
  scopes: words(
    'block class_body method_declaration constructor_declaration compact_constructor_declaration constructor_body lambda_expression for_statement enhanced_for_statement try_with_resources_statement catch_clause switch_block interface_body enum_body record_declaration class_declaration interface_declaration enum_declaration switch_rule switch_block_statement_group if_statement',
  ),
  binds: words(
    'variable_declarator.name formal_parameter.name enhanced_for_statement.name inferred_parameters.* lambda_expression.parameters catch_formal_parameter.name resource.name type_parameter.* instanceof_expression.name type_pattern.* record_pattern_component.* enum_constant.name spread_parameter.*',
  ),
  bindsOutside: words(
    'method_declaration.name class_declaration.name interface_declaration.name enum_declaration.name record_declaration.name constructor_declaration.name annotation_type_declaration.name',
  ),
  patterns: words(''),
  noUses: words(
    'element_value_pair.key labeled_statement.* break_statement.* continue_statement.* package_declaration.* scoped_type_identifier.* method_reference.* annotation_type_element_declaration.name field_access.field compact_constructor_declaration.name',
  ),
  members: { field_access: { object: 'object', name: 'field' } },
  calls: {
    method_invocation: { callee: 'name', object: 'object', name: 'name' },
    object_creation_expression: { callee: 'type' },
  },
  subscripts: null,
  declarations: { variable_declarator: { name: 'name', value: 'value' } },
  bodies: words('block class_body constructor_body'),
  strings: words('string_literal'),
  kinds: {
    method_reference: 'It would hand a method on by its name.',
    class_literal: 'It would take a class as a value.',
    annotation: 'It would put an annotation with values on something.',
    marker_annotation: 'It would put an annotation on something.',
    static_initializer: 'It would run when its class is loaded.',
    scoped_type_identifier: 'It would name a type by its whole name.',
    template_expression: 'It would fill in a text by a processor.',
  },
  importOf,
  pureModules: members(
    `java.util.List java.util.ArrayList java.util.Map java.util.HashMap java.util.LinkedHashMap java.util.TreeMap java.util.Set java.util.HashSet java.util.LinkedHashSet
    java.util.TreeSet java.util.Collection java.util.Collections java.util.Arrays java.util.Objects java.util.Optional java.util.OptionalInt java.util.Comparator java.util.Iterator
    java.util.Deque java.util.ArrayDeque java.util.Queue java.util.EnumMap java.util.EnumSet java.util.StringJoiner java.util.NoSuchElementException java.util.stream.Collectors java.util.stream.Stream
    java.util.stream.IntStream java.math.BigDecimal java.math.BigInteger java.math.RoundingMode java.math.MathContext java.time.LocalDate java.time.LocalDateTime java.time.LocalTime
    java.time.Instant java.time.Duration java.time.ZoneId java.time.ZoneOffset java.time.ZonedDateTime java.time.OffsetDateTime java.time.Period java.time.DayOfWeek java.time.Month
    java.time.temporal.ChronoUnit java.util.concurrent.TimeUnit java.util.function.Function java.util.function.Predicate java.util.function.Supplier java.util.function.BiFunction
    java.util.Locale java.nio.charset.StandardCharsets java.util.concurrent.ConcurrentHashMap java.util.concurrent.atomic.AtomicInteger java.util.concurrent.atomic.AtomicLong org.junit.jupiter.api.Test org.junit.jupiter.api.DisplayName org.junit.Test`,
  ),
  effectModules:
    /^(?:java\.(?:io|nio|net|sql|rmi|util\.(?:jar|zip|logging|prefs|Properties|Scanner|ServiceLoader|Timer)|security|beans|applet|awt)|javax?\.(?:net|sql|naming|mail|xml|management)|jakarta\.|sun\.|com\.sun\.|org\.(?:apache\.(?:commons\.(?:io|exec)|http)|springframework\.(?:web|jdbc))|okhttp|redis|com\.(?:amazonaws|mongodb|squareup))/,
  runningModules:
    /^(?:java\.lang\.(?:reflect|invoke|instrument|ProcessBuilder|Process|Runtime|ClassLoader)|javax\.(?:script|tools|el)|org\.(?:mozilla\.javascript|python|codehaus\.groovy|springframework\.expression|objectweb\.asm|apache\.commons\.exec)|groovy\.|net\.bytebuddy|javassist|java\.net\.URLClassLoader|java\.io\.ObjectInputStream)/,
  builtins: members(
    `String=valueOf,format,join Integer Long Double Float Short Byte Character Boolean=parseBoolean,TRUE,FALSE,valueOf,compare Number Math StrictMath Object StringBuilder Iterable Comparable CharSequence Void=_
    Override SuppressWarnings=_ Deprecated FunctionalInterface SafeVarargs
    Exception RuntimeException IllegalArgumentException IllegalStateException NullPointerException IndexOutOfBoundsException ArithmeticException
    UnsupportedOperationException NumberFormatException ClassCastException ArrayIndexOutOfBoundsException StringIndexOutOfBoundsException InterruptedException AssertionError Throwable Error
    Record Enum AutoCloseable`,
  ),
  effectNames: words(
    'System Thread ThreadGroup ThreadLocal InheritableThreadLocal Module ModuleLayer StackWalker SecurityManager Package File Files Paths Path URL URI Socket',
  ),
  runningNames: words(
    'Runtime ProcessBuilder Process ProcessHandle ClassLoader Class Compiler URLClassLoader ScriptEngineManager ObjectInputStream MethodHandles Unsafe',
  ),
  methods: words(
    `equals hashCode toString length isEmpty isBlank charAt substring indexOf lastIndexOf startsWith endsWith contains replace replaceAll replaceFirst split trim strip
    toLowerCase toUpperCase concat compareTo compareToIgnoreCase equalsIgnoreCase repeat lines chars format formatted append insert reverse deleteCharAt setLength
    size get set add addAll put putAll putIfAbsent remove removeIf containsKey containsValue keySet values entrySet getKey getValue getOrDefault computeIfAbsent
    computeIfPresent merge clear iterator hasNext next stream map filter collect reduce forEach sorted distinct limit skip anyMatch allMatch noneMatch
    findFirst findAny count sum average min max mapToInt mapToLong mapToDouble mapToObj boxed toList toArray flatMap peek orElse orElseGet orElseThrow isPresent ifPresent ofNullable of
    asList copyOf emptyList emptyMap unmodifiableList sort reversed comparing thenComparing thenComparingInt comparingInt comparingLong naturalOrder reverseOrder addFirst addLast
    removeFirst removeLast getFirst getLast peekFirst peekLast poll offer push pop intValue longValue doubleValue parseInt parseLong valueOf multiply divide
    subtract negate setScale scale compare abs signum pow plus minus plusDays plusMonths plusYears plusHours plusMinutes plusSeconds minusDays minusMonths
    isBefore isAfter isEqual toMillis toSeconds toDays getSeconds withDayOfMonth atStartOfDay atZone toInstant toLocalDate getYear getMonth getMonthValue getDayOfMonth getDayOfWeek
    requireNonNull requireNonNullElse between now ofMillis ofSeconds ofMinutes ofHours ofDays parse join joining groupingBy toMap toSet counting getMessage name ordinal
    lock unlock incrementAndGet getAndIncrement floorMod floorDiv addExact multiplyExact assertEquals assertTrue assertFalse assertNull assertNotNull assertThrows assertNotEquals assertIterableEquals assertArrayEquals assertThat isEqualTo isEqualByComparingTo containsExactly hasSize isZero isTrue isFalse isNull isInstanceOf`,
  ),
  escapes:
    /^(?:getClass|forName|newInstance|getDeclared\w+|getMethods?|getConstructors?|getFields?|setAccessible|invoke|invokeExact|invokeWithArguments|getRuntime|exec|exit|halt|load|loadLibrary|loadClass|defineClass|getClassLoader|getContextClassLoader|getenv|getProperty|setProperty|getProperties|readObject|finalize|getProtectionDomain|class)$/,
  inlineCallees: words('type_identifier generic_type'),
  extra(node: CodeNode) {
    // The compiler reads `\u002a\u002f` as the end of a comment; the parser does not.
    if (node.children.length === 0 && /\\u+00[0-7]/.test(node.text)) {
      return { key: `escaped ${node.text}`, reason: 'It would write plain characters as escapes, which hides code.' };
    }
    const modifiers = node.type === 'modifiers' && /\bnative\b/.test(node.text);
    if (modifiers) return { key: `native ${node.parent?.text ?? ''}`, reason: 'It would call code that is not Java.' };
    const name = node.type === 'method_declaration' ? fieldOf(node, 'name')?.text : undefined;
    return name !== undefined && /^(?:finalize|readObject|readResolve|writeReplace|main)$/.test(name)
      ? { key: `special ${name}`, reason: 'It would define a method that the machine calls by itself.' }
      : null;
  },
};

function importOf(node: CodeNode): ImportedModule | null {
  if (node.type !== 'import_declaration') return null;
  const [path, star] = namedChildren(node);
  const module = path?.text ?? '';
  const isStatic = node.children.some(({ text, named }) => !named && text === 'static');
  if (isStatic || star !== undefined) {
    return {
      module: `${isStatic ? 'static ' : ''}${module}`,
      names: [
        { imported: node.text, local: isStatic && star === undefined ? (module.split('.').at(-1) ?? null) : null },
      ],
    };
  }
  return { module, names: [{ imported: '*', local: module.split('.').at(-1) ?? null }] };
}
