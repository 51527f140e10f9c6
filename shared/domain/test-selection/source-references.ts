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

/** What a file's text says about other files. Too much rather than too little: comments inside a line count, too. */
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

const MAX_TEXT = 1_000_000;
/** Lines that are comments as a whole, and imports of types, which do not exist when tests run. */
const COMMENT_LINES = /^[ \t]*(?:\/\/|\*[ /]|\*$|\/\*\*).*$/gm;
const TYPE_IMPORTS = /\b(?:import|export)\s+type\s+(?!from\s*["'])[^'";]*?\bfrom\s*(["'])[^"'\n]+\1/g;
const SPECIFIERS =
  /(?:\bfrom|\bimport|\brequire(?:\.resolve)?|[mM]ock|\bimport(?:Actual|Original)|\brequireActual|\bresolve)\s*\(?\s*(["'`])((?:[^"'`\n$]|\$(?!\{))+)\1/g;
/** Quoted specifiers that look like one by themselves: relative, or with the first sign of an alias. */
const ALIASES = /(["'`])((?:\.{1,2}\/|[#~@$](?!\{))(?:[^"'`\n$]|\$(?!\{)){1,200})\1/g;
const JS_COMPUTED = /\b(?:import|require)\s*\(\s*(?!["'])[^)\s]|\bimport\.meta\.glob|\brequire\.context/;
const PYTHON_COMPUTED = /\b(?:importlib|__import__|pkgutil|runpy|exec|spec_from_file_location)\b/;

/** Characters of paths without quotes around them: quoting cannot be read wrongly that way. */
const PATHS = /[\w@#%+~$.\-/]*[./][\w@#%+~$.\-/]*/g;
/** Neighbouring quoted parts, as `join('a', 'b.json')` and `"a" / "b.json"` have them. */
const CHAINS = /(["'`])[\w@.\-/]+\1(?:\s*[,/]\s*(["'`])[^"'`\n]{1,200}\2)+/g;
/** A quoted word as an argument of something that reads folders or joins paths. */
const FOLDER_WORDS =
  /(?:\b(?:join|resolve|readdir(?:Sync)?|glob(?:Sync)?|walk|listdir|scandir|Path|joinpath)\([^()]{0,120}?|\bcwd:\s*|\)\s*\/\s*|\b[A-Z_a-z]+\s*\/\s*)(["'`])([\w@-]{2,80})\1/g;
/** `f"shop.kinds.{name}"` and `"shop.kinds." + name`: a module whose last name is computed. */
const COMPUTED_MODULES = /["']((?:[A-Za-z_]\w*\.)+)[{"'%]/g;
/** Contents of literals: code in them is not run. */
const LITERALS = /`(?:\\[\s\S]|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;

const SET_UP =
  /\b(?:setupFiles\w*|setupTests|globalSetup|globalTeardown|snapshotSerializers|testEnvironment)["']?\s*:\s*(\[[^\]]*\]|["'][^"'\n]+["'])|\brequire["']?\s*:\s*(\[[^\]]*\])|(?<=\s)(?:--(?:require|import|loader|file)[= ]|-r )(\.{0,2}\/?[\w@./-]+\.[cm]?[jt]sx?)/g;
/** `pkgutil.iter_modules(__path__)`, `import_module(f"{__name__}.{name}")`: modules of the file's own folder. */
const PYTHON_OWN_FOLDER =
  /\b(?:import_module|__import__|iter_modules|walk_packages)\b[^\n]*(?:__path__|__name__|__package__|__file__)|__path__[^\n]*\b(?:iter_modules|walk_packages)\b/;

/** References of a file to others. Files that are neither source code nor text have none. `withTypes`: imports of types count, too. */
export function referencesOf(path: string, whole: string, withTypes: boolean): SourceReferences {
  const language = languageOf(path);
  const text = whole.slice(0, MAX_TEXT);
  const lines = language === 'javascript' ? text.replace(COMMENT_LINES, '') : text;
  const code = language === 'javascript' && !withTypes ? lines.replace(TYPE_IMPORTS, '') : lines;
  return {
    imports: importsOf(code, language),
    paths: pathsOf(code),
    importsOwnFolder: language === 'python' && PYTHON_OWN_FOLDER.test(code),
    setUp: setUpIn(code),
    computesImports:
      language === 'javascript'
        ? JS_COMPUTED.test(code.replace(LITERALS, (literal) => `${literal[0]}${literal[0]}`))
        : language === 'python'
          ? PYTHON_COMPUTED.test(code)
          : false,
  };
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

function importsOf(code: string, language: SourceLanguage | null): WrittenImport[] {
  if (language === 'python') return pythonImports(code);
  if (language === 'go')
    return [...code.matchAll(GO_IMPORTS)].map(([, specifier = '']) => ({ specifier, names: [], isStatement: true }));
  if (language !== 'javascript') return [];
  const found = new Map<string, boolean>();
  for (const [pattern, isStatement] of [
    [ALIASES, false],
    [SPECIFIERS, true],
  ] as const)
    for (const match of code.matchAll(pattern)) found.set(match[2]?.split('?')[0] ?? '', isStatement);
  return [...found].map(([specifier, isStatement]) => ({ specifier, names: [], isStatement }));
}

/** Every text that can be an import path: what none of the repository's packages has for its own leads nowhere. */
const GO_IMPORTS = /"([\w.~/-]+)"/g;

const PYTHON_FROM = /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n;#]+)/gm;
const PYTHON_IMPORT = /^[ \t]*import[ \t]+([^\n;#]+)/gm;
/** `importlib.import_module("a.b")`, `patch("a.b.c")`. */
const DOTTED = /["']([A-Za-z_]\w*(?:\.\w+)+)["']/g;

const namesIn = (list: string): string[] =>
  list
    .replace(/#.*$/gm, '')
    .replace(/[()]/g, '')
    .split(',')
    .map((name) => name.trim().split(/\s+as\s+/)[0] ?? '')
    .filter((name) => name !== '' && name !== '*');

/** `[sys.executable, "-m", "shop.cli"]`, `python -m shop.cli`. */
const PYTHON_RUN = /(?<![\w-])-m["',\s]+([A-Za-z_][\w.]*)/g;

function pythonImports(text: string): WrittenImport[] {
  const code = text.replace(/\\\r?\n/g, ' ');
  const of = (specifier: string, names: readonly string[] = []): WrittenImport => ({
    specifier,
    names,
    isStatement: true,
  });
  const from = [...code.matchAll(PYTHON_FROM)].map(([, specifier = '', list = '']) => of(specifier, namesIn(list)));
  const plain = [...code.matchAll(PYTHON_IMPORT)].flatMap(([, list = '']) => namesIn(list).map((one) => of(one)));
  const run = [...code.matchAll(PYTHON_RUN)].flatMap(([, name = '']) => [of(name), of(name, ['__main__'])]);
  const dotted = [...code.matchAll(DOTTED)].flatMap(([, name = '']) => {
    const at = name.lastIndexOf('.');
    return [of(name), of(name.slice(0, at), [name.slice(at + 1)])];
  });
  return [...from, ...plain, ...run, ...dotted];
}

function pathsOf(code: string): WrittenPath[] {
  const found = new Map<string, WrittenPath>();
  const add = (text: string, prefix: boolean): void => {
    if (text.length < 2 || text.length > 300 || !/\w/.test(text)) return;
    found.set(`${text}\0${prefix}`, { text, prefix });
  };
  for (const match of code.matchAll(PATHS)) {
    const next = code[match.index + match[0].length];
    // `../data/${name}.json`, `f"data/{name}.json"` and `"data/%s.json"`.
    const isComputed = match[0].endsWith('$') || next === '{' || next === '*' || match[0].includes('%s');
    add(match[0].replace(/\$.*$|%s.*$/, '').replace(/[.,:;]+$/, ''), isComputed);
  }
  for (const [chain] of code.matchAll(CHAINS)) {
    const parts = [...chain.matchAll(/(["'`])([^"'`\n]+)\1/g)].map((match) => match[2] ?? '');
    const computed = parts.findIndex((part) => part.includes('${') || part.includes('{'));
    const plain = computed < 0 ? parts : parts.slice(0, computed);
    for (let first = 0; first < plain.length; first += 1)
      add(`${plain.slice(first).join('/')}${computed < 0 ? '' : '/'}`, computed >= 0);
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
