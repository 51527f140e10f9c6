import { lazy } from '@selfheal/kernel/lazy.ts';
import { makeCarrierReader } from '@selfheal/log-reading/logs/carrier-prefix.ts';
import { cleanLine } from '@selfheal/redaction/clean-line.ts';
import { makeLiteralFinder } from '@selfheal/redaction/literal-finder.ts';
import { makeRunnerReader, type Runner, type RunnerReport } from './runner.ts';
import { UNKNOWN_RUNNER } from './runner-unknown.ts';
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
/** Finds all marks in one pass, in either case; a search for each takes longer than everything else. */
const markFinder = lazy(() =>
  makeLiteralFinder([...new Set(MARKS.map((mark) => mark.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())))]),
);

const hasMark = (text: string): boolean =>
  markFinder().find(text).length > 0 && MARKS.some((mark) => text.includes(mark));
/** Characters; summaries and names are short. */
const MAX_LINE_LENGTH = 2_000;
/** What wrappers write before the lines of a runner: GitHub's problem matchers, Ant's exec, turbo's tasks, docker compose. */
const WRAPPER =
  /^(?:##\[(?:error|warning|info|debug)\]|\s{0,8}\[(?:exec|java)\] |@?[\w./-]{1,60}:test(?::[\w-]{1,30})?: |[\w.-]{1,40}[_-]\d{1,3}\s{1,20}\| )/;

/** Reads a log line by line; memory grows only with the names of failed tests. */
export interface TestRunReader {
  push(line: string): void;
  finish(): TestRun;
}

/** Counts and names of the tests that a log reports, whichever runners wrote it; several runs add up. */
export function makeTestRunReader(): TestRunReader {
  const readers = RUNNERS.map((runner) => ({ runner, reader: makeRunnerReader(runner) }));
  /** Those that read the next line whatever it looks like; only reading a line changes that. */
  let waiting: typeof readers = [];
  const unknown = makeRunnerReader(UNKNOWN_RUNNER);
  let before = '';
  const carried = makeCarrierReader<{ readonly raw: string }>(({ raw }, prefix) => {
    const line = raw.slice(prefix.length, prefix.length + MAX_LINE_LENGTH);
    const text = cleanLine(line).replace(WRAPPER, '');
    const reading = ANY_HINT.test(text) || hasMark(text) ? readers : waiting;
    if (reading.length > 0) {
      for (const { reader } of reading) reader.push(text, before);
      waiting = reading.filter(({ reader }) => reader.isWaiting());
    }
    unknown.push(text, before);
    before = text;
  });
  return {
    push: (raw) => carried.push({ raw }),
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
