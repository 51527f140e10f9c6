import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { judgeFlakiness } from '#shared/domain/failure/history/flakiness.ts';
import { pastOf } from '#shared/domain/failure/history/history-of-run.ts';
import { testsByKey, withRuns } from '#shared/domain/failure/history/known-runs.ts';
import type { TestRecord } from '#shared/domain/failure/history/test-record.ts';
import {
  lastDay,
  QUARANTINE_LABEL,
  type QuarantinedTest,
  quarantineMarker,
  type Standing,
  standingOf,
  wasChangedToday,
} from '#shared/domain/flaky-tests/quarantined-test.ts';
import type { Classification } from '#shared/domain/incident/failure-class.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { identityOf, repositoryKeyOf } from '#shared/domain/incident/repository-identity.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import type { Telemetry } from '#shared/domain/logs/telemetry.ts';
import { mayWrite } from '#shared/domain/policy/fix-settings.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';
import type { PreparedQuarantine } from '#shared/plugins/actions/contract.ts';
import type { EvidenceStore } from '#shared/ports/evidence-store.ts';
import type { Proposals } from '#shared/ports/proposals.ts';
import type { StatsStore } from '#shared/ports/stats-store.ts';
import type { TestStore } from '#shared/ports/test-store.ts';
import type { Clock } from '#shared/ports/time.ts';
import { unlessRefused } from '../common/unless-refused.ts';
import { type OwnerDeps, readOwner } from './owner.ts';

export interface QuarantineDeps extends OwnerDeps {
  readonly proposals: Pick<Proposals, 'issues'>;
  readonly evidence: Pick<EvidenceStore, 'getEvidence' | 'putQuarantine'>;
  readonly tests: Pick<TestStore, 'testRecords'>;
  readonly stats: Pick<StatsStore, 'recentRuns'>;
  readonly configuration: Configuration;
  readonly clock: Clock;
}

export interface QuarantineMaterial {
  readonly incident: Incident;
  readonly classification: Classification;
  readonly telemetry: Telemetry;
}

export interface QuarantineOutlook {
  /** What may be written now. */
  readonly next: PreparedQuarantine | null;
  /** Says, in words made by code, that only quarantined tests failed; null when others did too. */
  readonly onlyQuarantined: string | null;
}

const NOTHING: QuarantineOutlook = { next: null, onlyQuarantined: null };
/** When more fail at once, none of them is by chance. */
const MOST_TESTS = 12;
const RUNS = 50;

/**
 * How the failed tests stand in quarantine, and the one that enters or has left it, where issues are switched on and the failure was found flaky. What was
 * written today as often as is allowed is not proposed: it would stand in the way of the re-run. A refused read gives nothing; a passing failure is thrown.
 */
export async function prepareQuarantine(
  { incident, classification, telemetry }: QuarantineMaterial,
  deps: QuarantineDeps,
): Promise<QuarantineOutlook> {
  const { target } = incident;
  if (target.kind !== 'github-run' || classification.verdict !== 'flaky') return NOTHING;
  if (!mayWrite(deps.configuration, target.repository, 'quarantine-flaky-test')) return NOTHING;
  if (telemetry.facts.kind !== 'github-run' || telemetry.facts.newerRun) return NOTHING;
  const evidence = await deps.evidence.getEvidence(incident.id);
  const tests = testsByKey((evidence?.failedTests ?? []).map(({ name }) => name));
  if (tests.size === 0 || tests.size > MOST_TESTS) return NOTHING;
  return (await unlessRefused(() => outlookOf(incident.id, target, tests, deps))) ?? NOTHING;
}

