import { pathPattern } from './file-kinds.ts';

/** What a runner takes when its command names nothing, below the folder of its `package.json`. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  mocha: ['test/*'],
  ava: ['test.*', 'test-*', 'test/**', 'tests/**'],
  tap: ['test/**', 'tests/**', 'test.*', 'tests.*'],
  tape: [],
  // https://nodejs.org/api/test.html#running-tests-from-the-command-line
  node: ['**/test/**', '**/test-*', '**/test.*'],
};
/** AVA takes no helpers for tests. */
const NOT_TESTS = /(?:^|\/)(?:fixtures|helpers|node_modules)\//;
const RUNNERS: Readonly<Record<string, string>> = {
  mocha: 'mocha',
  _mocha: 'mocha',
  ava: 'ava',
  tap: 'tap',
  tape: 'tape',
  borp: 'node',
};
/** Options whose value is the next word. */
const WITH_VALUE =
  /^(?:-[rtRugfOC]|--(?:require|import|loader|reporter|timeout|ui|grep|fgrep|config|package|opts|slow|experimental-loader|test-reporter|test-name-pattern|test-concurrency|extension|ignore|watch-files))$/;
const MAX_PATTERNS = 50;

/** Patterns of the tests that the scripts and settings of a `package.json` name; those of the runner that it depends on, where they name none. */
export function manifestPatterns(text: string): RegExp[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof manifest !== 'object' || manifest === null) return [];
  const { scripts, mocha, ava, dependencies, devDependencies } = manifest as Readonly<Record<string, unknown>>;
  const commands = Object.values(objectIn(scripts)).filter((one) => typeof one === 'string');
  const named = [...commands.flatMap(globsOfScript), ...listIn(objectIn(mocha).spec), ...listIn(objectIn(ava).files)];
  const installed = Object.keys({ ...objectIn(dependencies), ...objectIn(devDependencies) });
  const usual =
    named.length > 0 ? [] : installed.flatMap((name) => (name === 'node' ? [] : (own(DEFAULTS, name) ?? [])));
  return patternsOf([...named, ...usual]);
}

/** Patterns of the tests that a `.mocharc` names. */
export function settingsPatterns(path: string, text: string): RegExp[] {
  if (!/\.mocharc/.test(path)) return [];
  const list = /(?:^|[\s{,"'])spec["']?\s*:\s*(\[[^\]]{0,2000}\]|(?:\s*\n[ \t]*-[^\n]*)+|[^\n]+)/.exec(text)?.[1] ?? '';
  const quoted = [...list.matchAll(/["']([^"'\n]+)["']/g)].map(([, one = '']) => one);
  const plain = list.split('\n').map((one) => one.replace(/^\s*-\s|\s#.*$/g, '').trim());
  return patternsOf(quoted.length > 0 ? quoted : plain);
}

const objectIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
const listIn = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) => (typeof one === 'string' ? [one] : []));

/** What the runners in a script take. */
function globsOfScript(script: string): string[] {
  return script.split(/&&|\|\||[;|]/).flatMap((command) => {
    const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
      ([, two, one, bare]) => two ?? one ?? bare ?? '',
    );
    const at = words.findIndex((word) => own(RUNNERS, nameOf(word)) !== undefined || word === '--test');
    const runner = words[at] === '--test' ? 'node' : own(RUNNERS, nameOf(words[at] ?? ''));
    if (runner === undefined) return [];
    const isDeep = words.some((word) => /^--recursive$/.test(word));
    const given = words
      .slice(at + 1)
      .filter(
        (word, index, rest) => !word.startsWith('-') && !WITH_VALUE.test(rest[index - 1] ?? '') && !/[<>$=]/.test(word),
      );
    const globs =
      given.length > 0
        ? given.map((word) => (isFile(word) ? word : `${word.replace(/\/+$/, '')}/*`))
        : (own(DEFAULTS, runner) ?? []);
    return isDeep ? globs.map((glob) => glob.replace(/\/\*$/, '/**')) : globs;
  });
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
const nameOf = (word: string): string => word.replace(/^.*\//, '').replace(/\.[cm]?js$/, '');
const isFile = (word: string): boolean => /[*?{[]|\.[cm]?[jt]sx?$/.test(word);

function patternsOf(globs: readonly string[]): RegExp[] {
  const plain = globs
    .map((glob) => glob.replace(/^!.*$/, '').replace(/^\.\//, ''))
    .filter((glob) => glob !== '' && glob.length < 300);
  return [...new Set(plain)]
    .slice(0, MAX_PATTERNS)
    .flatMap(alternatives)
    .map((glob) => {
      const matches = pathPattern(glob);
      return glob.includes('**') ? new RegExp(`^(?!.*${NOT_TESTS.source})${matches.source.slice(1)}`) : matches;
    });
}

/** `{a,b}` and `@(a|b)` as one pattern each. */
function alternatives(glob: string): string[] {
  const [whole, list = ''] = /\{([^{}]*)\}|@\(([^()]*)\)/.exec(glob) ?? [];
  if (whole === undefined) return [glob];
  const parts = (list || whole.slice(2, -1)).split(/[,|]/).slice(0, 10);
  return parts.flatMap((part) => alternatives(glob.replace(whole, () => part))).slice(0, 30);
}
