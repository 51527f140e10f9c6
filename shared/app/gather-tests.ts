import type { Evidence } from '#shared/domain/evidence/evidence.ts';
import { makeRedactor } from '#shared/domain/evidence/redact.ts';
import { makeTestRunReader, type TestRunReader } from '#shared/domain/failure/tests/read-tests.ts';
import { cleanText } from '#shared/domain/incident/clean-text.ts';

type FailedTests = NonNullable<Evidence['failedTests']>;

const MOST_TESTS = 50;
const LONGEST_NAME = 200;
/** Of a line; its rest is dropped. */
const LONGEST_LINE = 2_000;
/** Read further than it is kept, so that no half of a secret is left at its end. */
const NAME_READ = 1_000;

export interface FailedTestsReader {
  /** Starts a log. Logs are read one after the other. */
  open(source: string): { push(chunk: string): void };
  finish(): FailedTests;
}

/** Names of the tests that the runners in the logs report as failed, redacted; memory grows with the names only. */
export function makeFailedTests(): FailedTestsReader {
  const open: { source: string; reader: TestRunReader; rest: string }[] = [];
  return {
    open(source) {
      const log = { source, reader: makeTestRunReader(), rest: '' };
      open.push(log);
      return {
        push(chunk) {
          const lines = (log.rest + chunk).split('\n');
          log.rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
          for (const line of lines) log.reader.push(line.slice(0, LONGEST_LINE));
        },
      };
    },
    finish() {
      const found = new Map<string, FailedTests[number]>();
      const redactor = makeRedactor();
      for (const { source, reader, rest } of open) {
        if (rest !== '') reader.push(rest);
        for (const given of reader.finish().failedNames.slice(0, MOST_TESTS)) {
          const name = cleanText(redactor.line(cleanText(given, NAME_READ)), LONGEST_NAME);
          if (name !== '' && !found.has(name)) found.set(name, { name, source });
        }
      }
      return [...found.values()].slice(0, MOST_TESTS);
    },
  };
}
