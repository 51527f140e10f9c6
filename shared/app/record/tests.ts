import { afterFailure, testsByKey } from '@selfheal/diagnosis/failure/history/known-runs.ts';
import { newestResults, type TestRecord, type TestResult } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { shortCommit } from '@selfheal/kernel/digest.ts';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import {
  ALWAYS_FAILS_REASON,
  alwaysFails,
  SELF,
} from '@selfheal/pull-request-quality/domain/flaky-tests/history-quarantine.ts';
import { decided, quarantineState } from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { identityOf, repositoryKeyOf } from '#shared/domain/incident/repository-identity.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { StatsStore, TestStore } from '#shared/ports/test-store.ts';

export interface RecordTestsDeps {
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'getQuarantine'>;
  readonly stats: Pick<StatsStore, 'recentRuns'>;
  readonly tests: Pick<TestStore, 'changeTests' | 'quarantine' | 'putQuarantine'>;
}

/** When more tests than this fail at once, the code is broken, not the tests. */
const MAX_TESTS = 20;
const RUNS = 50;

/** Records which tests failed in the incident's run, and where they have passed since. Repeatable: each result counts once. */
export async function recordTests(
  { id, target }: Incident,
  actions: readonly ActionRecord[],
  deps: RecordTestsDeps,
): Promise<void> {
  if (target.kind !== 'run') return;
  const repository = repositoryKeyOf(identityOf(target));
  for (const action of actions) await recordQuarantine(id, action, repository, deps);
  const evidence = await deps.evidence.getEvidence(id);
  const tests = testsByKey((evidence?.failedTests ?? []).slice(0, MAX_TESTS).map(({ name }) => name));
  if (evidence === null || tests.size === 0) return;
  const { runId, runAttempt: attempt, headSha, onDefaultBranch } = target;
  const now = { runId, commit: shortCommit(headSha), onDefaultBranch };
  const results: TestResult[] = [
    { ...now, attempt, passed: false, incidentId: id },
    ...attemptsThatPassed(actions).map((passed) => ({ ...now, attempt: passed, passed: true })),
  ];
  const runs = await deps.stats.recentRuns(runsKeyOf(target), RUNS);
  const seen = { at: evidence.gatheredAt, results, runs };
  const records = await deps.tests.changeTests(repository, [...tests.keys()], (key, known) =>
    afterFailure(known, { ...seen, name: tests.get(key) ?? phrase`unknown test` }),
  );
  await releaseBroken(repository, records, new Date(evidence.gatheredAt), deps);
}

/** Ends the quarantine of tests that always fail by now. A decision that somebody takes meanwhile holds. */
async function releaseBroken(
  repository: string,
  records: readonly TestRecord[],
  now: Date,
  { tests }: RecordTestsDeps,
): Promise<void> {
  for (const record of records) {
    const newest = newestResults(record).filter(({ onDefaultBranch }) => onDefaultBranch);
    if (!alwaysFails(newest)) continue;
    const quarantine = await tests.quarantine(repository, record.key);
    if (quarantine === null || quarantineState(quarantine, now) !== 'quarantined') continue;
    const next = decided(quarantine, { kind: 'released', reason: ALWAYS_FAILS_REASON }, { by: SELF, now });
    if (!('refused' in next)) await tests.putQuarantine(repository, next);
  }
}

/** Records the quarantine that an action of the incident began. A repeat, or a later quarantine that is stored already, changes nothing. */
async function recordQuarantine(
  incidentId: string,
  { receipt }: ActionRecord,
  repository: string,
  { evidence, tests }: RecordTestsDeps,
): Promise<void> {
  const { quarantine: digest, issue, url } = receipt?.facts ?? {};
  if (receipt === null || typeof digest !== 'string' || typeof issue !== 'number' || typeof url !== 'string') return;
  const test = await evidence.getQuarantine(incidentId, digest);
  if (test === null) return;
  const known = await tests.quarantine(repository, test.testKey);
  if (known !== null && known.issue >= issue) return;
  const revision = (known?.revision ?? 0) + 1;
  const begun = { version: 1 as const, revision, since: receipt.at, test, issue, url, decisions: [] };
  if ((await tests.putQuarantine(repository, begun)) === 'changed-meanwhile')
    throw new Retryable(`The quarantine of test ${test.testKey} was changed meanwhile; the step will retry.`);
}

/** Attempts of our own re-runs that passed. */
function attemptsThatPassed(actions: readonly ActionRecord[]): number[] {
  return actions.flatMap(({ verified, receipt }) => {
    const attempt = receipt?.facts.attempt;
    return verified === 'recovered' && typeof attempt === 'number' ? [attempt] : [];
  });
}
