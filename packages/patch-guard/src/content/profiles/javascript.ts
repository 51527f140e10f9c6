import { type CodeNode, fieldOf, namedChildren } from '../code-node.ts';
import { type ContentProfile, type ImportedModule, members, unquoted, words } from '../profile.ts';

const RUNNING =
  /^(?:node:)?(?:child_process|cluster|worker_threads|vm|module|inspector|repl|v8|wasi|process|async_hooks|diagnostics_channel)(?:\/.*)?$|^(?:execa|shelljs|cross-spawn|zx|vm2|isolated-vm|node-pty|npm-run-all|concurrently|ffi-napi|koffi)$/;

/** ECMAScript and TypeScript, as the grammars `javascript`, `typescript` and `tsx` of tree-sitter name their nodes. */
export const JAVASCRIPT: ContentProfile = {
  names: words('identifier shorthand_property_identifier this super undefined'),
  scopes: words(
    'statement_block function_declaration function_expression arrow_function method_definition generator_function generator_function_declaration class_body for_statement for_in_statement catch_clause class class_declaration abstract_class_declaration switch_body internal_module function_signature',
  ),
  binds: words(
    'variable_declarator.name formal_parameters.* arrow_function.parameter required_parameter.pattern optional_parameter.pattern catch_clause.parameter for_in_statement.left function_expression.name class.name type_parameter.name infer_type.*',
  ),
  bindsOutside: words(
    'function_declaration.name generator_function_declaration.name class_declaration.name abstract_class_declaration.name enum_declaration.name internal_module.name function_signature.name interface_declaration.name type_alias_declaration.name',
  ),
  patterns: words(
    'object_pattern.* array_pattern.* pair_pattern.value rest_pattern.* assignment_pattern.left object_assignment_pattern.left',
  ),
  noUses: words(
    'labeled_statement.label break_statement.label continue_statement.label type_predicate.name export_specifier.alias jsx_opening_element.name jsx_closing_element.name jsx_self_closing_element.name jsx_attribute.* asserts.* type_query.* nested_type_identifier.* nested_identifier.* required_parameter.pattern implements_clause.* index_signature.name import_attribute.* enum_assignment.name',
  ),
  members: { member_expression: { object: 'object', name: 'property' } },
  calls: { call_expression: { callee: 'function' }, new_expression: { callee: 'constructor' }, decorator: {} },
  subscripts: { subscript_expression: { object: 'object', index: 'index' } },
  declarations: {
    variable_declarator: { name: 'name', value: 'value' },
    assignment_expression: { name: 'left', value: 'right' },
    for_in_statement: { name: 'left', value: 'right' },
  },
  bodies: words('statement_block class_body'),
  strings: words('string template_string regex'),
  kinds: {
    with_statement: 'It would run code whose names are looked up at run time.',
    meta_property: 'It would ask for what runs it.',
    import: 'It would import something while it runs.',
    import_require_clause: 'It would import something.',
    debugger_statement: 'It would stop in a debugger.',
    hash_bang_line: 'It would say what runs the file.',
    ambient_declaration: 'It would tell the compiler what to believe.',
    export_clause: 'It would export other names.',
    computed_property_name: 'It would name a member by what is computed.',
  },
  importOf,
  pureModules: members(
    `vitest=describe,it,test,expect,beforeEach,afterEach,beforeAll,afterAll @jest/globals=describe,it,test,expect,beforeEach,afterEach,beforeAll,afterAll
    node:test=describe,it,test,before,after,beforeEach,afterEach node:assert node:assert/strict assert assert/strict`,
  ),
  effectModules:
    /^(?:node:)?(?:fs|net|tls|http|https|http2|dgram|dns|os|path|process|stream|crypto|zlib|readline|tty|perf_hooks|timers|util|url|sqlite|trace_events|sea)(?:\/.*)?$|^(?:axios|got|undici|node-fetch|superagent|request|ws|needle|ky|phin|socket\.io.*|nodemailer|aws-sdk|@aws-sdk\/.*|ssh2|ftp|fs-extra|graceful-fs|rimraf|del|mkdirp|glob|chokidar|tmp|dotenv|pg|mysql2?|mongodb|mongoose|redis|ioredis|puppeteer|playwright)(?:\/.*)?$/,
  runningModules: RUNNING,
  builtins: members(
    `undefined Math JSON=parse,stringify Object=keys,values,entries,freeze,fromEntries,is,hasOwn,assign,isFrozen Array=isArray,from,of Number String=raw
    Boolean BigInt Symbol=iterator,asyncIterator Promise=all,allSettled,race,any,resolve,reject Date Map Set WeakMap WeakSet Error=captureStackTrace
    TypeError RangeError SyntaxError EvalError ReferenceError URIError AggregateError RegExp=escape Intl NaN Infinity parseInt parseFloat isNaN isFinite
    encodeURIComponent encodeURI structuredClone URLSearchParams=_ URL=canParse,parse TextEncoder=_ AbortController=_ Uint8Array=from,of Uint16Array=from,of
    Uint32Array=from,of Int32Array=from,of Float64Array=from,of ArrayBuffer=_ super queueMicrotask module=exports exports`,
  ),
  effectNames: words(
    'process globalThis global window self document navigator location localStorage sessionStorage indexedDB caches fetch XMLHttpRequest WebSocket EventSource Worker SharedWorker Image Reflect Proxy console setTimeout setInterval setImmediate Buffer __dirname __filename Deno Bun performance crypto alert prompt confirm open postMessage atob btoa unescape escape decodeURIComponent decodeURI FinalizationRegistry WeakRef SharedArrayBuffer Atomics DOMParser jest vi',
  ),
  runningNames: words('eval Function WebAssembly AsyncFunction GeneratorFunction importScripts'),
  methods: words(
    `at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach includes indexOf join keys lastIndexOf map pop push
    reduce reduceRight reverse shift slice some sort splice toReversed toSorted toSpliced unshift values with charAt charCodeAt codePointAt endsWith
    localeCompare match matchAll normalize padEnd padStart repeat replace replaceAll search split startsWith substring substr toLowerCase toUpperCase
    toLocaleLowerCase toLocaleUpperCase trim trimStart trimEnd toString toLocaleString valueOf isWellFormed toWellFormed toFixed toPrecision toExponential
    get set has add delete clear getTime getFullYear getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds getUTCFullYear getUTCMonth
    getUTCDate getUTCDay getUTCHours getUTCMinutes getUTCSeconds getUTCMilliseconds setDate setMonth setFullYear setHours setMinutes setSeconds
    setMilliseconds setUTCDate setUTCMonth setUTCHours setUTCFullYear setUTCMinutes toISOString toJSON toDateString getTimezoneOffset test then catch
    finally next hasOwnProperty union intersection difference isSubsetOf isSupersetOf abs ceil floor round trunc min max sign sqrt pow log isInteger
    isSafeInteger isArray parse stringify from of assign freeze fromEntries is hasOwn all allSettled race any resolve reject now UTC format formatToParts
    isFinite isNaN parseInt parseFloat imul hypot cbrt toBe toEqual toStrictEqual toMatchObject toThrow toThrowError toHaveLength toContain toContainEqual
    toBeNull toBeUndefined toBeDefined toBeTruthy toBeFalsy toBeCloseTo toBeGreaterThan toBeGreaterThanOrEqual toBeLessThan toBeLessThanOrEqual toMatch toHaveProperty toBeInstanceOf toBeNaN rejects resolves equal deepEqual strictEqual deepStrictEqual notEqual notStrictEqual ok throws doesNotThrow`,
  ),
  escapes:
    /^(?:constructor|__\w+__|prototype|caller|callee|arguments|mainModule|binding|dlopen|_load|_compile|_extensions|getPrototypeOf|setPrototypeOf|defineProperty|defineProperties|getOwnPropertyDescriptors?|getOwnPropertyNames|getOwnPropertySymbols|fromCharCode|fromCodePoint|getBuiltinModule|createRequire|sourceURL|innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|srcdoc|contentWindow|ownerDocument|defaultView|asymmetricMatch|prepareStackTrace|source)$/,
  inlineCallees: words('function_expression arrow_function import super'),
  extra,
};

