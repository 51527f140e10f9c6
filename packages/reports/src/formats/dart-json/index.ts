import { numberOf, objectOf, textOf } from '../common/json.ts';
import { openJsonLines, refuseLine } from '../common/lines.ts';
import { lineOf } from '../common/numbers.ts';
import type { RawTest, ReportFormat, ReportParser, ReportSink } from '../contract.ts';

interface RunningTest {
  readonly name: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly startedAt: number;
  readonly skipReason: string | null;
  message: string | null;
  details: string | null;
}

/** Characters of a stack trace that are held while a test runs. */
const MAX_DETAILS = 32_000;

/** https://github.com/dart-lang/test/blob/master/pkgs/test/doc/json_reporter.md */
export const dartJson: ReportFormat = {
  id: 'dart-json',
  title: 'Dart JSON',
  kind: 'tests',
  writers: 'dart test --reporter json, flutter test --machine',
  recognizes: ({ json, text }) => json !== null && /^\s*(?:\[[^\n]*\n\s*)*\{[^\n]*"protocolVersion"\s*:/.test(text),
  open: openDart,
};

function openDart(sink: ReportSink): ReportParser {
  const running = new Map<number, RunningTest>();
  const suites = new Map<number, string>();
  let isDone = false;
  return openJsonLines(
    (record, line) => {
      if (isDone)
        refuseLine(
          line,
          'events after the event "done": several reports were joined',
          'Pass each report as a file of its own',
        );
      if (record.type === 'suite') {
        const { id, path } = objectOf(record.suite);
        suites.set(numberOf(id) ?? -1, textOf(path) ?? '');
      } else if (record.type === 'testStart') {
        const { id, ...test } = objectOf(record.test);
        running.set(numberOf(id) ?? -1, started(test, numberOf(record.time) ?? 0, suites));
      } else if (record.type === 'error') {
        const test = running.get(numberOf(record.testID) ?? -1);
        if (test === undefined) return;
        test.message ??= textOf(record.error);
        test.details ??= `${textOf(record.error) ?? ''}\n${textOf(record.stackTrace) ?? ''}`.slice(0, MAX_DETAILS);
      } else if (record.type === 'testDone') {
        const id = numberOf(record.testID) ?? -1;
        const test = running.get(id);
        running.delete(id);
        // The loading of a file is a hidden test; only when it fails is there something to say.
        if (test !== undefined && !(record.hidden === true && record.result === 'success'))
          sink.test(ended(test, record));
      } else if (record.type === 'done') isDone = true;
    },
    {
      // Flutter's daemon writes its own events between, as lists.
      other: (line) => line.trimStart().startsWith('['),
      end: (last) => {
        if (!isDone)
          refuseLine(last, 'the event "done" is missing: the run was cut off', 'Fetch or write the report again');
      },
    },
  );
}

function started(
  test: Readonly<Record<string, unknown>>,
  startedAt: number,
  suites: ReadonlyMap<number, string>,
): RunningTest {
  const rootUrl = textOf(test.root_url);
  const { skipReason } = objectOf(test.metadata);
  return {
    name: textOf(test.name) ?? '',
    file: rootUrl ?? suites.get(numberOf(test.suiteID) ?? -1) ?? textOf(test.url),
    line: lineOf(numberOf(rootUrl === null ? test.line : test.root_line)),
    startedAt,
    skipReason: textOf(skipReason),
    message: null,
    details: null,
  };
}

function ended(test: RunningTest, { result, skipped, time }: Readonly<Record<string, unknown>>): RawTest {
  const outcome =
    skipped === true ? 'skipped' : result === 'success' ? 'passed' : result === 'failure' ? 'failed' : 'error';
  const milliseconds = (numberOf(time) ?? test.startedAt) - test.startedAt;
  return {
    suite: '',
    name: test.name,
    outcome,
    file: test.file,
    line: test.line,
    seconds: milliseconds >= 0 ? milliseconds / 1000 : null,
    message: outcome === 'skipped' ? test.skipReason : test.message,
    details: test.details,
  };
}
