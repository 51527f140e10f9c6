import type { Runner } from './runner.ts';

const JEST_NOISE =
  /^(?:Console|Validation (?:Warning|Error)|Deprecation Warning|Snapshot Summary|Cannot log after|process\.exit called|.{0,40}did not exit)/;

/** Jest (`@jest/reporters`, `DefaultReporter`): failed tests are headed by a dot, and listed again after long runs. */
const jest: Runner = {
  framework: 'jest',
  hint: /^\s{0,6}(?:(?:\[\w+\] )?Tests:|●)/,
  counts: [{ line: /^\s{0,6}(?:\[\w+\] )?Tests:\s{1,12}(?<tally>(?:\d{1,7} \w{3,10}, ){0,6}\d{1,7} total)/ }],
  names: [
    {
      line: /^\s{0,6}● (?<test>\S.{0,1499})$/,
      name: ({ groups: { test = '' } }) => (JEST_NOISE.test(test) ? undefined : test),
    },
  ],
};

/** Vitest (`reporters/base.ts`): failed tests are headed by their file and suites, files that fail to load by themselves. */
const vitest: Runner = {
  framework: 'vitest',
  hint: /^\s{0,8}(?:Tests |FAIL )/,
  counts: [{ line: /^\s{0,8}Tests {1,4}(?=\d)(?<tally>(?:\d{1,7} \w{4,10}(?: \| )?){1,5}) \(\d{1,7}\)/ }],
  names: [
    {
      line: /^\s{0,4}FAIL {1,4}(?:\|?[\w-]{1,40}\|? {1,2})?(?<test>[\w./@-]{3,200} > \S.{0,1499})$/,
    },
  ],
};

/**
 * Mocha (`reporters/base.js`, also under Cypress, WebdriverIO and karma): numbered failures below the counts; the suites and the test are on lines of
 * their own up to a colon. WebdriverIO (`spec-reporter`) writes both on one line, behind the browser.
 */
