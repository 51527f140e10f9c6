import { isCritical, isTestConfiguration, languageOf, type SourceLanguage } from './file-kinds.ts';

/** An import as it is written; where it leads is for a resolver to say. */
export interface WrittenImport {
  readonly specifier: string;
  /** What Python takes from the module. */
  readonly names: readonly string[];
  /** Whether it stands in a statement that imports, and is not just a text that looks like a specifier. */
  readonly isStatement: boolean;
}

/** A path in the text. `prefix`: what follows is computed, so every file that begins with it may be meant. */
export interface WrittenPath {
  readonly text: string;
  readonly prefix: boolean;
}

/** A string literal without its quotes; of a template the part before what is computed. */
export interface SourceString {
  readonly text: string;
  /** Where its quote stands in the text. */
  readonly at: number;
  readonly isComputed: boolean;
  /** Names a module of which only types are taken. */
  readonly isTypeOnly?: boolean;
}

/** A text of JavaScript, TypeScript or Python, taken apart. All texts are as long as the file. */
export interface LexedSource {
  /** With spaces for comments. */
  readonly code: string;
  /** With spaces for comments and for the contents of strings. */
  readonly bare: string;
  /** Statements that import types alone. */
  readonly types: readonly { readonly from: number; readonly to: number }[];
  /** Of JavaScript and TypeScript. */
  readonly strings: readonly SourceString[];
  /** Imports of Python, without comments. */
  readonly statements: readonly string[];
}

/** What a file's text says about other files. Too much rather than too little. */
interface SourceReferences {
  readonly imports: readonly WrittenImport[];
  readonly paths: readonly WrittenPath[];
  /** Whether some import is computed when the program runs: then files in named folders may be run, not only read. */
  readonly computesImports: boolean;
  /** Whether it imports Python modules of its own folder whose names it finds out. */
  readonly importsOwnFolder: boolean;
  /** Files that a test runner's configuration loads before every test. */
  readonly setUp: readonly string[];
}

/** What stands before a string that names a module. */
const BEFORE_SPECIFIER =
  /(?:\bfrom|\bimport|\brequire(?:\.resolve)?|[mM]ock|\bimport(?:Actual|Original)|\brequireActual|\bresolve)$/;
