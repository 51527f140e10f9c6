import { digestOf, shortCommit } from '@selfheal/kernel/digest.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { FilePath, type ReportedTest } from '@selfheal/reports/normal-form/normal-form.ts';
import * as z from 'zod';
import { TestOwner } from './quarantined-test.ts';

/** Runs of a job whose results are kept; older ones are forgotten. */
export const MAX_HISTORY_RUNS = 100;
const MAX_NAME = 200;

/** Why failures of a run do not show that its tests are flaky. Of a mass failure, what passed still counts. */
export const RunExclusion = z.enum(['infrastructure', 'mass-failure']);
export type RunExclusion = z.infer<typeof RunExclusion>;

/** One attempt of a job, as recorded with its reports. */
export const HistoryRun = z.strictObject({
  id: z.number().int().positive(),
  attempt: z.number().int().positive(),
  commit: z.string().min(1).max(12),
  /** Null when unknown; then it counts as the default branch. */
  branch: z.string().max(255).nullable(),
  onDefaultBranch: z.boolean(),
  /** When it was first recorded. */
  at: z.iso.datetime({ offset: true }),
  /** Duration of the attempt; null when unknown. */
  seconds: z.number().nonnegative().nullable(),
  excluded: RunExclusion.nullable(),
});
export type HistoryRun = z.infer<typeof HistoryRun>;

/**
 * Results of a test in the runs of its document, oldest first, the last one in the last run; run-length encoded: `p57fp2`. `p` passed,
 * `f` failed, `m` failed with many others for one cause, `x` failed and passed within the run (a retry by the test runner), `-` did not run.
 */
const EncodedResults = z.string().regex(/^(?:[pfmx-]\d{0,3}){0,100}$/);
/** `null` stands for a run without the test. */
export type HistoryResult = 'passed' | 'failed' | 'failed-with-many' | 'retried' | null;

/** The quarantine of a test where there is no pipeline: it is in the history itself. Its last decision holds. */
export const HistoryQuarantine = z.strictObject({
  since: z.iso.datetime({ offset: true }),
  /** Its last day (UTC). */
  until: z.iso.date(),
  owner: TestOwner,
  /** Null while nobody ended it. */
  released: z
    .strictObject({
      at: z.iso.datetime({ offset: true }),
      by: z.string().min(1).max(200),
      reason: z.string().min(1).max(300),
    })
    .nullable(),
});
export type HistoryQuarantine = z.infer<typeof HistoryQuarantine>;

const HistoryTest = z.strictObject({
  name: recordText({ min: 1, max: MAX_NAME }),
  file: FilePath.nullable(),
  /** How long it took when it last failed. */
  seconds: z.number().nonnegative().nullable(),
  results: EncodedResults,
  quarantine: HistoryQuarantine.nullable(),
});
export type HistoryTest = z.infer<typeof HistoryTest>;

const TestKey = z.string().regex(/^[0-9a-f]{16}$/);

/** What the reports of one job's runs said about its tests. */
export const TestHistory = z.strictObject({
  version: z.literal(1),
  /** Oldest first. */
  runs: z.array(HistoryRun).max(MAX_HISTORY_RUNS),
  /** Tests that failed in one of the runs, or are in quarantine. */
  tests: z.record(TestKey, HistoryTest),
  /** Results of all others: enough to know when they passed before their first failure. */
  clean: z.record(TestKey, EncodedResults),
});
export type TestHistory = z.infer<typeof TestHistory>;

export const EMPTY_HISTORY: TestHistory = { version: 1, runs: [], tests: {}, clean: {} };

/** Key of a test in a history. The name alone may occur in several files. */
export const reportedTestKey = ({ file, suite, name }: Pick<ReportedTest, 'file' | 'suite' | 'name'>): string =>
  digestOf(`${file ?? ''}\n${suite}\n${name}`, 16);

/** A run with its test reports. `infrastructure`: it failed for a reason outside its code, so its results say nothing. */
export interface RecordedRun extends Omit<HistoryRun, 'excluded'> {
  readonly infrastructure: boolean;
}

type Letter = 'p' | 'f' | 'm' | 'x' | '-';
const MEANING: Readonly<Record<Letter, HistoryResult>> = {
  p: 'passed',
  f: 'failed',
  m: 'failed-with-many',
  x: 'retried',
  '-': null,
};
/** Of two results in one run the worse one holds: the test may be in several reports of it. */
const WORSE: readonly Letter[] = ['-', 'p', 'x', 'f', 'm'];

function decoded(results: string, width: number): Letter[] {
  const letters: Letter[] = [];
  for (const [, letter, times] of results.matchAll(/([pfmx-])(\d*)/g))
    for (let left = Number(times || 1); left > 0 && letters.length < MAX_HISTORY_RUNS; left -= 1)
      letters.push(letter as Letter);
  return [...Array<Letter>(Math.max(0, width - letters.length)).fill('-'), ...letters.slice(-width)];
}

