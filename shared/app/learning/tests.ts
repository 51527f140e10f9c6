import { outcomesOf, type TestRecord, type TestResult } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { type Flakiness, judgeFlakiness } from '@selfheal/kernel/numbers/flakiness.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import {
  type AskedDecision,
  decided,
  type QuarantineState,
  quarantineState,
  type TestQuarantine,
} from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import type { TestStore } from '#shared/ports/test-store.ts';

export interface TestDeps {
  readonly tests: Pick<
    TestStore,
    'testedRepositories' | 'allTests' | 'testRecords' | 'quarantines' | 'quarantine' | 'putQuarantine'
  >;
  readonly clock: Clock;
}

/** What is to be known about a test: that it is or was in quarantine, or else what its results show. */
type TestState = QuarantineState | Flakiness['kind'];

export interface KnownTest {
  readonly key: string;
  /** Tainted. */
  readonly name: RedactedText;
  readonly state: TestState;
  /** What its results show, worded by code. */
  readonly reason: string;
  /** Probability that it fails by chance; null when its results are forgotten. */
  readonly score: number | null;
  /** 95% interval of its failure rate; null when its results are forgotten. */
  readonly rate: readonly [low: number, high: number] | null;
  readonly runs: number;
  readonly failures: number;
  /** What it costs: runs a week that failed with it since its first failure; null when its results are forgotten. */
  readonly failuresPerWeek: number | null;
  readonly lastAt: string;
  /** Newest first: the newest failures and the newest successes. */
  readonly results: readonly TestResult[];
  readonly quarantine: TestQuarantine | null;
}

/** A repository: its name, and when one of its tests last failed. */
export interface TestedName {
  readonly name: string;
  readonly at: string;
}

const ORDER: readonly TestState[] = ['expired', 'quarantined', 'flaky', 'released', 'broken', 'steady'];

/** Of a repository's key (`501:acme/shop`). */
const nameIn = (key: string): string => key.slice(key.indexOf(':') + 1);

/** Those whose tests failed latest first. A name that passed to another repository counts as that one. */
export async function testedRepositories({ tests }: TestDeps): Promise<TestedName[]> {
  const all = (await tests.testedRepositories()).map(({ key, at }) => ({ name: nameIn(key), at }));
  return all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);
}

/** What was recorded about the tests of a repository that failed at least once: what needs a person first, then what fails most runs a week. Null for no such repository. */
export async function readTests(repository: string, { tests, clock }: TestDeps): Promise<KnownTest[] | null> {
  const key = await keyOf(repository, tests);
  if (key === null) return null;
  const [records, quarantines] = await Promise.all([tests.allTests(key), tests.quarantines(key)]);
  const byKey = new Map(quarantines.map((one) => [one.test.testKey, one]));
  const recorded = new Set(records.map((one) => one.key));
  const now = clock.now();
  return [
    ...records.map((record) => knownTest(record, byKey.get(record.key) ?? null, now)),
    ...quarantines.filter(({ test }) => !recorded.has(test.testKey)).map((one) => knownTest(null, one, now)),
  ].sort(
    (a, b) =>
      ORDER.indexOf(a.state) - ORDER.indexOf(b.state) ||
      (b.failuresPerWeek ?? 0) - (a.failuresPerWeek ?? 0) ||
      (b.score ?? 0) - (a.score ?? 0) ||
      Date.parse(b.lastAt) - Date.parse(a.lastAt),
  );
}

/** Null when there is no such test. */
export async function readTest(
  repository: string,
  testKey: string,
  { tests, clock }: TestDeps,
): Promise<KnownTest | null> {
  const key = await keyOf(repository, tests);
  if (key === null) return null;
  const [[record = null], quarantine] = await Promise.all([
    tests.testRecords(key, [testKey]),
    tests.quarantine(key, testKey),
  ]);
  return record === null && quarantine === null ? null : knownTest(record, quarantine, clock.now());
}

export type QuarantineChange =
  | { readonly kind: 'done'; readonly test: KnownTest }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'not-found' | 'changed-meanwhile' };

/** Releases or extends the quarantine of a test. `revision`: the one that the person saw; null for whatever it is now. */
export async function decideQuarantine(
  { repository, testKey, revision }: { readonly repository: string; readonly testKey: string; revision: number | null },
  asked: AskedDecision,
  by: string,
  { tests, clock }: TestDeps,
): Promise<QuarantineChange> {
  const key = await keyOf(repository, tests);
  const known = key === null ? null : await tests.quarantine(key, testKey);
  if (key === null || known === null) return { kind: 'not-found' };
  if (revision !== null && revision !== known.revision) return { kind: 'changed-meanwhile' };
  const now = clock.now();
  const next = decided(known, asked, { by, now });
  if ('refused' in next) return { kind: 'refused', reason: next.refused };
  if ((await tests.putQuarantine(key, next)) === 'changed-meanwhile') return { kind: 'changed-meanwhile' };
  const [record = null] = await tests.testRecords(key, [testKey]);
  return { kind: 'done', test: knownTest(record, next, now) };
}

async function keyOf(repository: string, tests: TestDeps['tests']): Promise<string | null> {
  const wanted = repository.toLowerCase();
  return (await tests.testedRepositories()).find(({ key }) => nameIn(key) === wanted)?.key ?? null;
}

function knownTest(record: TestRecord | null, quarantine: TestQuarantine | null, now: Date): KnownTest {
  const state = quarantine === null ? null : quarantineState(quarantine, now);
  if (record === null) {
    const { test, since } = quarantine as TestQuarantine;
    const { testKey: key, name, runs, failures } = test;
    const reason = 'Its results are forgotten, because it has not failed for half a year.';
    return {
      ...{ key, name, runs, failures, reason, quarantine, lastAt: since },
      ...{ score: null, rate: null, failuresPerWeek: null, results: [] },
      state: state ?? 'steady',
    };
  }
  const { key, name, runs, failures, lastAt, results } = record;
  const judged = judgeFlakiness(outcomesOf(record), false);
  const { kind, score, rate } = judged;
  return {
    ...{ key, name, runs, failures, lastAt, results, score, rate, quarantine },
    failuresPerWeek: perWeek(record, now),
    // A released test is judged again once it fails by chance: until then its release is the news.
    state: state ?? kind,
    reason: reasonOf(record, judged),
  };
}

const WEEK_MS = 7 * 24 * 3_600_000;

/** Failures per week since the first one, over one week at least: a test that failed for the first time today is no worse than one that failed this week. */
const perWeek = ({ failures, firstAt }: TestRecord, now: Date): number =>
  failures / Math.max(1, (now.getTime() - Date.parse(firstAt)) / WEEK_MS);

function reasonOf({ runs, failures, flips }: TestRecord, { kind, rate: [low, high] }: Flakiness): string {
  const counts = `It failed in ${failures} of ${runs} recorded ${runs === 1 ? 'run' : 'runs'}`;
  switch (kind) {
    case 'flaky':
      return `${counts}, ${
        flips === 0
          ? 'in an order that broken and mended code does not leave'
          : `and both failed and passed on ${flips === 1 ? 'one commit' : `${flips} commits`}`
      }: it fails by chance in ${shareText(low)} to ${shareText(high)} of all runs.`;
    case 'broken':
      return `${counts}, which fits code that broke and was mended.`;
    case 'steady':
      return failures === runs
        ? `${counts} and never passed since: it may be flaky or broken.`
        : `${counts}: too few runs to tell a flaky test from broken code.`;
  }
}
