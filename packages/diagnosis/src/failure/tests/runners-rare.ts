import type { Runner } from './runner.ts';

/** Qt Test (`qplaintestlogger.cpp`): `FAIL!  : Class::test(data row) why`; an unexpected pass fails, too. */
const qtest: Runner = {
  framework: 'qtest',
  hint: /^Totals: \d|^(?:FAIL!|XPASS) {0,4}: /,
  counts: [
    {
      line: /^Totals: (?<passed>\d{1,7}) passed, (?<failed>\d{1,7}) failed, (?<skipped>\d{1,7}) skipped/,
    },
  ],
  names: [{ line: /^(?:FAIL!|XPASS) {0,4}: (?<test>[\w:]{1,200}::\w{1,200}\([^)]{0,300}\))/ }],
};

/** Pants (`pants.core.goals.test`): a line for each target with tests, where the tests in it do not report. */
const pants: Runner = {
  framework: 'pants',
  sure: true,
  hint: /^[✓✕] \S{1,300} (?:succeeded|failed) in /,
  counts: [{ line: /^[✓✕] \S{1,300} (?<result>succeeded|failed) in / }],
  names: [{ line: /^✕ (?<test>\S{1,300}) failed in / }],
};

/** Avocado (`avocado/plugins/human.py`): ` (1/3) file:Class.test: FAIL: why (0.1 s)`, and the sums behind RESULTS. */
const avocado: Runner = {
  framework: 'avocado',
  hint: /^RESULTS {1,8}: |^ \(\d{1,7}\/\d{1,7}\) /,
  counts: [
    { line: /^RESULTS {1,8}: (?<tally>PASS \d{1,7} \| ERROR \d{1,7} \| FAIL \d{1,7} \| SKIP \d{1,7})/, keep: 'last' },
  ],
  names: [{ line: /^ \(\d{1,7}\/\d{1,7}\) (?<test>\S.{0,299}?): {1,4}(?:FAIL|ERROR|INTERRUPTED)\b/ }],
};

/** phpspec (`PhpSpec/Formatter/PrettyFormatter.php`): `17  ✘ example` below its class; the list of failed ones repeats both. */
const phpspec: Runner = {
  framework: 'phpspec',
  hint: /^\d{1,7} examples? \(|^\s{2,8}\d{1,6} {1,4}[✘!✔] |^\s{4,10}[A-Z][\w\\/]{1,200}$/,
  counts: [{ line: /^\d{1,7} examples? \((?<tally>[^)]{1,120})\)$/ }],
  scope: /^\s{4,10}(?<scope>[A-Z][\w\\/]{1,200})$/,
  names: [
    {
      line: /^\s{2,8}\d{1,6} {1,4}[✘!] (?<test>\S.{0,299})$/,
      name: ({ groups: { test }, scopes }) => [...scopes.map((scope) => scope.replaceAll('/', '\\')), test].join(' '),
    },
  ],
};