const MAX_BEFORE = 20;
/** Texts that look like a specifier by themselves: relative, or with the first sign of an alias. */
const ALIAS = /^(?:\.{1,2}\/|[#~@$](?!\{))[^\n]{1,200}$/;
const JS_COMPUTED = /\b(?:import|require)\s*\(\s*(?!["'])[^)\s]|\bimport\.meta\.glob|\brequire\.context/;
const PYTHON_COMPUTED = /\b(?:importlib|__import__|pkgutil|runpy|exec|spec_from_file_location)\b/;

/** Characters of paths without quotes around them: quoting cannot be read wrongly that way. */
const PATHS = /[\w@#%+~$.\-/]+/g;
/** Neighbouring quoted parts, as `join('a', 'b.json')` and `"a" / "b.json"` have them. */
const CHAINS = /(["'`])[\w@.\-/]+\1(?:\s*[,/]\s*(["'`])[^"'`\n]{1,200}\2)+/g;
/** A quoted word as an argument of something that reads folders or joins paths. */
const FOLDER_WORDS =
  /(?:\b(?:join|resolve|readdir(?:Sync)?|glob(?:Sync)?|walk|listdir|scandir|Path|joinpath)\([^()]{0,120}?|\bcwd:\s*|\)\s*\/\s*|\b[A-Z_a-z]+\s*\/\s*)(["'`])([\w@-]{2,80})\1/g;
/** `f"shop.kinds.{name}"` and `"shop.kinds." + name`: a module whose last name is computed. */
const COMPUTED_MODULES = /["']((?:[A-Za-z_]\w*\.)+)[{"'%]/g;
const SET_UP =
  /\b(?:setupFiles\w*|setupTests|globalSetup|globalTeardown|snapshotSerializers|testEnvironment)["']?\s*:\s*(\[[^\]]{0,2000}\]|["'][^"'\n]+["'])|\brequire["']?\s*:\s*(\[[^\]]{0,2000}\])|(?<=\s)(?:--(?:require|import|loader|file)[= ]|-r )(\.{0,2}\/?[\w@./-]+\.[cm]?[jt]sx?)/g;
/** `pkgutil.iter_modules(__path__)`, `import_module(f"{__name__}.{name}")`: modules of the file's own folder. */
const PYTHON_OWN_FOLDER =
  /\b(?:import_module|__import__|iter_modules|walk_packages)\b[^\n]{0,300}(?:__path__|__name__|__package__|__file__)|__path__[^\n]{0,300}\b(?:iter_modules|walk_packages)\b/;

/**
 * References of a file to others. Files that are neither source code nor text have none. `lexed`: of JavaScript, TypeScript and Python. `withTypes`: imports of types
 * count, too.
 */
export function referencesOf(
  path: string,
  text: string,
  { lexed, withTypes }: { readonly lexed: LexedSource | null; readonly withTypes: boolean },
): SourceReferences {
  const language = languageOf(path);
  const code = lexed === null ? text : withTypes ? lexed.code : withoutTypes(lexed);
  return {
    imports:
      lexed === null
        ? otherImports(text, language)
        : language === 'python'
          ? pythonImports(lexed)
          : scriptImports(lexed, withTypes),
    paths: pathsOf(code),
    importsOwnFolder: language === 'python' && PYTHON_OWN_FOLDER.test(code),
    setUp: setUpIn(code),
    computesImports:
      language === 'javascript'
        ? JS_COMPUTED.test(lexed?.bare ?? text)
        : language === 'python' && PYTHON_COMPUTED.test(code),
  };
}

function withoutTypes({ code, types }: LexedSource): string {
  const parts: string[] = [];
  let at = 0;
  for (const { from, to } of types) {
    parts.push(code.slice(at, from));
    at = to;
  }
  return parts.join(' ') + code.slice(at);
}

/** Files that a runner loads before every test, by a setting or by an option in a command. */
export const setUpIn = (text: string): string[] =>
  [...text.matchAll(SET_UP)]
    .flatMap(([, list, required, option = '']) => [
      option,
      ...[...(list ?? required ?? '').matchAll(/["']([^"']+)["']/g)].map(([, one = '']) => one),
    ])
    .filter((file) => file !== '')
    .map((file) => file.replace(/^<rootDir>\//, './'));

function scriptImports({ code, strings }: LexedSource, withTypes: boolean): WrittenImport[] {
  const found = new Map<string, boolean>();
  for (const { text, at, isComputed, isTypeOnly } of strings) {
    if (isComputed || text === '' || text.length > MAX_SPECIFIER || (isTypeOnly === true && !withTypes)) continue;
    const isStatement = BEFORE_SPECIFIER.test(wordBefore(code, at));
    const specifier = plainText(text).split('?')[0] ?? '';
    if (isStatement || ALIAS.test(specifier)) found.set(specifier, isStatement || found.get(specifier) === true);
  }
  return [...found].map(([specifier, isStatement]) => ({ specifier, names: [], isStatement }));
}

const MAX_SPECIFIER = 1_000;

/** The end of the code before a literal, without a bracket and the blanks around it. */
function wordBefore(code: string, at: number): string {
  let end = at;
  const skip = (pattern: RegExp): void => {
    while (end > 0 && pattern.test(code[end - 1] ?? '')) end -= 1;
  };
  skip(/\s/);
  if (code[end - 1] === '(') end -= 1;
  skip(/\s/);
  return code.slice(Math.max(0, end - MAX_BEFORE), end);
}

/** The text that the escapes of a literal mean. */
const plainText = (text: string): string =>
  text.replaceAll(/\\(?:u\{([\da-f]{1,6})\}|u([\da-f]{4})|x([\da-f]{2})|(.))/gi, (whole, braced, four, two, sign) => {
    if (sign !== undefined) return sign;
    const code = Number.parseInt(braced ?? four ?? two, 16);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });

/** Every text that can be an import path of Go: what none of the repository's packages has for its own leads nowhere. */
const GO_IMPORTS = /["`]([\w.~/-]+)["`]/g;

const otherImports = (text: string, language: SourceLanguage | null): WrittenImport[] =>
  language !== 'go'
    ? []
    : [...text.matchAll(GO_IMPORTS)].map(([, specifier = '']) => ({ specifier, names: [], isStatement: true }));

const PYTHON_FROM = /^from\s*([.\w\s]*?)\s*\bimport\b\s*([\s\S]*)$/;
const PYTHON_IMPORT = /^import\b\s*([\s\S]*)$/;
/** `importlib.import_module("a.b")`, `patch("a.b.c")`. */
const DOTTED = /["']([A-Za-z_]\w*(?:\.\w+)+)["']/g;

const namesIn = (list: string): string[] =>
  list
    .replace(/[()]/g, '')
    .split(',')
    .map((name) => name.trim().split(/\s+as\s+/)[0] ?? '')
    .filter((name) => name !== '' && name !== '*');

/** `[sys.executable, "-m", "shop.cli"]`, `python -m shop.cli`. */
const PYTHON_RUN = /(?<![\w-])-m["',\s]+([A-Za-z_][\w.]*)/g;

function pythonImports({ code, statements }: LexedSource): WrittenImport[] {
  const of = (specifier: string, names: readonly string[] = []): WrittenImport => ({
    specifier,
    names,
    isStatement: true,
  });
  const stated = statements.flatMap((statement) => {
    const text = statement.replaceAll(/\\\r?\n/g, ' ');
    const [, module, list = ''] = PYTHON_FROM.exec(text) ?? [];
    if (module !== undefined) return [of(module.replaceAll(/\s+/g, ''), namesIn(list))];
    return namesIn(PYTHON_IMPORT.exec(text)?.[1] ?? '').map((one) => of(one.replaceAll(/\s+/g, '')));
  });
  const run = [...code.matchAll(PYTHON_RUN)].flatMap(([, name = '']) => [of(name), of(name, ['__main__'])]);
  const dotted = [...code.matchAll(DOTTED)].flatMap(([, name = '']) => {
    const at = name.lastIndexOf('.');
    return [of(name), of(name.slice(0, at), [name.slice(at + 1)])];
  });
  return [...stated, ...run, ...dotted];
}

const MAX_PATH = 300;

function pathsOf(code: string): WrittenPath[] {
  const found = new Map<string, WrittenPath>();
  const add = (text: string, prefix: boolean): void => {
    if (text.length < 2 || text.length > MAX_PATH || !/\w/.test(text)) return;
    found.set(`${text}\0${prefix}`, { text, prefix });
  };
  for (const match of code.matchAll(PATHS)) {
    if (!/[./]/.test(match[0])) continue;
    const next = code[match.index + match[0].length];
    // `../data/${name}.json`, `f"data/{name}.json"` and `"data/%s.json"`.
    const isComputed = match[0].endsWith('$') || next === '{' || next === '*' || match[0].includes('%s');
    add(match[0].replace(/\$.*$|%s.*$/, '').replace(/[.,:;]+$/, ''), isComputed);
  }
  for (const [chain] of code.matchAll(CHAINS)) {
    const parts = [...chain.matchAll(/(["'`])([^"'`\n]+)\1/g)].map((match) => match[2] ?? '');
    const computed = parts.findIndex((part) => part.includes('${') || part.includes('{'));
    const plain = computed < 0 ? parts : parts.slice(0, computed);
    let end = '';
    // From the last part on, as long as it can be a path.
    for (let first = plain.length - 1; first >= 0 && end.length <= MAX_PATH; first -= 1) {
      end = end === '' ? (plain[first] ?? '') : `${plain[first]}/${end}`;
      add(`${end}${computed < 0 ? '' : '/'}`, computed >= 0);
    }
  }
  for (const [, package_ = ''] of code.matchAll(COMPUTED_MODULES)) add(package_.replaceAll('.', '/'), false);
  for (const match of code.matchAll(FOLDER_WORDS)) add(`${match[2]}/`, false);
  return [...found.values()];
}

/** Whether references of the file to others are read. Manifests and workflows name everything, and a change of one runs the full suite anyway. */
export const isScanned = (path: string): boolean =>
  languageOf(path) !== null ||
  isTestConfiguration(path) ||
  (/\.(?:json|ya?ml|toml|ini|cfg|html?|sql)$/.test(path) && !isCritical(path, []));
