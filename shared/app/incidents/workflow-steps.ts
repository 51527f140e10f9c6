import type { Diagnosis } from '#shared/domain/diagnosis/diagnosis.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { Evidence } from '#shared/domain/logs/evidence.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { Approval } from '#shared/ports/incident-store.ts';

/** The steps that people know, in their order; a few states of the workflow each. */
export const STORY_STEPS = [
  'opened',
  'gathered',
  'classified',
  'diagnosed',
  'planned',
  'approved',
  'acted',
  'verified',
  'ended',
] as const;

/** `skipped`: it was not needed, or cannot come any more. `ahead`: it may still come. */
export type StepState = 'done' | 'current' | 'failed' | 'skipped' | 'ahead';

export interface StoryStep {
  readonly id: (typeof STORY_STEPS)[number];
  readonly state: StepState;
  /** When it was done, where a record says so. */
  readonly at: string | null;
  /** What it found or did, in a few words. */
  readonly words: string;
}

export interface WorkflowFacts {
  readonly incident: Pick<Incident, 'status' | 'classification' | 'openedAt' | 'updatedAt'>;
  readonly evidence: Evidence | null;
  readonly diagnosis: Diagnosis | null;
  readonly plans: readonly PlanRecord[];
  readonly approvals: readonly Approval[];
  readonly actions: readonly ActionRecord[];
}

type Found = Omit<StoryStep, 'id' | 'state'> & { readonly state: StepState | null };

const DECISIONS: Readonly<Record<PlanRecord['decision'], string>> = {
  act: 'act without asking',
  approve: 'ask first',
  suggest: 'suggest only',
  escalate: 'hand over',
  recovered: 'healthy again',
  hold: 'wait and see',
};
const nothing: Found = { state: null, at: null, words: '' };

/** Where the workflow of an incident is, told from its records. At most one step is `current`, and none once it has ended. */
export function workflowSteps(facts: WorkflowFacts): StoryStep[] {
  const { incident, evidence, diagnosis } = facts;
  const hasEnded = incident.status !== 'open';
  const found: Readonly<Record<StoryStep['id'], Found>> = {
    opened: { state: 'done', at: incident.openedAt, words: '' },
    gathered: evidence === null ? nothing : { state: 'done', at: evidence.gatheredAt, words: linesOf(evidence) },
    classified:
      incident.classification === null
        ? nothing
        : { state: 'done', at: null, words: incident.classification.class.replaceAll('_', ' ') },
    diagnosed: diagnosis === null ? nothing : { state: 'done', at: null, words: `by ${diagnosis.source}` },
    planned: plannedStep(facts),
    approved: approvedStep(facts),
    acted: actedStep(facts),
    verified: verifiedStep(facts),
    ended: hasEnded ? { state: 'done', at: incident.updatedAt, words: incident.status } : nothing,
  };
  const last = STORY_STEPS.findLastIndex((id) => found[id].state !== null);
  const now = STORY_STEPS.findIndex((id) => found[id].state === 'current');
  return STORY_STEPS.map((id, index) => {
    const { state, at, words } = found[id];
    // A later round asks while the action of an earlier one is not verified yet.
    if (state === 'current' && index > now) return { id, state: 'ahead', at: null, words: '' };
    return { id, state: state ?? missing(index, last, hasEnded || now !== -1), at, words };
  });
}

/** Of a step without a record: what comes before a later one was not needed; the first one ahead is under way. */
function missing(index: number, last: number, isSettled: boolean): StepState {
  if (index < last) return 'skipped';
  return index === last + 1 && !isSettled ? 'current' : 'ahead';
}

function linesOf({ sources }: Evidence): string {
  const lines = sources.reduce((sum, source) => sum + source.lines.length, 0);
  return `${lines} ${lines === 1 ? 'line' : 'lines'} of ${sources.length} ${sources.length === 1 ? 'log' : 'logs'}`;
}

function plannedStep({ plans }: WorkflowFacts): Found {
  const plan = plans.at(-1);
  if (plan === undefined) return nothing;
  const round = plans.length > 1 ? `round ${plans.length}: ` : '';
  return { state: 'done', at: plan.madeAt, words: `${round}${DECISIONS[plan.decision]}` };
}

function approvedStep({ approvals, incident }: WorkflowFacts): Found {
  const approval = approvals.at(-1);
  if (approval === undefined) return nothing;
  const { state, decidedBy, decision, requestedAt } = approval;
  if (state === 'approved') return { state: 'done', at: decision?.at ?? null, words: `by ${decidedBy ?? 'somebody'}` };
  if (state === 'rejected')
    return { state: 'failed', at: decision?.at ?? null, words: `rejected by ${decidedBy ?? 'somebody'}` };
  return incident.status === 'open'
    ? { state: 'current', at: requestedAt, words: 'waits for a person' }
    : { state: 'failed', at: requestedAt, words: 'nobody answered' };
}

function actedStep({ actions, incident }: WorkflowFacts): Found {
  const action = actions.at(-1);
  if (action === undefined) return nothing;
  const at = action.receipt?.at ?? action.intendedAt;
  switch (action.state) {
    case 'done':
      return { state: 'done', at, words: '' };
    case 'intended':
      return incident.status === 'open'
        ? { state: 'current', at, words: '' }
        : { state: 'failed', at, words: 'not known' };
    case 'undo-intended':
    case 'undone':
      return { state: 'failed', at, words: 'undone' };
    case 'refused':
      return { state: 'failed', at, words: 'refused' };
    case 'unknown':
      return { state: 'failed', at, words: 'not known' };
    case 'undo-failed':
      return { state: 'failed', at, words: 'could not be undone' };
    default:
      return action.state satisfies never;
  }
}

function verifiedStep({ actions, incident }: WorkflowFacts): Found {
  const { verified = null, state } = actions.at(-1) ?? {};
  if (verified === 'recovered') return { state: 'done', at: null, words: 'it helped' };
  if (verified === 'advanced') return { state: 'done', at: null, words: 'one step further' };
  if (verified === 'failed') return { state: 'failed', at: null, words: 'it did not help' };
  return state === 'done' && incident.status === 'open' ? { state: 'current', at: null, words: '' } : nothing;
}
