import type { Diagnosis } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import type { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import { HEAL_EDGES, HEAL_STATES, type HealState, reachableFrom } from '#shared/domain/workflow/heal-graph.ts';
import { type Approval, deciderNameOf } from '#shared/ports/incident-store.ts';

/** `skipped`: the workflow did not come there and cannot any more. `ahead`: it still may. */
export const PATH_STATES = ['done', 'current', 'failed', 'skipped', 'ahead'] as const;

interface PathState {
  readonly id: HealState;
  readonly state: (typeof PATH_STATES)[number];
  /** When it was done, where a record says so. */
  readonly at: string | null;
  /** What it found or did the last time, in a few words. */
  readonly words: string;
}

/** Where the workflow of an incident is, and how it came there. */
export interface WorkflowPath {
  /** One entry for each state, in the order of `HEAL_STATES`. At most one is `current`, and none once the incident has ended. */
  readonly states: readonly PathState[];
  /** The edges that were taken, in their order, each once. */
  readonly taken: readonly { readonly from: HealState; readonly to: HealState }[];
}

export interface WorkflowFacts {
  readonly incident: Pick<Incident, 'status' | 'classification' | 'updatedAt'>;
  readonly evidence: Evidence | null;
  readonly diagnosis: Diagnosis | null;
  readonly plans: readonly PlanRecord[];
  readonly approvals: readonly Approval[];
  readonly actions: readonly ActionRecord[];
}

type Visit = PathState & { readonly state: 'done' | 'current' | 'failed' };

const DECISIONS: Readonly<Record<PlanRecord['decision'], string>> = {
  act: 'act without asking',
  approve: 'ask first',
  suggest: 'suggest only',
  escalate: 'hand over',
  recovered: 'healthy again',
  hold: 'wait and see',
};

/** The path of an incident's workflow through the graph of its definition, told from the records of the incident. */
export function workflowPath(facts: WorkflowFacts): WorkflowPath {
  const visits = visitsOf(facts);
  const last = new Map(visits.map((visit) => [visit.id, visit]));
  const now = visits.at(-1);
  const ahead = now?.state === 'current' ? reachableFrom(now.id) : new Set<HealState>();
  const taken = new Set(visits.slice(1).map(({ id }, index) => `${visits[index]?.id} ${id}`));
  return {
    states: HEAL_STATES.map(
      (id) =>
        last.get(id) ?? { id, state: ahead.has(id) ? ('ahead' as const) : ('skipped' as const), at: null, words: '' },
    ),
    // A person may have ended it anywhere, and a later attempt begins again: neither is a way of the workflow.
    taken: [...taken].flatMap((way) => {
      const edge = HEAL_EDGES.find(({ from, to }) => way === `${from} ${to}`);
      return edge === undefined ? [] : [{ from: edge.from, to: edge.to }];
    }),
  };
}

/** The states in the order in which the workflow came to them; only the last can be `current`. */
function visitsOf(facts: WorkflowFacts): Visit[] {
  const { incident } = facts;
  // Members of a storm have no workflow.
  if (incident.status === 'grouped') return [];
  const isOpen = incident.status === 'open';
  const made = [...visitsBeforePlans(facts), ...facts.plans.flatMap((plan, index) => visitsOfPlan(plan, index, facts))];
  const visits = made.map((visit, index): Visit => {
    if (visit.state !== 'current' || (isOpen && index === made.length - 1)) return visit;
    return { ...visit, state: index === made.length - 1 && visit.id !== 'Escalate' ? 'failed' : 'done' };
  });
  if (isOpen) return visits;
  if (incident.status === 'escalated' && visits.at(-1)?.id !== 'Escalate') visits.push(visit('Escalate', 'done'));
  return [...visits.filter(({ id }) => id !== 'Record'), visit('Record', 'done', incident.updatedAt, incident.status)];
}

function visitsBeforePlans({ incident, evidence, diagnosis, plans }: WorkflowFacts): Visit[] {
  const { classification, status } = incident;
  const visits: Visit[] = [];
  const isPast = plans.length > 0;
  if (evidence === null && !isPast) return [visit('Gather', 'current')];
  visits.push(visit('Gather', 'done', evidence?.gatheredAt, evidence === null ? '' : linesOf(evidence)));
  if (classification === null && !isPast) return [...visits, visit('Classify', 'current')];
  visits.push(visit('Classify', 'done', null, classification?.class.replaceAll('_', ' ')));
  if (status === 'linked') return visits;
  if (diagnosis === null && !isPast) return [...visits, visit('Analyze', 'current')];
  visits.push(visit('Analyze', 'done', null, diagnosis === null ? '' : `by ${diagnosis.source}`));
  return isPast ? visits : [...visits, visit('Plan', 'current')];
}

/** The states that a planning round leads to, itself included. */
function visitsOfPlan(plan: PlanRecord, index: number, facts: WorkflowFacts): Visit[] {
  const round = facts.plans.length > 1 ? `round ${index + 1}: ` : '';
  const planned = visit('Plan', 'done', plan.madeAt, `${round}${DECISIONS[plan.decision]}`);
  switch (plan.decision) {
    case 'act':
      return [planned, ...visitsOfAction(plan, index, facts)];
    case 'approve': {
      const approved = visitOfApproval(plan, facts);
      if (approved.state === 'failed') return [planned, approved, visit('Escalate', 'current')];
      return [planned, approved, ...(approved.state === 'done' ? visitsOfAction(plan, index, facts) : [])];
    }
    case 'hold':
      return [planned, visit('Hold', 'current')];
    case 'escalate':
      return [planned, visit('Escalate', 'current')];
    case 'suggest':
    case 'recovered':
      return [planned, visit('Record', 'current')];
    default:
      return plan.decision satisfies never;
  }
}

function visitOfApproval({ digest }: PlanRecord, { approvals, incident }: WorkflowFacts): Visit {
  const approval = approvals.find((each) => each.digest === digest);
  if (approval === undefined) return visit('Approve', 'current');
  const { state, decision, requestedAt } = approval;
  const by = `by ${deciderNameOf(approval) ?? 'somebody'}`;
  if (state === 'approved') return visit('Approve', 'done', decision?.at, by);
  if (state === 'rejected') return visit('Approve', 'failed', decision?.at, `rejected ${by}`);
  return incident.status === 'open'
    ? visit('Approve', 'current', requestedAt, 'waits for a person')
    : visit('Approve', 'failed', requestedAt, 'nobody answered');
}

function visitsOfAction({ digest }: PlanRecord, index: number, { actions, plans, incident }: WorkflowFacts): Visit[] {
  const action = actions.find((each) => each.digest === digest);
  const isUnderWay = incident.status === 'open' && index === plans.length - 1;
  if (action === undefined) {
    if (isUnderWay) return [visit('Guard', 'current')];
    return [visit('Guard', 'failed', null, 'not let through')];
  }
  const at = action.receipt?.at ?? action.intendedAt;
  const guarded = visit('Guard', 'done');
  switch (action.state) {
    case 'intended':
      return incident.status === 'open'
        ? [guarded, visit('Act', 'current', at)]
        : [guarded, visit('Act', 'failed', at, 'not known')];
    case 'refused':
      return [guarded, visit('Act', 'failed', at, 'refused'), ...(isUnderWay ? [visit('Plan', 'current')] : [])];
    case 'unknown':
      return [guarded, visit('Act', 'failed', at, 'not known'), visit('Escalate', 'current')];
    case 'done':
    case 'undo-intended':
    case 'undone':
    case 'undo-failed':
      return [guarded, visit('Act', 'done', at), ...visitsOfVerification(action, isUnderWay)];
    default:
      return action.state satisfies never;
  }
}

function visitsOfVerification({ verified, state }: ActionRecord, isUnderWay: boolean): Visit[] {
  const next = isUnderWay ? [visit('Plan', 'current')] : [];
  switch (verified) {
    case null:
      return [visit('Verify', 'current')];
    case 'recovered':
      return [visit('Verify', 'done', null, 'it helped'), visit('Record', 'current')];
    case 'advanced':
      return [visit('Verify', 'done', null, 'one step further'), ...next];
    case 'failed': {
      const failed = visit('Verify', 'failed', null, 'it did not help');
      if (state === 'undone') return [failed, visit('Undo', 'done', null, 'undone'), ...next];
      if (state === 'undo-failed')
        return [failed, visit('Undo', 'failed', null, 'could not be undone'), visit('Escalate', 'current')];
      return [failed, visit('Undo', 'current')];
    }
    default:
      return verified satisfies never;
  }
}

function visit(id: HealState, state: Visit['state'], at: string | null = null, words = ''): Visit {
  return { id, state, at, words };
}

function linesOf({ sources }: Evidence): string {
  const lines = sources.reduce((sum, source) => sum + source.lines.length, 0);
  return `${counted(lines, 'line')} of ${counted(sources.length, 'log')}`;
}
