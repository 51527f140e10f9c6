import { digestOf } from '@selfheal/kernel/digest.ts';
import { judgedResults, type TestOutcomes } from '@selfheal/kernel/numbers/flakiness.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import * as z from 'zod';

/** One result of a test: at most one for each attempt of a run. */
const TestResult = z.strictObject({
  runId: z.number().int(),
  attempt: z.number().int().positive(),
  passed: z.boolean(),
  /** Commit id, shortened. */
  commit: z.string().max(12),
  onDefaultBranch: z.boolean(),
  /** The incident of the failure; absent for successes, and for failures recorded before this field existed. */
  incidentId: z.string().max(60).optional(),
});
export type TestResult = z.infer<typeof TestResult>;

/** What is stored about a repository's test since its first failure. */
export const TestRecord = z.strictObject({
  version: z.literal(1),
  /** Digest of the name: see `testKeyOf`. */
  key: z.string().regex(/^[0-9a-f]{16}$/),
  /** Redacted and tainted. */
  name: recordText({ min: 1, max: 200 }),
  /** Runs in which it passed or failed. */
  runs: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  /** Commits on which it both failed and passed. */
  flips: z.number().int().nonnegative(),
  firstAt: z.iso.datetime({ offset: true }),
  /** When it last failed. */
  lastAt: z.iso.datetime({ offset: true }),
  /** The newest failures and the newest successes, newest first. */
  results: z.array(TestResult).max(16),
});
export type TestRecord = z.infer<typeof TestRecord>;

/** Stored results of either kind; older ones are only in the counts. */
const KEPT_OF_EACH = 8;
/** Key of a test by its name, ignoring blanks and durations that its runner printed. */
export function testKeyOf(name: string): string {
  const plain = name
    .replace(/\(\d{1,9}(?:\.\d{1,9})? ?m?s\)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return digestOf(plain, 16);
}

const orderOf = (a: TestResult, b: TestResult): number => b.runId - a.runId || b.attempt - a.attempt;

/** A record without results. */
export function unknownTest(name: RedactedText, at: string): TestRecord {
  const key = testKeyOf(name);
  return { version: 1, key, name, runs: 0, failures: 0, flips: 0, firstAt: at, lastAt: at, results: [] };
}

function isNews(record: TestRecord, result: TestResult): boolean {
  if (record.results.some(({ runId, attempt }) => runId === result.runId && attempt === result.attempt)) return false;
  const oldest = oldestWhenFull(record, result.passed);
  // A result older than all stored ones may have been counted before it was dropped.
  return oldest === undefined || orderOf(result, oldest) < 0;
}

/** The oldest stored result of a kind from which older ones were dropped. */
function oldestWhenFull({ results }: TestRecord, passed: boolean): TestResult | undefined {
  const own = results.filter((one) => one.passed === passed);
  return own.length < KEPT_OF_EACH ? undefined : own.at(-1);
}

/** The newest results without a gap, newest first. */
export function newestResults(record: TestRecord): TestResult[] {
  const since = [oldestWhenFull(record, true), oldestWhenFull(record, false)];
  return record.results.filter((one) => since.every((oldest) => oldest === undefined || orderOf(one, oldest) <= 0));
}

/** What the record shows of chance, without the results for which `isLeftOut` holds. */
export function outcomesOf(record: TestRecord, isLeftOut: (result: TestResult) => boolean = () => false): TestOutcomes {
  const leftOut = record.results.filter(isLeftOut);
  const known = newestResults(record).filter((result) => !isLeftOut(result));
  return {
    runs: record.runs - leftOut.length,
    failures: record.failures - leftOut.filter(({ passed }) => !passed).length,
    flips: record.flips,
    passed: judgedResults(known).map(({ passed }) => passed),
  };
}

function newestOfEach(results: readonly TestResult[]): TestResult[] {
  const newest = [...results].sort(orderOf);
  const kept = [true, false].flatMap((kind) => newest.filter(({ passed }) => passed === kind).slice(0, KEPT_OF_EACH));
  return kept.sort(orderOf);
}

function add(record: TestRecord, result: TestResult): TestRecord {
  const onCommit = record.results.filter(({ commit }) => commit === result.commit);
  const same = onCommit.some(({ passed }) => passed === result.passed);
  const other = onCommit.some(({ passed }) => passed !== result.passed);
  return {
    ...record,
    runs: record.runs + 1,
    failures: record.failures + (result.passed ? 0 : 1),
    flips: record.flips + (other && !same ? 1 : 0),
    results: newestOfEach([...record.results, result]),
  };
}

/**
 * The record with further results, each counted once however often it is reported; `at` is the last failure as far as
 * known.
 */
export function withResults(record: TestRecord, results: readonly TestResult[], at: string): TestRecord {
  const fresh = [...results].sort((a, b) => orderOf(b, a));
  const changed = fresh.reduce((known, result) => (isNews(known, result) ? add(known, result) : known), record);
  return changed === record ? record : { ...changed, lastAt: at > record.lastAt ? at : record.lastAt };
}