async function outlookOf(
  incidentId: string,
  target: GithubRunTarget,
  tests: ReadonlyMap<string, RedactedText>,
  deps: QuarantineDeps,
): Promise<QuarantineOutlook> {
  const { maxPerDay } = deps.configuration.fixes;
  const now = deps.clock.now();
  const issues = await deps.proposals.issues(target.repository, QUARANTINE_LABEL);
  const standings = new Map(
    [...tests.keys()].map((testKey) => {
      const newest = issues.find(({ body }) => body.includes(quarantineMarker(testKey)));
      return [testKey, standingOf(newest ?? null, now)] as const;
    }),
  );
  const onlyQuarantined = onlyQuarantinedWords([...standings.values()]);
  if (issues.filter((issue) => wasChangedToday(issue, now)).length >= maxPerDay) return { next: null, onlyQuarantined };
  const next = expiredOf(standings) ?? (await entering(incidentId, target, { tests, standings }, deps));
  return { next, onlyQuarantined };
}

function onlyQuarantinedWords(standings: readonly Standing[]): string | null {
  const issues = standings.flatMap((one) =>
    one.kind === 'quarantined' ? [`issue #${one.issue}, until ${one.until}`] : [],
  );
  if (issues.length < standings.length) return null;
  return `Only tests in quarantine failed (${issues.join('; ')}).`;
}

function expiredOf(standings: ReadonlyMap<string, Standing>): PreparedQuarantine | null {
  for (const [testKey, one] of standings) {
    if (one.kind === 'expired' && !one.told) return { step: 'expire', testKey, issue: one.issue, until: one.until };
  }
  return null;
}

/** The failed test without an issue that is most surely flaky. */
async function entering(
  incidentId: string,
  target: GithubRunTarget,
  { tests, standings }: { tests: ReadonlyMap<string, RedactedText>; standings: ReadonlyMap<string, Standing> },
  deps: QuarantineDeps,
): Promise<PreparedQuarantine | null> {
  const { days, leastRate } = deps.configuration.fixes.quarantine;
  const free = [...tests.keys()].filter((testKey) => standings.get(testKey)?.kind === 'none');
  if (free.length === 0) return null;
  const [records, runs] = await Promise.all([
    deps.tests.testRecords(repositoryKeyOf(identityOf(target)), free),
    deps.stats.recentRuns(runsKeyOf(target), RUNS),
  ]);
  const surest = records
    .flatMap((record) => judged(withRuns(record, runs), target, leastRate))
    .sort((a, b) => b.score - a.score || b.rate[0] - a.rate[0])[0];
  if (surest === undefined) return null;
  const until = lastDay(deps.clock.now(), days);
  const name = tests.get(surest.testKey) ?? surest.name;
  const digest = await deps.evidence.putQuarantine({
    version: 1,
    incidentId,
    ...surest,
    name,
    ...(await readOwner(name, target, deps)),
    until,
  });
  return { step: 'open', incidentId, digest, testKey: surest.testKey, until };
}

type Judged = Pick<QuarantinedTest, 'testKey' | 'name' | 'runs' | 'failures' | 'rate' | 'score' | 'commits'>;

/** By the results before this failure, which says nothing of itself. */
function judged(record: TestRecord, target: GithubRunTarget, leastRate: number): Judged[] {
  const { outcomes } = pastOf(record, target);
  if (outcomes === undefined) return [];
  const { kind, rate, score } = judgeFlakiness(outcomes, false);
  if (kind !== 'flaky' || rate[0] <= leastRate) return [];
  const { runs, failures } = outcomes;
  return [
    {
      testKey: record.key,
      name: record.name,
      runs,
      failures,
      rate: [...rate],
      score,
      commits: mixedCommits(record),
    },
  ];
}

const COMMIT = /^[0-9a-f]{7,12}$/;

/** On which it both failed and passed. */
function mixedCommits({ results }: TestRecord): string[] {
  const byCommit = Map.groupBy(results, ({ commit }) => commit);
  return [...byCommit].flatMap(([commit, own]) =>
    COMMIT.test(commit) && new Set(own.map(({ passed }) => passed)).size === 2 ? [commit] : [],
  );
}