const FOREIGN_ELEMENTS = /^(?:script|iframe|object|embed|link|meta|base|frame|applet|form|style)$/i;

function extra(node: CodeNode) {
  // In a plain function `this` may be the global object.
  if (node.type === 'this' && !isOfClass(node)) {
    return { key: `this ${node.parent?.text ?? ''}`, reason: 'It would use `this` outside of a class.' };
  }
  if (/^jsx_(?:opening|self_closing)_element$/.test(node.type)) {
    const name = fieldOf(node, 'name')?.text ?? '';
    if (FOREIGN_ELEMENTS.test(name))
      return { key: `element ${node.text}`, reason: `It would put a ${name} element into a page.` };
  }
  return null;
}

/** Methods and fields of classes, and arrow functions in them. */
function isOfClass(node: CodeNode): boolean {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.type === 'class_body') return true;
    if (/^(?:function_expression|function_declaration|generator_function)/.test(at.type)) return false;
  }
  return false;
}

function importOf(node: CodeNode): ImportedModule | null {
  if (node.type === 'import_statement') return importStatement(node);
  if (node.type === 'export_statement' && fieldOf(node, 'source') !== null) {
    return { module: unquoted(fieldOf(node, 'source')?.text ?? ''), names: [{ imported: node.text, local: null }] };
  }
  // `const x = require('y')`: the declaration binds the names; they refer to the module.
  if (node.type === 'variable_declarator') {
    const value = fieldOf(node, 'value');
    const module = value === null ? null : requiredModule(value);
    const pattern = fieldOf(node, 'name');
    if (module === null || pattern === null) return null;
    return { module, names: requiredNames(pattern) };
  }
  return null;
}

