import {
  LINE,
  makeTestRunReader,
  TEST_LITERALS,
  type TestRunReader,
} from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import { lazy } from '@selfheal/kernel/lazy.ts';
import type { RawText } from '@selfheal/kernel/text/raw-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import {
  cleanedMarks,
  cleanMarked,
  FIRST_OWN_MARK,
  isInOrder,
  type LineReader,
  MARK,
  makeMarkedLines,
  makeMarkPlan,
} from '@selfheal/log-reading/logs/line-marks.ts';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { shortened, withoutFirstWord, withoutLastWord } from '@selfheal/redaction/long-line.ts';
import { makeRedactor, redactName } from '@selfheal/redaction/redact.ts';

type FailedTests = NonNullable<Evidence['failedTests']>;

const MAX_TESTS = 50;
const MAX_NAME_LENGTH = 200;

const plan = lazy(() => makeMarkPlan(TEST_LITERALS));
const MAY_BE_MARKED = FIRST_OWN_MARK;
const MAY_BE_OTHER = 2 * FIRST_OWN_MARK;

/** Reads one log: its text, or its lines where another reader splits it. */
interface OpenLog extends LineReader {
  push(chunk: RawText | string): void;
}

export interface FailedTestsReader {
  /** Starts a log. Logs are read one after the other. */
  open(source: string): OpenLog;
  finish(): FailedTests;
}

/**
 * Collects the names of the tests that the runners in the logs report as failed. Memory grows only with the names. An apparent test name may be a
 * line within a key, so lines that may belong to a secret are redacted in order; of the others only those that a runner reads.
 */
export function makeFailedTests(): FailedTestsReader {
  const redactor = makeRedactor();
  const open: { source: string; reader: TestRunReader; end(): void }[] = [];
  return {
    open(source) {
      open.at(-1)?.end();
      redactor.nextSource();
      const reader = makeTestRunReader((text) => redactor.apart(text));
      const take: LineReader['take'] = (raw, marks, tail) => {
        if (tail !== null) {
          const head = redactor.line(cleanLine(withoutLastWord(raw)));
          reader.push(shortened(head, redactor.line(cleanLine(withoutFirstWord(tail)))));
          return;
        }
        const cleaned = cleanMarked(raw, marks);
        const found = cleanedMarks(plan(), cleaned, marks);
        if (!isInOrder(redactor, cleaned, found)) {
          reader.push(cleaned, knownOf(found) | LINE.mayBeSecret);
          return;
        }
        const redacted = redactor.line(cleaned);
        if (redacted === cleaned) reader.push(redacted, knownOf(found));
        else reader.push(redacted);
      };
      const lines = makeMarkedLines(plan(), take);
      open.push({ source, reader, end: lines.end });
      return { plan: plan(), take, push: lines.push };
    },
    finish() {
      open.at(-1)?.end();
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

/** What the marks of a line say to a reader of tests. */
function knownOf(marks: number): number {
  const isMarked = (marks & MAY_BE_MARKED) === 0 ? 0 : LINE.mayBeMarked;
  const isOther = (marks & MAY_BE_OTHER) === 0 ? 0 : LINE.mayBeOther;
  return isMarked | isOther | ((marks & MARK.dressed) === 0 ? 0 : LINE.mayBeDressed);
}