const encoded = (letters: readonly Letter[]): string =>
  letters
    .join('')
    .replace(/^-+/, '')
    .replace(/([pfmx-])\1+/g, (same, letter: string) => `${letter}${same.length}`);

/** Results of a test, one per run of the history, oldest first. */
export const resultsOf = ({ results }: Pick<HistoryTest, 'results'>, history: TestHistory): HistoryResult[] =>
  decoded(results, history.runs.length).map((letter) => MEANING[letter]);

/** When at least so many tests fail, and at least this share of those that ran, a cause that they share broke them. */
const MASS = { tests: 10, share: 0.1 };
/** When at least so many tests in so many files fail with the same words, it is not by the chance of each. */
const SHARED = { tests: 10, files: 3 };

const failedOutright = ({ outcome }: ReportedTest): boolean => outcome === 'failed' || outcome === 'error';

/** A failure's words without what differs between tests. */
const wordsOf = ({ message }: ReportedTest): string | null =>
  message === null
    ? null
    : message
        .slice(0, 160)
        .replace(/\d+/g, '0')
        .replace(/['"`][^'"`]*['"`]/g, "''");

/** Failures of a run that have one cause outside the tests: many, in several files, with the same words. */
function sharedFailures(failed: readonly ReportedTest[]): ReadonlySet<ReportedTest> {
  const byWords = Map.groupBy(failed, wordsOf);
  const shared = [...byWords].flatMap(([words, tests]) => {
    const files = new Set(tests.map(({ file, suite }) => file ?? suite)).size;
    return words !== null && tests.length >= SHARED.tests && files >= SHARED.files ? tests : [];
  });
  return new Set(shared);
}

function letterOf(test: ReportedTest, shared: ReadonlySet<ReportedTest>): Letter {
  if (failedOutright(test)) return shared.has(test) ? 'm' : 'f';
  return test.failedAttempts > 0 ? 'x' : 'p';
}

/** The full name of a reported test as lists show it. */
function reportedName({ suite, name }: Pick<ReportedTest, 'suite' | 'name'>): RedactedText {
  const whole = suite === '' || name.startsWith(suite) ? name : phrase`${suite} > ${name}`;
  return whole.slice(0, MAX_NAME);
}

/**
 * The history with a further run. Recording the same attempt again adds the tests of its other reports and counts nothing twice. Runs are
 * in the order of their ids and attempts, in whatever order they are recorded; one older than all that are kept changes nothing.
 */
export function withRecordedRun(history: TestHistory, run: RecordedRun, tests: readonly ReportedTest[]): TestHistory {
  const { infrastructure, ...own } = run;
  const executed = tests.filter(({ outcome }) => outcome !== 'skipped');
  const failed = executed.filter(failedOutright);
  const isMass = failed.length >= MASS.tests && failed.length >= MASS.share * executed.length;
  const excluded = infrastructure ? 'infrastructure' : isMass ? 'mass-failure' : null;
  const added: HistoryRun = { ...own, commit: shortCommit(own.commit), excluded };
  const place = placeOf(added, history.runs);
  if (place === null) return history;
  const { at, isNew } = place;
  const known = history.runs[at];
  const merged =
    isNew || known === undefined
      ? added
      : { ...known, seconds: known.seconds ?? added.seconds, excluded: known.excluded ?? excluded };
  const runs = isNew ? history.runs.toSpliced(at, 0, merged) : history.runs.with(at, merged);
  const columns: Columns = { width: history.runs.length, at, isNew, drop: dropOf(runs, at) };
  const together = isMass ? new Set(failed) : sharedFailures(failed);
  const letters = merged.excluded === 'infrastructure' ? new Map<string, Reported>() : lettersOf(executed, together);
  const kept = columns.drop === null ? runs : runs.toSpliced(columns.drop, 1);
  return collected({ ...history, runs: kept }, history, columns, {
    letters,
    isExcluded: merged.excluded === 'infrastructure',
  });
}

interface Reported {
  readonly letter: Letter;
  readonly test: ReportedTest;
}

function lettersOf(executed: readonly ReportedTest[], shared: ReadonlySet<ReportedTest>): Map<string, Reported> {
  const letters = new Map<string, Reported>();
  for (const test of executed) {
    const key = reportedTestKey(test);
    const letter = letterOf(test, shared);
    const known = letters.get(key);
    if (known === undefined || WORSE.indexOf(letter) > WORSE.indexOf(known.letter)) letters.set(key, { letter, test });
  }
  return letters;
}

/** Where a run belongs; null when it is older than all that a full history keeps. */
function placeOf(run: HistoryRun, runs: readonly HistoryRun[]): { at: number; isNew: boolean } | null {
  const order = (one: HistoryRun): number => one.id - run.id || one.attempt - run.attempt;
  const at = runs.findIndex((one) => order(one) >= 0);
  const found = at < 0 ? undefined : runs[at];
  if (found !== undefined && order(found) === 0) return { at, isNew: false };
  if (at === 0 && runs.length >= MAX_HISTORY_RUNS) return null;
  return { at: at < 0 ? runs.length : at, isNew: true };
}

/** The run that is forgotten when there are too many: the oldest one that says nothing, else the oldest. */
function dropOf(runs: readonly HistoryRun[], added: number): number | null {
  if (runs.length <= MAX_HISTORY_RUNS) return null;
  const silent = runs.findIndex(({ excluded }, at) => excluded !== null && at !== added);
  return Math.max(0, silent);
}

interface Columns {
  readonly width: number;
  readonly at: number;
  readonly isNew: boolean;
  readonly drop: number | null;
}

/** The results with those of the added run, and without those of the run that is forgotten. */
function shifted(results: string, added: Letter, isExcluded: boolean, { width, at, isNew, drop }: Columns): Letter[] {
  const letters = decoded(results, width);
  if (isNew) letters.splice(at, 0, added);
  else if (isExcluded) letters[at] = '-';
  else if (WORSE.indexOf(added) > WORSE.indexOf(letters[at] ?? '-')) letters[at] = added;
  return drop === null ? letters : letters.toSpliced(drop, 1);
}

function collected(
  next: TestHistory,
  { tests, clean }: TestHistory,
  columns: Columns,
  { letters, isExcluded }: { letters: ReadonlyMap<string, Reported>; isExcluded: boolean },
): TestHistory {
  const made: { tests: Record<string, HistoryTest>; clean: Record<string, string> } = { tests: {}, clean: {} };
  const keys = new Set([...Object.keys(tests), ...Object.keys(clean), ...letters.keys()]);
  for (const key of keys) {
    const known = tests[key];
    const reported = letters.get(key);
    const results = shifted(known?.results ?? clean[key] ?? '', reported?.letter ?? '-', isExcluded, columns);
    const hasFailed = results.some((letter) => letter !== 'p' && letter !== '-');
    const text = encoded(results);
    if (known === undefined ? hasFailed : hasFailed || known.quarantine !== null) {
      const failing = reported !== undefined && reported.letter !== 'p' ? reported.test : undefined;
      const base = known ?? (reported === undefined ? undefined : newTest(reported.test));
      if (base !== undefined) made.tests[key] = { ...base, seconds: failing?.seconds ?? base.seconds, results: text };
    } else if (text !== '') made.clean[key] = text;
  }
  return { ...next, ...made };
}

const newTest = (test: ReportedTest): HistoryTest => ({
  name: reportedName(test),
  file: test.file,
  seconds: test.seconds,
  results: '',
  quarantine: null,
});

const bytesOf = (history: TestHistory): number => new TextEncoder().encode(JSON.stringify(history, null, 1)).length;

/**
 * The history within `maxBytes` of JSON: leaves out tests that never failed, those that did not run for longest first, then those that
 * failed longest ago; a quarantined one last.
 */
export function withinBytes(history: TestHistory, maxBytes: number): TestHistory {
  let left = history;
  while (bytesOf(left) > maxBytes) {
    const clean = Object.keys(left.clean);
    const tests = Object.keys(left.tests);
    if (clean.length + tests.length === 0) return left;
    left =
      clean.length > 0
        ? { ...left, clean: rest(left.clean, clean, (results) => idleOf(results)) }
        : {
            ...left,
            tests: rest(left.tests, tests, (test) => (test.quarantine === null ? 1 : 0) * 1000 + ageOf(test)),
          };
  }
  return left;
}

/** Runs since it last ran. */
const idleOf = (results: string): number => Number(/-(\d*)$/.exec(results)?.[1] || (results.endsWith('-') ? 1 : 0));
const ageOf = ({ results }: HistoryTest): number => {
  const letters = decoded(results, MAX_HISTORY_RUNS);
  return letters.length - 1 - Math.max(letters.lastIndexOf('f'), letters.lastIndexOf('x'));
};

/** Without the tenth that is dispensable most. */
function rest<T>(all: Readonly<Record<string, T>>, keys: readonly string[], dispensable: (one: T) => number) {
  const sorted = keys.toSorted((a, b) => dispensable(all[a] as T) - dispensable(all[b] as T) || (a < b ? -1 : 1));
  const kept = sorted.slice(0, keys.length - Math.ceil(keys.length / 10));
  return Object.fromEntries(kept.map((key) => [key, all[key] as T]));
}