const mocha: Runner = {
  framework: 'mocha',
  hint: /^\s{0,6}(?:\[[^\]]{1,80}#\d{1,3}-\d{1,3}\]|\d{1,7} (?:passing|failing|pending)|[✔✓] \d{1,7} tests? complete)/,
  counts: [
    {
      line: /^\s{0,6}(?:\[[^\]]{1,80}#\d{1,3}-\d{1,3}\] )?(?:(?<tally>\d{1,7} (?:passing|failing|pending|skipped))\b|[✔✓] (?<passed>\d{1,7}) tests? completed?\b)/,
    },
  ],
  names: [
    {
      from: /^\s{0,6}(?:\[[^\]]{1,80}#\d{1,3}-\d{1,3}\] )?(?<wanted>\d{1,5}) failing\b/,
      line: /^\s{0,6}\d{1,5}\)(?: (?<test>\S.{0,1499}))?$/,
      rest: /^\s{7,40}(?<rest>\S.{0,1499})$/,
      name: ({ groups: { test = '' } }) => (test.endsWith(':') ? test : undefined),
    },
    { line: /^\[[^\]]{1,80}#\d{1,3}-\d{1,3}\]\s{1,4}\d{1,5}\) (?<test>\S.{0,1499})$/ },
  ],
};

/** uvu (`uvu/src/index.js`): a line of signs for each suite, and each failure with its suite and the test in quotes. */
const uvu: Runner = {
  framework: 'uvu',
  hint: /^ {3}FAIL {2}|^\s{2}Skipped: {3}/,
  marks: ['• ', '✘ '],
  counts: [{ line: /^.{0,300}[•✘] {3}\((?<passed>\d{1,7}) \/ (?<run>\d{1,7})\)$/ }],
  names: [
    {
      line: /^ {3}FAIL {2}(?:(?<suite>\S.{0,200}?) {2})?"(?<test>.{1,300})"$/,
      name: ({ groups: { suite = '', test = '' } }) => `${suite} ${test}`,
    },
  ],
};

/** Jasmine (`jasmine/lib/reporters/console_reporter.js`, also of Protractor): numbered failures with whole names. */
const jasmine: Runner = {
  framework: 'jasmine',
  hint: /^Failures:|^\d{1,7} specs?, /,
  counts: [{ line: /^(?<run>\d{1,7}) specs?, (?<failed>\d{1,7}) failures?(?:, (?<skipped>\d{1,7}) pending specs?)?$/ }],
  names: [
    {
      from: /^Failures:\s{0,2}$/,
      to: /^Pending:|^(?:Ran )?\d{1,7} (?:of \d{1,7} )?specs?\b/,
      line: /^\d{1,5}\) (?<test>\S.{0,1499})$/,
    },
  ],
};

const BROWSER = String.raw`(?:Headless ?)?(?:Chrome|Chromium|Firefox|Safari|Mobile Safari|PhantomJS|Edge|Opera|IE|Electron|Android|jsdom|Samsung|HeadlessChrome)[\w .-]{0,40}? [\d.]{1,30} \([^)]{1,60}\)`;

/** Karma (`reporters/base.js`): `Browser 1.2 (System) suite test FAILED`; progress lines are running totals of each browser. */
const karma: Runner = {
  framework: 'karma',
  hint: /^TOTAL|^[✔✖ℹ] \d|^FAILED TESTS:/,
  marks: ['FAILED', ': Executed '],
  covers: ['mocha', 'jasmine'],
  counts: [
    {
      line: new RegExp(
        `(?<of>${BROWSER}): Executed (?<run>\\d{1,7}) of \\d{1,7}(?: \\((?<failed>\\d{1,7}) FAILED\\))?(?: \\((?:skipped (?<skipped>\\d{1,7}))\\))?`,
      ),
      keep: 'growing',
    },
    // karma-mocha-reporter
    { line: /^(?:[✔✖ℹ] )(?<number>\d{1,7}) tests? (?<result>completed|failed|skipped)$/ },
  ],
  scope: /^(?<scope>\s{1,40}(?![✔✖ℹ])\S.{0,199})$/,
  tree: true,
  names: [
    { line: new RegExp(`^\\s{0,4}${BROWSER} (?<test>(?!ERROR)\\S.{0,399}) FAILED$`) },
    {
      from: /^FAILED TESTS:$/,
      line: /^\s{0,40}✖ (?<test>\S.{0,399}?)(?: \(\d{1,7}ms\))?$/,
      name: ({ groups: { test }, scopes }) => [...scopes, test].join(' '),
    },
  ],
};

/** `[project] › file:line:column › suite › test` */
const PLAYWRIGHT_NAME = String.raw`(?<test>(?:\[[^\]]{1,60}\] › )?[^\s›[][^›]{0,200}:\d{1,6}:\d{1,6} › .{1,399}?)(?: [─=]{3,}.{0,10})?\s{0,4}$`;

/** Playwright (`reporters/base.ts`): numbered failures, and a list of names below each count at the end. */
const playwright: Runner = {
  framework: 'playwright',
  hint: /^Running \d{1,7} tests? using|^\s{2,4}\d{1,7} (?:passed|failed|skipped|flaky|interrupted|did not run)/,
  counts: [
    {
      line: /^\s{2,4}(?<tally>\d{1,7} (?:passed|failed|skipped|flaky|interrupted))(?: \([\d.hms ]{1,20}\))?$/,
    },
  ],
  names: [
    {
      from: /^\s{2,4}\d{1,7} (?:failed|interrupted)$/,
      to: /^\s{2,4}\d{1,7} (?!failed|interrupted)[a-z ]{4,20}/,
      line: new RegExp(`^\\s{4,6}${PLAYWRIGHT_NAME}`),
    },
    { from: /^Running \d{1,7} tests? using/, line: new RegExp(`^\\s{2,4}\\d{1,5}\\) ${PLAYWRIGHT_NAME}`) },
  ],
};

/** TestCafe (`testcafe-reporter-spec`): `✖ test` below its fixture, and `1/3 failed`. */
const testcafe: Runner = {
  framework: 'testcafe',
  hint: /^ Running tests in:|^ ✖ |^ \d{1,7}\/\d{1,7} failed|^ \d{1,7} passed \(/,
  counts: [{ line: /^ (?:(?<failed>\d{1,7})\/(?<run>\d{1,7}) failed|(?<passed>\d{1,7}) passed) \([\dhms. ]{1,20}\)$/ }],
  names: [{ line: /^ ✖ (?<test>\S.{0,399}?)(?: \((?:screenshots?|unstable|skipped)[^)]{0,200}\)){0,3}$/ }],
};

/**
 * AVA (`lib/reporters/default.js`): `✘ [fail]: file › test Error`, where the name ends is seen in the report below, headed by the name and a place;
 * before 4.0 `✖ test`; then `1 test failed`.
 */
const ava: Runner = {
  framework: 'ava',
  hint: /^\s{1,4}[✖✘] |^\s{1,4}\d{1,7} (?:tests?|hooks?|uncaught|known|unhandled)|^ {2}─/,
  counts: [{ line: /^\s{1,4}(?<number>\d{1,7}) (?:tests?|known failures?) (?<result>passed|failed|skipped|todo)$/ }],
  names: [
    {
      from: /^ {2}─{1,99}$/,
      after: /^$/,
      line: /^ {2}(?!\S{1,300}:\d{1,6}$)(?<test>\S.{0,1499})$/,
      proof: /^ {2}\S{1,300}\.\w{1,4}:\d{1,6}$/,
    },
    {
      line: /^\s{1,4}(?:[✖✘] \[(?:fail|unexpected pass)\]:|✖) (?<test>\S.{0,399}?)(?: \([\d.]{1,12}m?s\))?(?: (?:Error thrown in|Test failed via|Test was expected|Rejected promise|Test finished|Promise returned) .{1,120})?$/,
    },
  ],
};

/** `node --test`, reporter spec: results as a tree, suites after their tests; all failures again at the end. */
const nodeTest: Runner = {
  framework: 'node-test',
  hint: /^ℹ |^\s{0,40}✖ /,
  counts: [{ line: /^ℹ (?<result>pass|fail|cancelled|skipped|todo) (?<number>\d{1,7})$/ }],
  names: [{ line: /^\s{0,40}✖ (?<test>\S.{0,399}?) \(\d{1,9}(?:\.\d{1,9})?ms\)/, suitesLast: true }],
};

/** The words of a test line: tape leaves the dash out, and a directive (`# SKIP`, `# TODO`) is no part of them. */
const TAP_FAILED =
  /^\s{0,40}not ok \d{1,7}(?: -)? (?<test>[^\s#](?:[^#]|#(?! ?(?:todo|skip|time=|exit=|TODO|SKIP|Todo|Skip))){0,399}?)(?:\s{1,4}# (?:time|exit)=?.{0,80}|# time=.{0,40})?$/;

/**
 * Test Anything Protocol (testanything.org, versions 12 to 14): of `node --test`, tape, QUnit, tap, Mocha, AVA, bats, Perl's Test::More. Totals are comments
 * of the producer (`# pass 2`), those of prove (`TAP::Formatter::Base`), or the test lines themselves. A suite follows its tests, which are indented.
 */
const tap: Runner = {
  framework: 'tap',
  hint: /^\s{0,40}(?:(?:not )?ok \d|# {1,3}Failed test)|^# (?:tests|pass|fail|cancelled|skip|todo)|^Files=/,
  marks: ['(Wstat: '],
  counts: [
    {
      line: /^(?:Files=\d{1,6}, Tests=(?<run>\d{1,7}), |.{1,300} \(Wstat: .{1,60} Failed: (?<failing>\d{1,7})\)$)/,
    },
    { line: /^# (?<result>pass|fail|cancelled|skip|skipped|todo):? {1,4}(?<number>\d{1,7})$/ },
    {
      line: /^(?<result>ok) \d{1,7}(?: -)?(?!.{0,400}# ?skip)|^(?<result>not) ok \d{1,7}(?!.{0,400}# ?todo)|^ok \d.{0,400}# ?(?<result>skip)/i,
    },
  ],
  names: [
    { line: TAP_FAILED, suitesLast: true },
    { line: /^\s{0,40}# {1,3}Failed test '(?<test>.{1,399})'$/ },
    // PostgreSQL's pg_regress
    { line: /^not ok \d{1,7} {1,8}[-+] (?<test>\S{1,200}) {2,80}\d{1,9} ms$/ },
  ],
};

/** Deno (`cli/tools/test/reporters/pretty.rs`): the section of failures lists `name => file:line:column`; steps are `test ... step`. */
const deno: Runner = {
  framework: 'deno',
  hint: /^(?:FAILED|ok) \| |^\s{0,2}FAILURES\s{0,2}$/,
  counts: [{ line: /^(?:FAILED|ok) \| (?<tally>\d{1,7} passed.{0,160})$/ }],
  names: [
    {
      from: /^\s{0,2}FAILURES\s{0,2}$/,
      to: /^(?:FAILED|ok) \| /,
      line: /^(?<test>\S.{0,399}?) => \S{1,300}$/,
    },
  ],
};

/** Runners of JavaScript and TypeScript, browsers included. */
export const SCRIPT_RUNNERS: readonly Runner[] = [
  jest,
  vitest,
  mocha,
  uvu,
  jasmine,
  karma,
  playwright,
  testcafe,
  ava,
  nodeTest,
  tap,
  deno,
];
