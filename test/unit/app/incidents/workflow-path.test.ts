import { describe, expect, it } from 'vitest';
import { type WorkflowFacts, workflowPath } from '#shared/app/incidents/workflow-path.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import { HEAL_EDGES, HEAL_STATES } from '#shared/domain/workflow/heal-graph.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import { aDiagnosis, anIncident } from '#test/builders/index.ts';

const AT = '2026-11-23T12:00:00.000Z';
const evidence: WorkflowFacts['evidence'] = { version: 1, incidentId: 'gh-1', gatheredAt: AT, sources: [], notes: [] };
const plan = (decision: PlanRecord['decision'], digest: string | null = 'a') =>
  ({ madeAt: AT, decision, digest }) as PlanRecord;
const approval = (state: Approval['state'], digest = 'a') =>
  ({ state, digest, requestedAt: AT, decidedBy: state === 'pending' ? null : 'ada' }) as Approval;
type Action = WorkflowFacts['actions'][number];
const action = (state: Action['state'], verified: Action['verified'] = null, digest = 'a') =>
  ({ state, verified, digest, intendedAt: AT, receipt: null }) as Action;
const NEW: WorkflowFacts = {
  incident: { ...anIncident(), status: 'open', classification: null },
  evidence: null,
  diagnosis: null,
  plans: [],
  approvals: [],
  actions: [],
};
const CLASSIFIED: WorkflowFacts = {
  ...NEW,
  incident: { ...anIncident(), status: 'open', classification: aDiagnosis().classification },
  evidence,
};
const DIAGNOSED: WorkflowFacts = { ...CLASSIFIED, diagnosis: aDiagnosis() };
const ended = (facts: WorkflowFacts, status: WorkflowFacts['incident']['status']): WorkflowFacts => ({
  ...facts,
  incident: { ...facts.incident, status },
});

/** `Gather > Classify > *Analyze`: the states of the way that was taken; `*` is the current one, `!` went wrong. */
function wayOf(facts: WorkflowFacts): string {
  const { states, taken } = workflowPath(facts);
  const marks = new Map(states.map(({ id, state }) => [id, state === 'current' ? '*' : state === 'failed' ? '!' : '']));
  const [first] = taken;
  const way =
    first === undefined ? states.filter(({ state }) => state === 'current').map(({ id }) => id) : [first.from];
  for (const { from, to } of taken) way.push(...(way.at(-1) === from ? [to] : [from, to]));
  return way.map((id) => `${marks.get(id)}${id}`).join(' > ');
}

const BEFORE = 'Gather > Classify > Analyze > Plan';

