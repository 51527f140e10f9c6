import { repositoryPath } from '@selfheal/kernel/text/place.ts';
import type { Found, Runner } from './runner.ts';

const FILE = String.raw`(?<file>(?:[A-Z]:)?[\\/]?(?:[\w.-]{1,100}[\\/]){0,20}[\w.-]{1,100}\.\w{1,6})`;
const STATUS = 'FAILED|ERROR';

function moduleOf(file: string): string {
  return file.replace(/\.py$/, '').replaceAll(/[\\/]/g, '.');
}

/** A file and test as a dotted module and `::` path; a file that failed to load as `(module)`. */
function pytestName({ groups: { file = '', test = '' } }: Found): string {
  const module = moduleOf(file);
  if (test === '') return `(${module})`;
  // A doctest's name repeats its module.
  return `${module}::${test.startsWith(`${module}.`) ? test.slice(module.length + 1) : test}`;
}

const TEST_FILE = /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$|(?:^|\/)tests?\//;

/**
 * A heading has no file. The files below it are those of the traceback: the test's own is one with a progress line, which may know it by a longer
 * path, or that of the function, or one of tests.
 */
function headedName({ groups: { test = '', loading }, below, notes }: Found): string | undefined {
  if (loading !== undefined) return `(${moduleOf(test)})`;
  // `[doctest] module.function`; `Class.test (i=1)` of a subtest
  const name = test.replace(/^\[doctest\] /, '').replace(/ (?:\[[^\]]{0,200}\] )?\(.{0,200}\)$/, '');
  const method = test
    .replace(/[[ ].*$/, '')
    .split('.')
    .at(-1);
  const files = below.map(({ file = '' }) => repositoryPath(file));
  const failing = files.flatMap((file) => [...notes].find((note) => note === file || note.endsWith(`/${file}`)) ?? []);
  const own = files[below.findIndex(({ inside }) => inside === method)];
  const file = failing[0] ?? own ?? files.find((one) => TEST_FILE.test(one)) ?? files[0];
  if (file === undefined) return undefined;
  const module = moduleOf(file);
  const path = name.startsWith(`${module}.`)
    ? name.slice(module.length + 1)
    : name.replace(/^[^[]{1,300}/, (classes) => classes.replaceAll('.', '::'));
  return `${module}::${path}`;
}

/**
 * pytest (`_pytest/terminal.py`): names from the short summary (`-ra`; the reason is cut to the width, an id may hold spaces), from verbose progress
 * (also of xdist), otherwise from the headings of the reports. Subtests are `SUBFAIL` or `SUBFAILED(i=2)`.
 */
const pytest: Runner = {
  framework: 'pytest',
  hint: /^=* ?\d{1,7} (?:failed|passed|skipped|deselected|xfailed|xpassed|error|warning|pytest-warning|rerun|subtest)|^_{1,80} |^SUBFAIL|^[\w./\\-]{1,300}\.\w{1,6}(?: [.FEsxXrR]{1,300}(?: |$)|$)/,
  marks: ['FAILED', 'ERROR'],
  counts: [
    {
      line: /^=* ?(?<tally>\d{1,7} (?:failed|passed|skipped|deselected|xfailed|xpassed|errors?|warnings?|pytest-warnings|rerun|subtests)\b.{0,200}?) in [\d.,:]{1,12} ?(?:s|seconds)\b/,
    },
  ],
  notes: new RegExp(
    `^${FILE.replace('<file>', '<note>')} (?=[.sxXrR]{0,300}[FE])[.FEsxXrR]{1,300}(?: |$)|^(?<note>(?:[\\w.-]{1,100}/){0,20}(?:test_[\\w.-]{1,100}|[\\w.-]{1,100}_test)\\.py)(?: [.sxXrR]{1,300})?(?: |$)`,
  ),
  names: [
    {
      line: new RegExp(
        `^(?:${STATUS}|SUBFAIL|SUBFAILED[([].{0,200}?[)\\]]) ${FILE}(?:::(?<test>[^\\s[].{0,299}?(?:\\[.{0,300}?\\])?))?(?: - .{0,400})?$`,
      ),
      name: pytestName,
    },
    {
      line: new RegExp(
        `^(?:\\[gw\\d{1,3}\\](?: \\[ {0,2}\\d{1,3}%\\])? (?:${STATUS}) ${FILE}::(?<test>\\S.{0,399}?)|${FILE}::(?<test>\\S.{0,399}?)(?: <- .{1,200}?)? (?:${STATUS})(?:\\s{1,60}\\[ {0,2}\\d{1,3}%\\])?)\\s{0,4}$`,
      ),
      name: pytestName,
    },
    {
      line: /^_{1,80} (?:(?<loading>ERROR collecting )|ERROR at (?:setup|teardown) of )?(?<test>[^_\s].{0,399}?|_{1,2}[A-Za-z].{0,399}?) _{1,80}$/,
      // `file:line: Error` is the last frame, `file:line: in name` a short one, and a bare `file:line:` one that calls the next.
      proof: new RegExp(
        `^${FILE}:\\d{1,6}:(?: in (?<inside>\\S{1,200})| \\w{1,100}|$)|^_{1,80} (?<file>ERROR collecting )`,
      ),
      name: headedName,
    },
  ],
};

const RULE = /^={60,80}$/;
const UNITTEST_STATUS = 'FAIL|ERROR|UNEXPECTED SUCCESS';

/** nose heads failures to load with `Failure: ImportError (...)`, and doctests with `Doctest: name`. */
function unittestName({ groups: { test = '' } }: Found): string {
  return test.replace(/^Failure: (\w{1,80}) \(.{0,300}$/, '$1').replace(/^Doctest: /, '');
}

/**
 * unittest (`unittest/runner.py`), nose, Django, testtools: reports are headed by a rule and `FAIL: test (module.Class)`, since 3.11
 * `test (module.Class.test)`, with the parameters of a subtest behind it; then `Ran 7 tests`, and OK or FAILED with counts. Twisted's trial counts likewise.
 */
const unittest: Runner = {
  framework: 'unittest',
  hint: /^\[?(?:FAIL|ERROR|UNEXPECTED SUCCESS|Ran \d|OK|FAILED)/,
  marks: [' ... FAIL', ' ... ERROR'],
  counts: [
    {
      line: /^(?:Ran (?<run>\d{1,7}) tests? in [\d.]{1,12}s|(?:FAILED|OK) \((?<within>[A-Za-z ]{4,30}=\d.{0,200})\)$)/,
    },
  ],
  names: [
    { line: new RegExp(`^(?:${UNITTEST_STATUS}): (?<test>\\S.{0,1499})$`), after: RULE, name: unittestName },
    { line: /^(?<test>\w{1,200} \([\w.]{1,300}\)) \.{3} (?:FAIL|ERROR|unexpected success)$/ },
    // Twisted's trial: what happened, the traceback, then the tests that it happened to.
    {
      from: /^\[(?:FAIL|ERROR)\]$/,
      to: /^[=-]{60,100}$/,
      line: /^(?<test>[A-Za-z_]\w{0,200}(?:\.\w{1,200}){2,12})$/,
    },
  ],
};

/** stestr (`stestr/subunit_trace.py`): `{0} module.Class.test [0.1s] ... FAILED`, and totals. */
const stestr: Runner = {
  framework: 'stestr',
  hint: /^\{\d{1,4}\} |^ - (?:Passed|Skipped|Failed|Expected Fail|Unexpected Success): \d/,
  counts: [{ line: /^ - (?<result>Passed|Skipped|Failed|Expected Fail|Unexpected Success): (?<number>\d{1,7})$/ }],
  names: [{ line: /^\{\d{1,4}\} (?<test>\S.{0,399}?) \[[\d.]{1,12}s\] \.{3} FAILED$/ }],
};

/** doctest (`doctest.py`): a list of the items with failures. */
const doctest: Runner = {
  framework: 'doctest',
  hint: /^\*\*\*Test Failed\*\*\*|^\d{1,6} items? had failures:/,
  counts: [{ line: /^\*\*\*Test Failed\*\*\* (?<failed>\d{1,7}) failures?\.?/ }],
  names: [
    {
      from: /^\d{1,6} items? had failures:$/,
      to: /^\*\*\*Test Failed/,
      line: /^\s{1,8}\d{1,6} of\s{1,6}\d{1,6} in (?<test>\S.{0,299})$/,
    },
  ],
};

/** Robot Framework (`robot/output/console/verbose.py`): `Name | FAIL |`; a suite's own line is followed by its counts. */
const robot: Runner = {
  framework: 'robot',
  hint: /^\d{1,7} tests?(?: total)?, \d/,
  marks: ['| FAIL |'],
  counts: [
    {
      line: /^(?<run>\d{1,7}) tests?(?: total)?, \d{1,7} passed, (?<failed>\d{1,7}) failed(?:, (?<skipped>\d{1,7}) skipped)?$/,
      keep: 'last',
    },
  ],
  names: [
    {
      line: /^(?<test>\S.{0,299}?)(?: :: .{0,200}?)?\s{1,80}\| FAIL \|$/,
      proof: /^(?<suite>\d{1,7} (?:critical )?tests?,? )|^/,
      name: ({ groups: { test }, below }) => (below.some(({ suite }) => suite !== undefined) ? undefined : test),
    },
  ],
};

/** behave (`behave/reporter/summary.py`) and cucumber for Ruby, JavaScript and the JVM: a list of failing scenarios. */
const cucumber: Runner = {
  framework: 'cucumber',
  hint: /^(?:--- )?Fail(?:ing|ed) [Ss]cenarios:|^\d{1,7} scenarios? |^\s{0,4}\d{1,5}\) Scenario/,
  counts: [
    { line: /^(?<passed>\d{1,7}) scenarios? passed, (?<failed>\d{1,7}) failed(?:, (?<skipped>\d{1,7}) skipped)?/ },
    { line: /^\d{1,7} scenarios? \((?<tally>[^)]{1,200})\)$/i },
  ],
  names: [
    {
      from: /^Fail(?:ing|ed) scenarios:$/i,
      to: /^$|^\d{1,7} /,
      line: /^\s{0,4}(?:cucumber )?(?:file:\S{0,300}\/)?\S{1,300}:\d{1,6}\s{1,4}(?:# )?(?:(?:Scenario|Example|Scenario Outline): )?(?<test>\S.{0,1499})$/,
    },
    // Behat names the place alone.
    {
      from: /^--- Failed scenarios:$/,
      to: /^\d{1,7} /,
      line: /^ {4}(?<test>\S{1,300}:\d{1,6})(?: \(on line \d{1,6}\))?$/,
    },
    { line: /^\s{0,4}\d{1,5}\) Scenario(?: Outline)?: (?<test>\S.{0,399}?) # \S{1,300}:\d{1,6}$/ },
  ],
};

/** Runners of Python, and those that read Gherkin. */
export const PYTHON_RUNNERS: readonly Runner[] = [pytest, unittest, stestr, doctest, robot, cucumber];