function requiredModule(value: CodeNode): string | null {
  if (value.type === 'await_expression')
    return namedChildren(value)[0] === undefined ? null : requiredModule(namedChildren(value)[0] as CodeNode);
  const callee = value.type === 'call_expression' ? fieldOf(value, 'function') : null;
  if (callee === null || (callee.text !== 'require' && callee.type !== 'import')) return null;
  const [given, ...more] = namedChildren(fieldOf(value, 'arguments') ?? value);
  return given?.type === 'string' && more.length === 0 ? unquoted(given.text) : null;
}

function requiredNames(pattern: CodeNode): { imported: string; local: string | null }[] {
  if (pattern.type === 'identifier') return [{ imported: '*', local: pattern.text }];
  return namedChildren(pattern).flatMap((child) => {
    if (child.type === 'shorthand_property_identifier_pattern') return [{ imported: child.text, local: child.text }];
    if (child.type === 'pair_pattern') {
      return [{ imported: fieldOf(child, 'key')?.text ?? '?', local: fieldOf(child, 'value')?.text ?? null }];
    }
    return [{ imported: child.text, local: null }];
  });
}

function importStatement(node: CodeNode): ImportedModule {
  const module = unquoted(fieldOf(node, 'source')?.text ?? '');
  const clause = node.children.find(({ type }) => type === 'import_clause');
  const erased = node.children.some(({ text, named }) => !named && text === 'type');
  if (clause === undefined) return { module, names: [{ imported: node.text, local: null }] };
  const names = namedChildren(clause).flatMap((part) => {
    if (part.type === 'identifier') return [{ imported: 'default', local: part.text }];
    if (part.type === 'namespace_import') return [{ imported: '*', local: namedChildren(part)[0]?.text ?? null }];
    return namedChildren(part)
      .filter(
        (one) => one.type === 'import_specifier' && !one.children.some(({ text, named }) => !named && text === 'type'),
      )
      .map((one) => ({
        imported: fieldOf(one, 'name')?.text ?? '?',
        local: fieldOf(one, 'alias')?.text ?? fieldOf(one, 'name')?.text ?? null,
      }));
  });
  return { module, names, erased };
}
