import { rankTests } from './flaky-ranking.ts';
import { dayOf, lastDay, type TestOwner } from './quarantined-test.ts';
import type { HistoryQuarantine, HistoryTest, TestHistory } from './test-history.ts';
import { resultsOf } from './test-history.ts';
import { MAX_EXTENSION_DAYS, type QuarantineState } from './test-quarantine.ts';

/** A result of a test on a commit. */
interface OnCommit {
  readonly passed: boolean;
  readonly commit: string;
}

/** Newest results that must all be failures, and on how many commits, before a test counts as broken. */
const ALWAYS = { results: 5, commits: 2 };

/**
 * Whether a test failed in its newest five results or more, on two commits or more: broken code does that, flakiness does not.
 * Newest first.
 */
export function alwaysFails(newest: readonly OnCommit[]): boolean {
  const end = newest.findIndex(({ passed }) => passed);
  const failing = end < 0 ? newest : newest.slice(0, end);
  return failing.length >= ALWAYS.results && new Set(failing.map(({ commit }) => commit)).size >= ALWAYS.commits;
}

/** Why Selfheal itself ends a quarantine. */
export const ALWAYS_FAILS_REASON = 'It failed five times in a row: no longer flaky, so its failures count again.';
export const SELF = 'selfheal';

export function historyQuarantineState({ until, released }: HistoryQuarantine, now: Date): QuarantineState {
  if (released !== null) return 'released';
  return dayOf(now) > until ? 'expired' : 'quarantined';
}

/** Whether failures of the test are known to be chance for now. */
export const isQuarantined = (test: HistoryTest | undefined, now: Date): boolean =>
  test?.quarantine != null && historyQuarantineState(test.quarantine, now) === 'quarantined';

const withQuarantine = (history: TestHistory, key: string, quarantine: HistoryQuarantine): TestHistory => {
  const test = history.tests[key];
  return test === undefined ? history : { ...history, tests: { ...history.tests, [key]: { ...test, quarantine } } };
};

function newestOnDefaultBranch(test: HistoryTest, history: TestHistory): OnCommit[] {
  const results = resultsOf(test, history);
  return history.runs
    .flatMap(({ commit, onDefaultBranch }, at) => {
      const result = results[at] ?? null;
      return onDefaultBranch && result !== null
        ? [{ passed: result === 'passed' || result === 'retried', commit }]
        : [];
    })
    .toReversed();
}

/** Ends the quarantine of tests that always fail by now. `released`: their keys. */
export function releaseBroken(history: TestHistory, now: Date): { history: TestHistory; released: readonly string[] } {
  const released = Object.entries(history.tests).flatMap(([key, test]) =>
    isQuarantined(test, now) && alwaysFails(newestOnDefaultBranch(test, history)) ? [key] : [],
  );
  const at = now.toISOString();
  const next = released.reduce((known, key) => {
    const quarantine = known.tests[key]?.quarantine;
    if (quarantine == null) return known;
    return withQuarantine(known, key, { ...quarantine, released: { at, by: SELF, reason: ALWAYS_FAILS_REASON } });
  }, history);
  return { history: next, released };
}

export interface QuarantineRules {
  readonly now: Date;
  /** Days until its end. */
  readonly days: number;
  /** A test enters when it fails by chance in more than this share of its runs, with 95 % confidence. */
  readonly minRate: number;
  /** At most so many tests are in quarantine at once: more would hide what is broken. */
  readonly maxTests: number;
  readonly ownerOf: (test: HistoryTest) => TestOwner;
}

/**
 * Puts flaky tests into quarantine, those that cost most first. A test whose quarantine has ended enters again only when it failed on a run
 * recorded since. `entered`: their keys.
 */
export function quarantineFlaky(
  history: TestHistory,
  { now, days, minRate, maxTests, ownerOf }: QuarantineRules,
): { history: TestHistory; entered: readonly string[] } {
  const held = Object.values(history.tests).filter((test) => isQuarantined(test, now)).length;
  const free = rankTests(history).filter(
    ({ test, judged }) =>
      judged.kind === 'flaky' &&
      judged.rate[0] > minRate &&
      !alwaysFails(newestOnDefaultBranch(test, history)) &&
      mayEnter(test, history, now),
  );
  const entered = free.slice(0, Math.max(0, maxTests - held)).map(({ key }) => key);
  const next = entered.reduce((known, key) => {
    const test = known.tests[key];
    if (test === undefined) return known;
    const quarantine = { since: now.toISOString(), until: lastDay(now, days), owner: ownerOf(test), released: null };
    return withQuarantine(known, key, quarantine);
  }, history);
  return { history: next, entered };
}

function mayEnter(test: HistoryTest, history: TestHistory, now: Date): boolean {
  if (test.quarantine === null) return true;
  if (historyQuarantineState(test.quarantine, now) === 'quarantined') return false;
  const ended = test.quarantine.released?.at ?? `${test.quarantine.until}T23:59:59.999Z`;
  const results = resultsOf(test, history);
  return history.runs.some(
    ({ at }, index) =>
      Date.parse(at) > Date.parse(ended) && (results[index] === 'failed' || results[index] === 'retried'),
  );
}

/** A decision of a person about the quarantine of a test; `until` only of an extension. */
export type HistoryDecision =
  | { readonly kind: 'released'; readonly by: string; readonly reason: string }
  | { readonly kind: 'extended'; readonly until: string };

/** The history with the decision; why not, where it cannot be. */
export function decideInHistory(
  history: TestHistory,
  key: string,
  decision: HistoryDecision,
  now: Date,
): TestHistory | { readonly refused: string } {
  const quarantine = history.tests[key]?.quarantine;
  if (quarantine == null) return { refused: `the test ${key} is not in quarantine` };
  const state = historyQuarantineState(quarantine, now);
  if (state === 'released') return { refused: 'it was released before' };
  if (decision.kind === 'released') {
    if (state === 'expired') return { refused: `it ended on ${quarantine.until}` };
    const { by, reason } = decision;
    return withQuarantine(history, key, { ...quarantine, released: { at: now.toISOString(), by, reason } });
  }
  const { until } = decision;
  if (until <= quarantine.until || until < dayOf(now))
    return { refused: `${until} does not extend it: it ends on ${quarantine.until}` };
  if (until > lastDay(now, MAX_EXTENSION_DAYS))
    return { refused: `${until} is more than ${MAX_EXTENSION_DAYS} days from today` };
  return withQuarantine(history, key, { ...quarantine, until });
}
