import { counted } from '@selfheal/kernel/time-words.ts';
import type { TestOutcome } from '../../normal-form/normal-form.ts';
import { countOf, lineOf, secondsOf } from '../common/numbers.ts';
import { openXml, type XmlAttributes, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { RawTestCounts, ReportFormat, ReportSink } from '../contract.ts';
import { headlineOfOutput, type ResultText, readResultText } from './result-text.ts';

interface Suite {
  readonly name: string;
  readonly file: string | null;
  readonly counts: RawTestCounts;
  /** Whether a suite inside of it has counts, which are its own once more. */
  isCounted: boolean;
  hasFailure: boolean;
  /** What went wrong outside of its tests. */
  readonly ownErrors: ResultText[];
}

interface Case {
  readonly attributes: XmlAttributes;
  outcome: TestOutcome;
  message: string | null;
  details: string | null;
  goPlace: ResultText['goPlace'];
  /** Whether the tool expects it to fail, or to be allowed to. */
  mayFail: boolean;
  failedAttempts: number;
}

const ROOTS = ['testsuites', 'testsuite', 'testrun'];
/** Surefire's and nextest's attempts that failed before the last one. */
const ATTEMPTS = ['flakyfailure', 'flakyerror', 'rerunfailure', 'rerunerror'];
const MAX_COUNTED_SUITES = 100_000;
/** Of several results of one test the worst counts. */
const RANK: Readonly<Record<TestOutcome, number>> = { passed: 0, skipped: 1, failed: 2, error: 3 };
/** What GoogleTest, CTest and others say of a test that did not run. */
const NOT_RUN = /^(?:notrun|disabled|skipped|ignored|suppressed|pending)$/i;
/** What CTest says of a test that it counts as failed, in an element that says skipped. */
const COULD_NOT_RUN = /^(?:Unable to find |Fixture dependency failed|Insufficient resources)/;
/** Catch2 of a test that is expected to fail; such a failure fails no run. */
const MAY_FAIL = 'TEST_CASE tagged with !mayfail';
/** PHPUnit 9 of a test without an assertion; such an error fails no run. */
const RISKY = 'PHPUnit\\Framework\\RiskyTestError';
/** Source files after which linters and Vitest name a suite. */
const SOURCE_FILE = /\.(?:[cm]?[jt]sx?|vue|svelte|pyi?|ipynb|css|scss|less)$/;
/** Characters of details that are gathered. */
const MAX_DETAILS = 64_000;

export const junit: ReportFormat = {
  id: 'junit',
  title: 'JUnit XML',
  kind: 'tests',
  writers:
    'Maven Surefire, Gradle, pytest, unittest, jest-junit, mocha, Vitest, Playwright, node:test, go-junit-report, gotestsum, cargo-nextest, PHPUnit, RSpec, GoogleTest, Catch2, Bazel',
  recognizes: ({ xmlRoot }) => xmlRoot !== null && ROOTS.includes(xmlRoot),
  open: (sink) => openXml((document) => makeReader(document, sink)),
};

function makeReader(document: XmlDocument, sink: ReportSink): XmlReader {
  const suites: Suite[] = [];
  const cases: Case[] = [];
  /** Attributes of the open results, innermost last. */
  const results: XmlAttributes[] = [];

  /** Counts of suites, for a report that lists no test. */
  const only: RawTestCounts[] = [];
  let listsTests = false;
  const listed = { failures: 0, errors: 0 };

  const closeSuite = (): void => {
    const suite = suites.pop();
    const outer = suites.at(-1);
    if (suite === undefined) return;
    for (const error of suite.ownErrors) {
      // "Dubious, test returned 1" of Perl only repeats that a test of the file failed.
      if (suite.hasFailure && error.details === null) continue;
      listed.errors += 1;
      listsTests = true;
      sink.test({
        suite: namesOf(suites),
        name: suite.name === '' ? 'error outside of tests' : suite.name,
        outcome: 'error',
        file: fileOf({}, [...suites, suite]),
        message: error.message,
        details: error.details,
      });
    }
    if (outer !== undefined) outer.hasFailure ||= suite.hasFailure;
    const { tests, failures, errors, skipped } = suite.counts;
    if (!listsTests && !suite.isCounted && tests > 0) {
      if (failures + errors + skipped > tests)
        document.refuse(
          `a suite of ${counted(tests, 'test')} has ${counted(failures, 'failure')}, ${counted(errors, 'error')} and ${skipped} skipped`,
          'Its counts contradict each other: write the report again',
        );
      if (only.push(suite.counts) > MAX_COUNTED_SUITES)
        document.refuse(`more than ${MAX_COUNTED_SUITES} suites without a test`, 'Let the tool list the tests');
    }
    if (outer === undefined) {
      if (!listsTests) for (const counts of only) sink.counted(counts);
      else addUnlisted(suite.counts);
    } else outer.isCounted ||= suite.isCounted || tests > 0;
  };
  /** Errors that the report counts and does not list: gotestsum does so with a package that does not build. */
  const addUnlisted = ({ failures, errors }: RawTestCounts): void => {
    const missing = Math.min(errors - listed.errors, failures + errors - listed.failures - listed.errors);
    // No test: nobody knows of which it would be.
    if (missing > 0) sink.counted({ tests: 0, failures: 0, errors: missing, skipped: 0, seconds: 0 });
  };
  const closeCase = (): void => {
    const ended = cases.pop();
    if (ended === undefined) return;
    const { attributes, message, details, goPlace, failedAttempts, mayFail } = ended;
    const outcome = mayFail && ended.outcome !== 'passed' ? 'skipped' : ended.outcome;
    if (outcome === 'failed') listed.failures += 1;
    if (outcome === 'error') listed.errors += 1;
    const suite = suites.at(-1);
    if (suite !== undefined) suite.hasFailure ||= outcome === 'failed' || outcome === 'error';
    const owner = attributes.classname ?? attributes.class;
    const file = fileOf(attributes, suites);
    sink.test({
      suite: owner ?? namesOf(suites),
      name: attributes.name ?? '',
      outcome,
      file: file ?? goPlace?.file ?? null,
      line: file === null ? (goPlace?.line ?? null) : caseLine(ended, suites),
      goPackage: file === null && goPlace !== null ? (owner ?? suite?.name) : undefined,
      seconds: secondsOf(attributes.time ?? attributes.duration, document),
      message,
      details,
      failedAttempts,
    });
  };
  return {
    open(name, attributes) {
      const element = name.toLowerCase();
      if (element === 'testsuite' || element === 'testsuites') {
        suites.push(suiteOf(attributes, document, element === 'testsuites'));
        return false;
      }
      if (element === 'testcase') {
        listsTests = true;
        cases.push({
          attributes,
          outcome: isNotRun(attributes) ? 'skipped' : 'passed',
          message: null,
          details: null,
          goPlace: null,
          mayFail: false,
          failedAttempts: 0,
        });
        return false;
      }
      const current = cases.at(-1);
      if (current === undefined) {
        if (suites.length === 0 || !isBad(outcomeOf(element))) return false;
        results.push(attributes);
        return true;
      }
      if (ATTEMPTS.includes(element)) current.failedAttempts += 1;
      // CTest leaves the failure empty and writes what the test printed after it.
      if (element === 'system-out' || element === 'system-err')
        return isBad(current.outcome) && current.details === null;
      if (outcomeOf(element) === null) return false;
      results.push(attributes);
      return true;
    },
    close(name, text) {
      const element = name.toLowerCase();
      if (element === 'testsuite' || element === 'testsuites') return closeSuite();
      if (element === 'testcase') return closeCase();
      const outcome = outcomeOf(element);
      const current = cases.at(-1);
      if (current === undefined) {
        if (isBad(outcome)) suites.at(-1)?.ownErrors.push(readResultText(results.pop() ?? {}, text, {}));
      } else if (outcome !== null) takeResult(current, outcome, results.pop() ?? {}, text);
      else if (text.trim() !== '') {
        current.details = text;
        current.message ??= headlineOfOutput(text);
      }
    },
  };
}

function takeResult(current: Case, said: TestOutcome, attributes: XmlAttributes, text: string): void {
  if (attributes.type === RISKY) return;
  if (said === 'skipped' && attributes.message === MAY_FAIL) current.mayFail = true;
  const outcome = said === 'skipped' && COULD_NOT_RUN.test(attributes.message ?? '') ? 'error' : said;
  if (RANK[outcome] < RANK[current.outcome]) return;
  const read = readResultText(attributes, text, current.attributes);
  if (outcome === current.outcome && current.details !== null) {
    // An assertion that does not end the test, as EXPECT_EQ of GoogleTest, may fail several times.
    if (read.details !== null && current.details.length + read.details.length < MAX_DETAILS)
      current.details += `\n\n${read.details}`;
    return;
  }
  Object.assign(current, { outcome, ...read });
}

/** The names of the open suites, outermost first. */
const namesOf = (suites: readonly Suite[]): string =>
  suites.flatMap(({ name }) => (name === '' ? [] : [name])).join(' > ');

/** The file of a test: its own, that of its suites, or the one after which its suite is named, as Ruff, ESLint and Vitest do. */
function fileOf(attributes: XmlAttributes, suites: readonly Suite[]): string | null {
  const name = suites.at(-1)?.name ?? '';
  const own = attributes.file ?? attributes.filepath;
  // mypy names itself.
  if (own !== undefined && !(own === 'mypy' && name === 'mypy')) return own;
  const ofSuite = suites.findLast(({ file }) => file !== null)?.file;
  if (ofSuite != null) return ofSuite;
  const { classname = name } = attributes;
  return SOURCE_FILE.test(name) && (classname === name || name.startsWith(`${classname}.`)) ? name : null;
}

function caseLine({ attributes, details, message }: Case, suites: readonly Suite[]): number | null {
  const line = attributes.line ?? attributes.lineno;
  // pytest counts lines from 0 (`junit_family=xunit1`).
  if (line !== undefined && suites.at(-1)?.name === 'pytest') return lineOf(Number(line) + 1);
  // ESLint writes `line 3, col 7, Error - ...`.
  return lineOf(line ?? /^\s*line (\d{1,8}), col \d/.exec(details ?? message ?? '')?.[1]);
}

const isBad = (outcome: TestOutcome | null): boolean => outcome === 'failed' || outcome === 'error';

function outcomeOf(element: string): TestOutcome | null {
  if (element === 'failure') return 'failed';
  if (element === 'error') return 'error';
  return element === 'skipped' || element === 'disabled' || element === 'ignored' ? 'skipped' : null;
}

const isNotRun = ({ status, result }: XmlAttributes): boolean =>
  NOT_RUN.test(status ?? '') || NOT_RUN.test(result ?? '');

function suiteOf(attributes: XmlAttributes, document: XmlDocument, isRoot: boolean): Suite {
  const count = (...names: string[]): number =>
    names.reduce((sum, name) => sum + (countOf(name, attributes[name], document) ?? 0), 0);
  return {
    // The outermost element names the run, not a suite.
    name: isRoot ? '' : (attributes.name ?? '').trim(),
    file: attributes.file ?? attributes.filepath ?? null,
    counts: {
      tests: count('tests'),
      failures: count('failures'),
      errors: count('errors'),
      skipped: count('skipped', 'disabled', 'ignored'),
      seconds: secondsOf(attributes.time, document) ?? 0,
    },
    isCounted: false,
    hasFailure: false,
    ownErrors: [],
  };
}