/** tinytest for R (`R/methods.R`): `FAILED[data]: file.R<7--9>`; its tests have no names but places. */
const tinytest: Runner = {
  framework: 'tinytest',
  hint: /^-{3,8} FAILED\[|^\S{1,200}\.R\.{3,80}/,
  counts: [
    {
      line: /^\S{1,200}\.R\.{3,80}\s{1,8}(?<run>\d{1,7}) tests (?:(?<failed>\d{1,7}) fails|OK)/,
    },
  ],
  names: [{ line: /^-{3,8} FAILED\[[\w ]{1,20}\]: (?<test>\S{1,200}<\d{1,6}--\d{1,6}>)/ }],
};

/** HUnit (`Test/HUnit/Text.hs`): `### Failure in: 0:suite:1:test`, with the numbers of its path, and a line of counts. */
const hunit: Runner = {
  framework: 'hunit',
  hint: /^### (?:Failure|Error) in: |^Cases: \d/,
  counts: [
    {
      line: /^Cases: \d{1,7} {2}Tried: (?<run>\d{1,7}) {2}Errors: (?<errors>\d{1,7}) {2}Failures: (?<failed>\d{1,7})$/,
      keep: 'last',
    },
  ],
  names: [{ line: /^### (?:Failure|Error) in: {1,4}(?<test>\S.{0,299})$/ }],
};

/** tcltest (`tcltest.tcl`): `==== name description FAILED`, the sums in columns behind the file's name. */
const tcltest: Runner = {
  framework: 'tcltest',
  hint: /^==== \S|^\S{1,200}:\tTotal\t/,
  counts: [
    {
      line: /^\S{1,200}:\tTotal\t(?<run>\d{1,7})\tPassed\t(?<passed>\d{1,7})\tSkipped\t(?<skipped>\d{1,7})\tFailed\t(?<failed>\d{1,7})$/,
    },
  ],
  names: [{ line: /^==== (?<test>\S{1,200})(?: .{0,300})? FAILED$/ }],
};

/** ERT of Emacs (`ert.el`): `FAILED  2/3  test`, and again in the list of unexpected results. */
const ert: Runner = {
  framework: 'ert',
  hint: /^Ran \d{1,7} tests, \d{1,7} results as expected|^\s{3}FAILED {2}/,
  counts: [
    {
      line: /^Ran (?<run>\d{1,7}) tests, (?<passed>\d{1,7}) results as expected(?:, (?<failed>\d{1,7}) unexpected)?(?:, (?<skipped>\d{1,7}) skipped)?/,
    },
  ],
  names: [{ line: /^\s{3}FAILED {2}(?:\d{1,6}\/\d{1,6} {2})?(?<test>[^\s/]{1,200})/ }],
};

/** dbt (`dbt/events/types.py`): `Failure in test name (file)`, and the sums of the run. */
const dbt: Runner = {
  framework: 'dbt',
  hint: /^(?:Failure|Done)/,
  marks: ['Failure in test ', 'Failure in unit_test ', 'Done. PASS='],
  counts: [
    {
      line: /\bDone\. PASS=(?<passed>\d{1,7}) WARN=\d{1,7} ERROR=(?<failed>\d{1,7}) SKIP=(?<skipped>\d{1,7})/,
      keep: 'last',
    },
  ],
  names: [{ line: /\bFailure in (?:unit_)?test (?<test>\S{1,200}) \(/ }],
};

/** Chef InSpec (`formatters/cli`): checks below their control, `×` for each that failed. */
const inspec: Runner = {
  framework: 'inspec',
  hint: /^Test Summary: \d|^\s{2,10}× {2}/,
  counts: [
    {
      line: /^Test Summary: (?<passed>\d{1,7}) successful, (?<failed>\d{1,7}) failures?, (?<skipped>\d{1,7}) skipped/,
      keep: 'last',
    },
  ],
  names: [{ line: /^\s{4,10}× {2}(?<test>\S.{0,299})$/ }],
};

/** Nightwatch (`reporter/summary`): failed tests below the suites, `1 tests failed, 2 passed` above them. */
const nightwatch: Runner = {
  framework: 'nightwatch',
  hint: /^\s{2,4}- \d{1,7} tests? failed|^\s{2,4}[–✖] /,
  counts: [{ line: /^\s{2,4}- (?<failed>\d{1,7}) tests? failed, (?<passed>\d{1,7}) passed/ }],
  names: [{ line: /^\s{2,4}– (?<test>\S.{0,299}?) \([\d.]{1,12}m?s\)$/ }],
};

/** Newman (`lib/reporters/cli`): a table of sums, and numbered failures. */
const newman: Runner = {
  framework: 'newman',
  hint: /^│ {1,40}assertions │|^\s{0,3}\d{1,4}\. {2}\w{3,40}(?:Error|Failure) {1,40}/,
  counts: [{ line: /^│ {1,40}assertions │ {1,40}(?<run>\d{1,7}) │ {1,40}(?<failed>\d{1,7}) │$/, keep: 'last' }],
  names: [{ line: /^\s{0,3}\d{1,4}\. {2}AssertionError {1,40}(?<test>\S.{0,299})$/ }],
};

/** Runners of rarer languages, and of checks that are no unit tests; read as their documentation and sources describe their output. */
export const RARE_RUNNERS: readonly Runner[] = [
  qtest,
  pants,
  avocado,
  phpspec,
  tinytest,
  hunit,
  tcltest,
  ert,
  dbt,
  inspec,
  nightwatch,
  newman,
];
