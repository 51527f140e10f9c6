import { makeCarrierReader } from '@selfheal/log-reading/logs/carrier-prefix.ts';
import { cleanLine, cleanPlainLine } from '@selfheal/redaction/clean-line.ts';
import { detachedText } from '@selfheal/redaction/placeholder.ts';
import { makeRunnerReader, type Runner, type RunnerReport } from './runner.ts';
import { UNKNOWN_LITERALS, UNKNOWN_RUNNER } from './runner-unknown.ts';
import { JAVA_RUNNERS } from './runners-java.ts';
import { NATIVE_RUNNERS } from './runners-native.ts';
import { OTHER_RUNNERS } from './runners-other.ts';
import { PYTHON_RUNNERS } from './runners-python.ts';
import { RARE_RUNNERS } from './runners-rare.ts';
import { SCRIPT_RUNNERS } from './runners-script.ts';
import { addCounts, NO_COUNTS, type TestRun } from './test-run.ts';

/** Every runner whose output is read. To add one, add an entry to one of the lists. */
export const RUNNERS: readonly Runner[] = [
  ...JAVA_RUNNERS,
  ...PYTHON_RUNNERS,
  ...SCRIPT_RUNNERS,
  ...NATIVE_RUNNERS,
  ...OTHER_RUNNERS,
  ...RARE_RUNNERS,
];

/** Most lines of a log matter to no runner; that is found out at once. */
const ANY_HINT = new RegExp(RUNNERS.map(({ hint }) => hint.source).join('|'));
const MARKS = [...new Set(RUNNERS.flatMap(({ marks = [] }) => marks))];
const inLowerCase = (literals: readonly string[]): readonly string[] => [
  ...new Set(literals.map((literal) => literal.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))),
];
/** Without one of the first a line matters to a runner only by its beginning, without one of the second to no unknown one. In either case. */
export const TEST_LITERALS: readonly (readonly string[])[] = [inLowerCase(MARKS), inLowerCase(UNKNOWN_LITERALS)];

/** What is known of a line before it is read. */
export const LINE = {
  /** Has one of the first literals, or may have. */
  mayBeMarked: 1,
  /** Has one of the second, or may have. */
  mayBeOther: 2,
  /** Changes by cleaning not only at its ends, or may. */
  mayBeDressed: 4,
  /** Has to be redacted before a name is taken from it. */
  mayBeSecret: 8,
} as const;
const NOTHING_KNOWN = LINE.mayBeMarked | LINE.mayBeOther | LINE.mayBeDressed;

/** Characters; summaries and names are short. */
const MAX_LINE_LENGTH = 2_000;
/** What wrappers write before the lines of a runner: GitHub's problem matchers, Ant's exec, turbo's tasks, docker compose. */
const WRAPPER =
  /^(?:##\[(?:error|warning|info|debug)\]|\s{0,8}\[(?:exec|java)\] |@?[\w./-]{1,60}:test(?::[\w-]{1,30})?: |[\w.-]{1,40}[_-]\d{1,3}\s{1,20}\| )/;

/** Reads a log line by line; memory grows only with the names of failed tests. */
export interface TestRunReader {
  /** `known`: bits of `LINE`. */
  push(line: string, known?: number): void;
  finish(): TestRun;
}

/** A line as its runner wrote it. */
function unwrapped(line: string, known: number): string {
  const read = line.length > MAX_LINE_LENGTH ? line.slice(0, MAX_LINE_LENGTH) : line;
  return ((known & LINE.mayBeDressed) === 0 ? cleanPlainLine(read) : cleanLine(read)).replace(WRAPPER, '');
}

interface KnownLine {
  readonly raw: string;
  readonly known: number;
}

/**
 * Counts and names of the tests that a log reports, whichever runners wrote it; several runs add up. `redact`: for lines that may hold a secret, of
 * which only those are redacted that a runner reads.
 */
export function makeTestRunReader(redact: (text: string) => string = (text) => text): TestRunReader {
  const readers = RUNNERS.map((runner) => ({ runner, reader: makeRunnerReader(runner) }));
  /** Those that read the next line whatever it looks like; only reading a line changes that. */
  let waiting: typeof readers = [];
  const unknown = makeRunnerReader(UNKNOWN_RUNNER);
  let isUnknownWaiting = false;
  let before = '';
  const carried = makeCarrierReader<KnownLine>(({ raw, known }, prefix) => {
    const rest = prefix === '' ? raw : raw.slice(prefix.length);
    const seen = unwrapped(rest, known);
    const isMarked = (known & LINE.mayBeMarked) !== 0 && MARKS.some((mark) => seen.includes(mark));
    const reading = isMarked || ANY_HINT.test(seen) ? readers : waiting;
    const isOther = isUnknownWaiting || (known & LINE.mayBeOther) !== 0;
    // What nobody reads is only compared as the line before the next.
    if (reading.length === 0 && !isOther) {
      before = seen;
      return;
    }
    const text = detachedText((known & LINE.mayBeSecret) === 0 ? seen : unwrapped(redact(rest), known));
    if (reading.length > 0) {
      for (const { reader } of reading) reader.push(text, before);
      waiting = reading.filter(({ reader }) => reader.isWaiting());
    }
    if (isOther) {
      unknown.push(text, before);
      isUnknownWaiting = unknown.isWaiting();
    }
    before = text;
  });
  return {
    push: (raw, known = NOTHING_KNOWN) => carried.push({ raw, known }),
    finish() {
      carried.end();
      const reports = new Map<Runner, RunnerReport>();
      for (const { runner, reader } of readers) {
        const report = reader.finish();
        if (report !== null) reports.set(runner, report);
      }
      const covered = new Set([...reports.keys()].flatMap(({ covers = [] }) => covers));
      const known = [...reports].filter(([{ framework }]) => !covered.has(framework));
      const other = known.some(([, { names }]) => names.length > 0)
        ? null
        : unknown.finish(known.map(([, { counts }]) => counts));
      const own = other === null ? known : [[UNKNOWN_RUNNER, other] as const];
      return {
        frameworks: own.map(([{ framework }]) => framework),
        ...own.map(([, { counts }]) => counts).reduce(addCounts, NO_COUNTS),
        failedNames: [...new Set(own.flatMap(([, { names }]) => names))],
      };
    },
  };
}
