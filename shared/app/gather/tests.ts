import type { RawText } from '@selfheal/kernel/text/raw-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { makeRedactor, redactName } from '@selfheal/redaction/redact.ts';
import { makeRedactedLines, type RedactedLines } from '@selfheal/redaction/redacted-lines.ts';
import { makeTestRunReader, type TestRunReader } from '#shared/domain/failure/tests/read-tests.ts';

type FailedTests = NonNullable<Evidence['failedTests']>;

const MAX_TESTS = 50;
const MAX_NAME_LENGTH = 200;
/** The rest of a longer line is ignored, in characters. */
const MAX_LINE_LENGTH = 2_000;

export interface FailedTestsReader {
  /** Starts a log. Logs are read one after the other. */
  open(source: string): { push(chunk: RawText | string): void };
  finish(): FailedTests;
}

/**
 * Collects the names of the tests that the runners in the logs report as failed. Memory grows only with the names. Logs are redacted as a
 * whole, because an apparent test name may be a line within a key.
 */
export function makeFailedTests(): FailedTestsReader {
  const redactor = makeRedactor();
  const open: { source: string; reader: TestRunReader; lines: RedactedLines }[] = [];
  return {
    open(source) {
      open.at(-1)?.lines.end();
      const reader = makeTestRunReader();
      const lines = makeRedactedLines(redactor, (line) => reader.push(line.slice(0, MAX_LINE_LENGTH)));
      open.push({ source, reader, lines });
      return { push: (chunk) => lines.push(chunk) };
    },
    finish() {
      open.at(-1)?.lines.end();
      const found = new Map<string, FailedTests[number]>();
      for (const { source, reader } of open) {
        for (const given of reader.finish().failedNames.slice(0, MAX_TESTS)) {
          // Mocha ends a name with a colon.
          const name = redactName(given.replace(/:$/, ''), MAX_NAME_LENGTH);
          if (name !== '' && !found.has(name)) found.set(name, { name, source });
        }
      }
      return [...found.values()].slice(0, MAX_TESTS);
    },
  };
}
