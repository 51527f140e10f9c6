import { describe, expect, it } from 'vitest';
import { STORY_STEPS, type WorkflowFacts, workflowSteps } from '#shared/app/incidents/workflow-steps.ts';
import type { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { Approval } from '#shared/ports/incident-store.ts';
import { aDiagnosis, anIncident } from '#test/builders/index.ts';

const AT = '2026-11-23T12:00:00.000Z';
const evidence: WorkflowFacts['evidence'] = { version: 1, incidentId: 'gh-1', gatheredAt: AT, sources: [], notes: [] };
const plan = (decision: PlanRecord['decision']) => ({ madeAt: AT, decision }) as PlanRecord;
const approval = (state: Approval['state']) =>
  ({ state, requestedAt: AT, decidedBy: state === 'pending' ? null : 'ada' }) as Approval;
const action = (state: string, verified: string | null = null) =>
  ({ state, verified, intendedAt: AT, receipt: null }) as WorkflowFacts['actions'][number];
const NEW: WorkflowFacts = {
  incident: { ...anIncident(), status: 'open', classification: null },
  evidence: null,
  diagnosis: null,
  plans: [],
  approvals: [],
  actions: [],
};
const DIAGNOSED: WorkflowFacts = {
  ...NEW,
  incident: { ...anIncident(), status: 'open', classification: aDiagnosis().classification },
  evidence,
  diagnosis: aDiagnosis(),
};
const ended = (facts: WorkflowFacts, status: 'resolved' | 'escalated' | 'suggested'): WorkflowFacts => ({
  ...facts,
  incident: { ...facts.incident, status },
});

/** One letter for each step: done, current, failed, skipped, ahead. */
const lettersOf = (facts: WorkflowFacts) =>
  workflowSteps(facts)
    .map(({ state }) => state.charAt(0))
    .join('');

describe('where a workflow is', () => {
  it('names the steps in the order in which they come', () => {
    expect(workflowSteps(NEW).map(({ id }) => id)).toEqual([...STORY_STEPS]);
  });

  it.each<[string, WorkflowFacts, string]>([
    ['a new incident: its logs are read', NEW, 'dcaaaaaaa'],
    ['logs read', { ...NEW, evidence }, 'ddcaaaaaa'],
    ['diagnosed', DIAGNOSED, 'ddddcaaaa'],
    ['a person is asked', { ...DIAGNOSED, plans: [plan('approve')], approvals: [approval('pending')] }, 'dddddcaaa'],
    [
      'rejected',
      ended({ ...DIAGNOSED, plans: [plan('approve')], approvals: [approval('rejected')] }, 'escalated'),
      'dddddfssd',
    ],
    [
      'nobody answered',
      ended({ ...DIAGNOSED, plans: [plan('approve')], approvals: [approval('pending')] }, 'escalated'),
      'dddddfssd',
    ],
    ['acting without asking', { ...DIAGNOSED, plans: [plan('act')], actions: [action('intended')] }, 'dddddscaa'],
    ['being verified', { ...DIAGNOSED, plans: [plan('act')], actions: [action('done')] }, 'dddddsdca'],
    [
      'healed',
      ended({ ...DIAGNOSED, plans: [plan('act')], actions: [action('done', 'recovered')] }, 'resolved'),
      'dddddsddd',
    ],
    [
      'did not help',
      ended({ ...DIAGNOSED, plans: [plan('act')], actions: [action('undone', 'failed')] }, 'escalated'),
      'dddddsffd',
    ],
    ['nothing safe to do', ended({ ...DIAGNOSED, plans: [plan('suggest')] }, 'suggested'), 'dddddsssd'],
    ['logs could not be read', ended(NEW, 'escalated'), 'dsssssssd'],
  ])('%s', (_what, facts, letters) => {
    expect(lettersOf(facts)).toBe(letters);
  });

  it('is at one step at most, and at none once it has ended', () => {
    for (const plans of [[], [plan('approve')]]) {
      for (const approvals of [[], [approval('pending')], [approval('approved')]]) {
        for (const actions of [[], [action('intended')], [action('done')], [action('done', 'failed')]]) {
          const facts = { ...DIAGNOSED, plans, approvals, actions };
          const current = (of: WorkflowFacts) => workflowSteps(of).filter(({ state }) => state === 'current').length;
          expect(current(facts)).toBeLessThanOrEqual(1);
          expect(current(ended(facts, 'escalated'))).toBe(0);
        }
      }
    }
  });

  it('says in which round the plan is', () => {
    const [, , , , planned] = workflowSteps({ ...DIAGNOSED, plans: [plan('act'), plan('approve')] });
    expect(planned?.words).toBe('round 2: ask first');
  });
});
