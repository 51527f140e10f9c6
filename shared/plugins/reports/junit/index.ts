import type { TestOutcome } from '#shared/domain/reports/normal-form.ts';
import { countOf, lineOf, secondsOf } from '../common/numbers.ts';
import { openXml, type XmlAttributes, type XmlDocument, type XmlReader } from '../common/xml.ts';
import type { RawTestCounts, ReportFormat, ReportSink } from '../contract.ts';

interface Suite {
  readonly name: string;
  readonly file: string | null;
  readonly counts: RawTestCounts;
  /** Whether a suite inside of it has counts, which are its own once more. */
  isCounted: boolean;
}

interface Case {
  readonly attributes: XmlAttributes;
  outcome: TestOutcome;
  message: string | null;
  details: string | null;
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

  const closeSuite = (): void => {
    const suite = suites.pop();
    const outer = suites.at(-1);
    if (suite === undefined) return;
    const { tests, failures, errors, skipped } = suite.counts;
    if (!listsTests && !suite.isCounted && tests > 0) {
      if (failures + errors + skipped > tests)
        document.refuse(
          `a suite of ${tests} tests has ${failures} failures, ${errors} errors and ${skipped} skipped`,
          'Its counts contradict each other: write the report again',
        );
      if (only.push(suite.counts) > MAX_COUNTED_SUITES)
        document.refuse(`more than ${MAX_COUNTED_SUITES} suites without a test`, 'Let the tool list the tests');
    }
    if (outer === undefined) {
      if (!listsTests) for (const counts of only) sink.counted(counts);
    } else outer.isCounted ||= suite.isCounted || tests > 0;
  };
  const closeCase = (): void => {
    const ended = cases.pop();
    if (ended === undefined) return;
    const { attributes, outcome, message, details, failedAttempts } = ended;
    const named = suites.flatMap(({ name }) => (name === '' ? [] : [name]));
    sink.test({
      suite: attributes.classname ?? attributes.class ?? named.join(' > '),
      name: attributes.name ?? '',
      outcome,
      file: attributes.file ?? attributes.filepath ?? suites.findLast(({ file }) => file !== null)?.file ?? null,
      line: lineOf(attributes.line ?? attributes.lineno),
      seconds: secondsOf(attributes.time ?? attributes.duration),
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
          failedAttempts: 0,
        });
        return false;
      }
      const current = cases.at(-1);
      if (current === undefined) return false;
      if (ATTEMPTS.includes(element)) current.failedAttempts += 1;
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
      if (outcome === null || current === undefined) return;
      const { message, type } = results.pop() ?? {};
      if (RANK[outcome] < RANK[current.outcome] || (outcome === current.outcome && current.details !== null)) return;
      current.outcome = outcome;
      current.message = message?.trim() || firstLine(text) || type || null;
      current.details = text.trim() === '' ? null : text;
    },
  };
}

function outcomeOf(element: string): TestOutcome | null {
  if (element === 'failure') return 'failed';
  if (element === 'error') return 'error';
  return element === 'skipped' || element === 'disabled' || element === 'ignored' ? 'skipped' : null;
}

const isNotRun = ({ status, result }: XmlAttributes): boolean =>
  NOT_RUN.test(status ?? '') || NOT_RUN.test(result ?? '');

const firstLine = (text: string): string | null => /\S.*/.exec(text)?.[0] ?? null;

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
      seconds: secondsOf(attributes.time) ?? 0,
    },
    isCounted: false,
  };
}
