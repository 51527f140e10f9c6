/** What a workflow writes where the command line has an option: an input of the Action, or a variable of the runner. */
const WORDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['needs', 'results', 'patch', 'model', 'out', 'state', 'check', 'selection'].map((name) => [
      name,
      `the input "${name}"`,
    ]),
  ),
  report: 'the input "reports"',
  findings: 'the input "reports"',
  metric: 'the input "metrics"',
  coverage: 'the input "coverage-map"',
  format: 'the input "runner"',
  'original-exit-code': 'the input "exit-code"',
  'fix-confidence': 'fix_confidence of the input "needs"',
  flaky: 'has_flaky_tests of the input "needs"',
  baseline: 'the architecture in the input "state"',
  repo: 'GITHUB_REPOSITORY',
  run: 'GITHUB_RUN_ID',
  sha: 'GITHUB_SHA',
  commit: 'GITHUB_SHA',
  attempt: 'GITHUB_RUN_ATTEMPT',
};

/** Options of the command line that a step cannot be told of, because nothing in it gives them. */
export const UNREACHABLE_OPTIONS: readonly string[] =
  'test base diff pr latest threshold sample yes json post branch show-contexts cov cov-context survey help'.split(' ');

const OPTION = /(?<![\w-])--([a-z][a-z-]*)(?: (?:[A-Z]{2,}(?:=[A-Z]+)?|owner\/name)(?![\w]))?/g;

/** The sentence of a command as whoever wrote the workflow understands it. */
export const inWordsOfInputs = (text: string): string =>
  text
    .replaceAll(OPTION, (whole, name: string) => (Object.hasOwn(WORDS, name) ? (WORDS[name] ?? whole) : whole))
    .replaceAll(/\b(GITHUB_[A-Z_]+)((?: \([^)]*\))?), or \1\b/g, '$1$2')
    .replace(/^the input/, 'The input');
