import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { Classification } from '@selfheal/kernel/failure-class.ts';
import type * as z from 'zod';
import { Incident } from '#shared/domain/incident/incident.ts';
import { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import { aGithubTarget, type TaintedChange, taintedText } from './signals.ts';

/** An open incident about a failed run. */
export function anIncident({
  tainted,
  ...change
}: Omit<Partial<z.input<typeof Incident>>, 'tainted'> & TaintedChange = {}): Incident {
  const target = change.target ?? aGithubTarget();
  return Incident.parse({
    version: 1,
    id: `${target.kind === 'alarm' ? 'cw' : target.kind === 'storm' ? 'storm' : target.kind === 'report' ? 'rp' : 'gh'}-${'0'.repeat(24)}`,
    status: 'open',
    target,
    intakeKey: 'intake-key-1',
    tainted: taintedText(tainted ?? { title: 'CI', branch: 'feature/basket', reason: null }),
    source: target.kind === 'alarm' ? 'cloudwatch' : 'github',
    attempt: 1,
    occurrences: 1,
    runAttempt: 1,
    reopened: false,
    restarts: 0,
    recurrence: null,
    parentId: null,
    classification: null,
    outcomeReason: null,
    openedAt: '2026-11-21T12:00:00.000Z',
    updatedAt: '2026-11-21T12:00:00.000Z',
    ...change,
  });
}

export function aClassification(change: Partial<Classification> = {}): Classification {
  return Classification.parse({
    class: 'network_connectivity',
    verdict: 'infrastructure',
    confidence: 0.9,
    alternatives: [],
    signature: 'network.connection-reset',
    fingerprint: '0123456789abcdef',
    evidence: ['L1'],
    ...change,
  });
}

/** A plan with a digest that fits its content, unless `digest` is given. */
export function aBoundAction(change: Partial<BoundAction> = {}): BoundAction {
  const { digest, ...fields } = change;
  const content = {
    version: 1 as const,
    incidentId: `gh-${'0'.repeat(24)}`,
    actionId: 'rerun-failed-jobs',
    family: 'github' as const,
    risk: 'low' as const,
    selfApproval: true,
    parameters: { repository: 'acme/shop', runId: 1001, attempt: 1 },
    targetKey: 'github:acme/shop/run/1001',
    description: 'Re-runs the failed jobs of run 1001 of acme/shop.',
    target: aGithubTarget(),
    createdAt: '2026-11-21T12:00:00.000Z',
    ...fields,
  };
  return BoundAction.parse({ ...content, digest: digest ?? digestOf(canonicalJson(content)) });
}

/** The record of a plan that acted, without circumstances. */
export function aPlanRecord(change: Partial<PlanRecord> = {}): PlanRecord {
  return PlanRecord.parse({
    version: 1,
    incidentId: `gh-${'0'.repeat(24)}`,
    attempt: 1,
    round: 0,
    madeAt: '2026-11-21T12:00:00.000Z',
    decision: 'act',
    actionId: 'rerun-failed-jobs',
    digest: 'd'.repeat(64),
    circumstances: null,
    exposure: null,
    lastTimes: null,
    untried: null,
    onlyQuarantined: null,
    ...change,
  });
}

export function anActionRecord(change: Partial<ActionRecord> = {}): ActionRecord {
  return ActionRecord.parse({
    version: 1,
    incidentId: `gh-${'0'.repeat(24)}`,
    digest: 'd'.repeat(64),
    actionId: 'rerun-failed-jobs',
    state: 'intended',
    intendedAt: '2026-11-21T12:00:00.000Z',
    receipt: null,
    verified: null,
    inconclusive: false,
    ...change,
  });
}

export function anApproval(change: Partial<Approval> = {}): Approval {
  return {
    incidentId: `gh-${'0'.repeat(24)}`,
    digest: 'd'.repeat(64),
    taskToken: 'task-token-1',
    requestedAt: '2026-11-21T12:00:00.000Z',
    expiresAt: '2026-11-21T16:00:00.000Z',
    state: 'pending',
    decidedBy: null,
    ...change,
  };
}
