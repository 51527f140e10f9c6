import { pastOf } from '@selfheal/diagnosis/failure/history/history-of-run.ts';
import { testsByKey, withRuns } from '@selfheal/diagnosis/failure/history/known-runs.ts';
import type { TestRecord } from '@selfheal/diagnosis/failure/history/test-record.ts';
import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { disputedCommits, judgeFlakiness } from '@selfheal/kernel/numbers/flakiness.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import {
  lastDay,
  QUARANTINE_LABEL,
  type QuarantinedTest,
  type QuarantineStatus,
  quarantineMarker,
  quarantineStatusOf,
  wasChangedToday,
} from '@selfheal/pull-request-quality/domain/flaky-tests/quarantined-test.ts';
import { withDecisions } from '@selfheal/pull-request-quality/domain/flaky-tests/test-quarantine.ts';
import { identityOf, repositoryKeyOf } from '#shared/domain/incident/repository-identity.ts';
import { runsKeyOf } from '#shared/domain/incident/scope.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { Preparation, PreparationPorts } from '../contract.ts';
import { readOwner } from './owner.ts';

/** The change to an issue about a flaky test. `until`: the last day of its quarantine. */
export type PreparedQuarantine =
  | {
      readonly step: 'open';
      readonly incidentId: string;
      readonly digest: string;
      readonly testKey: string;
      readonly until: string;
    }
  | { readonly step: 'expire'; readonly issue: number; readonly testKey: string; readonly until: string };

interface QuarantineProposal {
  /** What may be written now; null when nothing. */
  readonly next: PreparedQuarantine | null;
  /** A sentence, worded by code, when only quarantined tests failed; otherwise null. */
  readonly onlyQuarantined: string | null;
}

/** When more tests than this fail at once, none of them fails by chance. */
const MAX_TESTS = 12;
const RUNS = 50;

/**
 * Reads the quarantine status of the failed tests of a flaky failure, and which test enters or has left quarantine. Proposes nothing when the
 * daily limit is reached, because that would block the re-run.
 */
export const QUARANTINE: Preparation<PreparedQuarantine> = {
  async prepare({ incident, classification, telemetry }, ports) {
    const { target } = incident;
    const nothing = { value: null };
    if (target.kind !== 'run' || classification.verdict !== 'flaky') return nothing;
    if (telemetry.facts.kind !== 'run' || telemetry.facts.newerRun) return nothing;
    const evidence = await ports.evidence.getEvidence(incident.id);
    const tests = testsByKey((evidence?.failedTests ?? []).map(({ name }) => name));
    if (tests.size === 0 || tests.size > MAX_TESTS) return nothing;
    const proposal = await unlessRefused(() => proposalOf(incident.id, target, tests, ports));
    if (proposal === null) return nothing;
    const { next: value, onlyQuarantined } = proposal;
    return onlyQuarantined === null ? { value } : { value, notes: { onlyQuarantined } };
  },
};

async function proposalOf(
  incidentId: string,
  target: RunTarget,
  tests: ReadonlyMap<string, RedactedText>,
  ports: PreparationPorts,
): Promise<QuarantineProposal> {
  const { maxPerDay } = ports.configuration.fixes;
  const now = ports.clock.now();
  const [issues, decisions] = await Promise.all([
    ports.proposals.issues(target.repository, QUARANTINE_LABEL),
    ports.tests.quarantines(repositoryKeyOf(identityOf(target))),
  ]);
  const statuses = new Map(
    [...tests.keys()].map((testKey) => {
      const newest = issues.find(({ body }) => body.includes(quarantineMarker(testKey)));
      const decided = decisions.find(({ test }) => test.testKey === testKey);
      return [testKey, withDecisions(quarantineStatusOf(newest ?? null, now), decided, now)] as const;
    }),
  );
  const onlyQuarantined = onlyQuarantinedWords([...statuses.values()]);
  if (issues.filter((issue) => wasChangedToday(issue, now)).length >= maxPerDay) return { next: null, onlyQuarantined };
  const next = expiredOf(statuses) ?? (await entering(incidentId, target, { tests, statuses }, ports));
  return { next, onlyQuarantined };
}

function onlyQuarantinedWords(statuses: readonly QuarantineStatus[]): string | null {
  const issues = statuses.flatMap((one) =>
    one.kind === 'quarantined' ? [`issue #${one.issue}, until ${one.until}`] : [],
  );
  if (issues.length < statuses.length) return null;
  return `Only quarantined tests failed (${issues.join('; ')}).`;
}

function expiredOf(statuses: ReadonlyMap<string, QuarantineStatus>): PreparedQuarantine | null {
  for (const [testKey, one] of statuses) {
    if (one.kind === 'expired' && !one.announced)
      return { step: 'expire', testKey, issue: one.issue, until: one.until };
  }
  return null;
}

/** The failed test without an issue that is most likely flaky. */
async function entering(
  incidentId: string,
  target: RunTarget,
  { tests, statuses }: { tests: ReadonlyMap<string, RedactedText>; statuses: ReadonlyMap<string, QuarantineStatus> },
  ports: PreparationPorts,
): Promise<PreparedQuarantine | null> {
  const { days, minRate } = ports.configuration.fixes.quarantine;
  const free = [...tests.keys()].filter((testKey) => statuses.get(testKey)?.kind === 'none');
  if (free.length === 0) return null;
  const [records, runs] = await Promise.all([
    ports.tests.testRecords(repositoryKeyOf(identityOf(target)), free),
    ports.stats.recentRuns(runsKeyOf(target), RUNS),
  ]);
  const surest = records
    .flatMap((record) => judged(withRuns(record, runs), target, minRate))
    .sort((a, b) => b.score - a.score || b.rate[0] - a.rate[0])[0];
  if (surest === undefined) return null;
  const until = lastDay(ports.clock.now(), days);
  const name = tests.get(surest.testKey) ?? surest.name;
  const digest = await ports.evidence.putQuarantine({
    version: 1,
    incidentId,
    ...surest,
    name,
    ...(await readOwner(name, target, ports)),
    until,
  });
  return { step: 'open', incidentId, digest, testKey: surest.testKey, until };
}

type FlakyTest = Pick<QuarantinedTest, 'testKey' | 'name' | 'runs' | 'failures' | 'rate' | 'score' | 'commits'>;

/** Judges by the results before this failure, which is no evidence about itself. */
function judged(record: TestRecord, target: RunTarget, minRate: number): FlakyTest[] {
  const { outcomes } = pastOf(record, target);
  if (outcomes === undefined) return [];
  const { kind, rate, score } = judgeFlakiness(outcomes, false);
  if (kind !== 'flaky' || rate[0] <= minRate) return [];
  const { runs, failures } = outcomes;
  return [
    {
      testKey: record.key,
      name: record.name,
      runs,
      failures,
      rate: [...rate],
      score,
      commits: disputedCommits(record.results).filter((commit) => COMMIT.test(commit)),
    },
  ];
}

const COMMIT = /^[0-9a-f]{7,12}$/;
