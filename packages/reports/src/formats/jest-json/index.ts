import type { TestOutcome } from '../../normal-form/normal-form.ts';
import { makeDeclaredCounts } from '../common/declared-count.ts';
import {
  type JsonDocument,
  type JsonReader,
  type JsonValue,
  listOf,
  numberOf,
  objectOf,
  openJson,
  textOf,
} from '../common/json.ts';
import { lineOf } from '../common/numbers.ts';
import type { ReportFormat, ReportSink } from '../contract.ts';

const OUTCOMES: Readonly<Record<string, TestOutcome>> = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
  focused: 'passed',
};

/** https://jestjs.io/docs/configuration#testresultsprocessor-string: the result as `jest --json` and Vitest write it. */
export const jestJson: ReportFormat = {
  id: 'jest-json',
  title: 'Jest JSON',
  kind: 'tests',
  writers: 'jest --json, vitest --reporter=json',
  recognizes: ({ json, text }) =>
    json === 'object' && /"(?:numTotalTests|numFailedTests|numFailedTestSuites)"\s*:\s*\d/.test(text),
  open: (sink) => openJson((document) => makeReader(document, sink)),
};

function makeReader(document: JsonDocument, sink: ReportSink): JsonReader {
  const counts = makeDeclaredCounts(document);
  return {
    wanted: [['testResults', '*'], ['numTotalTests']],
    value(pattern, value) {
      if (pattern === 1) return counts.declared('test', value);
      const file = objectOf(value);
      for (const test of listOf(file.assertionResults)) if (!isOfFile(test)) counts.listed('test');
      passOn(file, sink);
    },
    end: () => counts.check(),
  };
}

/** jest-junit adds an entry without a title to a file that did not load; Jest does not count it as a test. */
const isOfFile = (test: JsonValue): boolean =>
  objectOf(test).status === 'error' && textOf(objectOf(test).title) === null;

function passOn(
  { name, assertionResults, status, message }: Readonly<Record<string, JsonValue>>,
  sink: ReportSink,
): void {
  const file = textOf(name);
  const tests = listOf(assertionResults).filter((test) => !isOfFile(test));
  for (const test of tests) {
    const { title, ancestorTitles, status: word, duration, failureMessages, location, invocations } = objectOf(test);
    const details = listOf(failureMessages)
      .flatMap((one) => textOf(one) ?? [])
      .join('\n');
    const milliseconds = numberOf(duration);
    sink.test({
      suite: listOf(ancestorTitles)
        .flatMap((one) => textOf(one) ?? [])
        .join(' > '),
      name: textOf(title) ?? '',
      outcome: OUTCOMES[textOf(word) ?? ''] ?? 'failed',
      file,
      line: lineOf(numberOf(objectOf(location).line)),
      seconds: milliseconds === null || milliseconds < 0 ? null : milliseconds / 1000,
      message: details === '' ? null : (details.split('\n', 1)[0] ?? null),
      details: details === '' ? null : details,
      failedAttempts: Math.max(0, Math.floor(numberOf(invocations) ?? 1) - 1),
    });
  }
  // The file itself did not load: no test of it ran.
  if (tests.length === 0 && status === 'failed')
    sink.test({
      suite: '',
      name: file?.split(/[\\/]/).at(-1) ?? '',
      outcome: 'error',
      file,
      message: headline(textOf(message) ?? ''),
      details: textOf(message),
    });
}

/** Characters of what Jest says of a file that are looked at for its first line. */
const MAX_HEAD = 10_000;

/** The first line of what Jest says of a file, after "Test suite failed to run". */
const headline = (text: string): string | null =>
  text
    .slice(0, MAX_HEAD)
    .split('\n')
    .find((line) => line.trim() !== '' && !/^\s*● Test suite failed to run\s*$/.test(line))
    ?.trim() ?? null;