describe('the way of an incident through the workflow', () => {
  it.each<[string, WorkflowFacts, string]>([
    ['a new incident: its logs are read', NEW, '*Gather'],
    ['logs read', { ...NEW, evidence }, 'Gather > *Classify'],
    ['classified', CLASSIFIED, 'Gather > Classify > *Analyze'],
    ['the same failure as another one', ended(CLASSIFIED, 'linked'), 'Gather > Classify > Record'],
    ['diagnosed', DIAGNOSED, 'Gather > Classify > Analyze > *Plan'],
    [
      'a person is asked',
      { ...DIAGNOSED, plans: [plan('approve')], approvals: [approval('pending')] },
      `${BEFORE} > *Approve`,
    ],
    [
      'approved',
      { ...DIAGNOSED, plans: [plan('approve')], approvals: [approval('approved')] },
      `${BEFORE} > Approve > *Guard`,
    ],
    [
      'rejected',
      ended({ ...DIAGNOSED, plans: [plan('approve')], approvals: [approval('rejected')] }, 'escalated'),
      `${BEFORE} > !Approve > Escalate > Record`,
    ],
    [
      'nobody answered',
      ended({ ...DIAGNOSED, plans: [plan('approve')], approvals: [approval('pending')] }, 'escalated'),
      `${BEFORE} > !Approve > Escalate > Record`,
    ],
    ['an experiment waits', { ...DIAGNOSED, plans: [plan('hold', null)] }, `${BEFORE} > *Hold`],
    [
      'healthy again after an experiment waited',
      ended({ ...DIAGNOSED, plans: [plan('hold', null), plan('recovered', null)] }, 'resolved'),
      `${BEFORE} > Hold > Plan > Record`,
    ],
    ['acting', { ...DIAGNOSED, plans: [plan('act')], actions: [action('intended')] }, `${BEFORE} > Guard > *Act`],
    [
      'being verified',
      { ...DIAGNOSED, plans: [plan('act')], actions: [action('done')] },
      `${BEFORE} > Guard > Act > *Verify`,
    ],
    [
      'healed',
      ended({ ...DIAGNOSED, plans: [plan('act')], actions: [action('done', 'recovered')] }, 'resolved'),
      `${BEFORE} > Guard > Act > Verify > Record`,
    ],
    [
      'being undone',
      { ...DIAGNOSED, plans: [plan('act')], actions: [action('undo-intended', 'failed')] },
      `${BEFORE} > Guard > Act > !Verify > *Undo`,
    ],
    [
      'did not help, and nothing else is allowed',
      ended({ ...DIAGNOSED, plans: [plan('act')], actions: [action('undone', 'failed')] }, 'escalated'),
      `${BEFORE} > Guard > Act > !Verify > Undo > Escalate > Record`,
    ],
    [
      'could not be undone',
      ended({ ...DIAGNOSED, plans: [plan('act')], actions: [action('undo-failed', 'failed')] }, 'escalated'),
      `${BEFORE} > Guard > Act > !Verify > !Undo > Escalate > Record`,
    ],
    [
      'refused, then planned again',
      { ...DIAGNOSED, plans: [plan('act')], actions: [action('refused')] },
      'Gather > Classify > Analyze > *Plan > Guard > !Act > *Plan',
    ],
    [
      'the guard let nothing be done',
      ended({ ...DIAGNOSED, plans: [plan('act')] }, 'escalated'),
      `${BEFORE} > !Guard > Escalate > Record`,
    ],
    ['nothing safe to do', ended({ ...DIAGNOSED, plans: [plan('suggest', null)] }, 'suggested'), `${BEFORE} > Record`],
    [
      'handed over',
      ended({ ...DIAGNOSED, plans: [plan('escalate', null)] }, 'escalated'),
      `${BEFORE} > Escalate > Record`,
    ],
    ['logs could not be read', ended(NEW, 'escalated'), '!Gather > Escalate > Record'],
    ['a member of a storm has none', ended(NEW, 'grouped'), ''],
  ])('%s', (_what, facts, way) => {
    expect(wayOf(facts)).toBe(way);
  });

  it('goes back to the plan after what did not help was undone, and says in which round it is', () => {
    const { states, taken } = workflowPath({
      ...DIAGNOSED,
      plans: [plan('act', 'a'), plan('approve', 'b')],
      approvals: [approval('pending', 'b')],
      actions: [action('undone', 'failed', 'a')],
    });
    expect(taken.slice(-2)).toEqual([
      { from: 'Undo', to: 'Plan' },
      { from: 'Plan', to: 'Approve' },
    ]);
    expect(states.find(({ id }) => id === 'Plan')?.words).toBe('round 2: ask first');
  });

  it('tells what may still come from what cannot come any more', () => {
    const at = (facts: WorkflowFacts, id: string) => workflowPath(facts).states.find((one) => one.id === id)?.state;
    expect(['Hold', 'Undo', 'Escalate'].map((id) => at(DIAGNOSED, id))).toEqual(['ahead', 'ahead', 'ahead']);
    const escalating = { ...DIAGNOSED, plans: [plan('escalate', null)] };
    expect(['Guard', 'Undo', 'Record'].map((id) => at(escalating, id))).toEqual(['skipped', 'skipped', 'ahead']);
    expect(at(ended(escalating, 'escalated'), 'Guard')).toBe('skipped');
  });

  it('names every state once, takes only edges of the definition, and is at one state at most, at none once it has ended', () => {
    const known = new Set(HEAL_EDGES.map(({ from, to }) => `${from} ${to}`));
    for (const decision of ['act', 'approve', 'suggest', 'escalate', 'recovered', 'hold'] as const) {
      for (const approvals of [[], [approval('pending')], [approval('rejected')], [approval('approved')]]) {
        for (const state of [
          'intended',
          'done',
          'unknown',
          'refused',
          'undo-intended',
          'undone',
          'undo-failed',
        ] as const) {
          for (const verified of [null, 'recovered', 'advanced', 'failed'] as const) {
            const facts = { ...DIAGNOSED, plans: [plan(decision)], approvals, actions: [action(state, verified)] };
            for (const [of, most] of [
              [facts, 1],
              [ended(facts, 'escalated'), 0],
            ] as const) {
              const { states, taken } = workflowPath(of);
              expect(states.map(({ id }) => id)).toEqual([...HEAL_STATES]);
              expect(states.filter((one) => one.state === 'current').length).toBe(most);
              for (const { from, to } of taken) expect(known).toContain(`${from} ${to}`);
            }
          }
        }
      }
    }
  });
});
