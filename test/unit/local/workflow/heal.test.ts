import { afterAll, describe, expect, it } from 'vitest';
import { ActionFamily } from '#shared/domain/plan/bound-action.ts';
import type { StepOutput } from '#shared/domain/workflow/steps.ts';
import {
  actOf,
  aPlan,
  DIGEST,
  heal,
  INCIDENT,
  type Script,
  stepNameOf,
  UNTIL_PLAN,
} from '#test/unit/infra/heal-runner.ts';
import { failing, removeFolders } from './harness.ts';

afterAll(removeFolders);

const NOTHING_TO_DO = { digest: null, actionId: null, family: null };
const GATHERED: StepOutput<'gather'> = { lines: 10, sources: 1, notes: [] };
const ACTED = ['Guard', 'ActGithub', 'Notify'];
const ESCALATED = ['Escalate', 'Record', 'Notify'];
const verdicts = (...states: StepOutput<'verify'>['state'][]) =>
  states.map((state) => ({ state, summary: `it is ${state}` }));

const PATHS: readonly [what: string, script: Script, calls: readonly string[] | null, outcome: string][] = [
  ['acts, verifies and records', {}, [...UNTIL_PLAN, ...ACTED, 'Verify', 'Record', 'Notify'], 'resolved'],
  [
    'goes on verifying while it is pending',
    { verify: verdicts('pending', 'recovered') },
    [...UNTIL_PLAN, ...ACTED, 'Verify', 'Verify', 'Record', 'Notify'],
    'resolved',
  ],
  [
    'undoes what did not help, tries the next plan, and then asks a human',
    { verify: verdicts('failed') },
    [...UNTIL_PLAN, ...ACTED, 'Verify', 'Undo', 'Plan', ...ACTED, 'Verify', 'Undo', ...ESCALATED],
    'escalated',
  ],
  [
    'a verification that never ends is a failed one',
    {
      verify: verdicts('pending'),
      load: { kind: 'alarm', status: 'open', maxActions: 1 },
      plan: aPlan({ verifyMaxPolls: 2 }),
    },
    [...UNTIL_PLAN, ...ACTED, 'Verify', 'Verify', 'Undo', ...ESCALATED],
    'escalated',
  ],
  [
    'an undo that fails goes to a human',
    { verify: verdicts('failed'), undo: { state: 'failed', summary: 'it is failed' } },
    null,
    'escalated',
  ],
  [
    'a suggestion is recorded, not done',
    { plan: aPlan({ decision: 'suggest', ...NOTHING_TO_DO }) },
    [...UNTIL_PLAN, 'Record', 'Notify'],
    'suggested',
  ],
  [
    'what is healthy again needs nothing',
    { plan: aPlan({ decision: 'recovered', ...NOTHING_TO_DO }) },
    [...UNTIL_PLAN, 'Record', 'Notify'],
    'resolved',
  ],
  [
    'no plan goes to a human',
    { plan: aPlan({ decision: 'escalate', ...NOTHING_TO_DO }) },
    [...UNTIL_PLAN, ...ESCALATED],
    'escalated',
  ],
  [
    'a storm goes to a human',
    { load: { kind: 'storm', status: 'open', maxActions: 2 } },
    ['Load', ...ESCALATED],
    'escalated',
  ],
  [
    'a duplicate is linked',
    { classify: { class: 'flaky_tests', verdict: 'flaky', confidence: 1, duplicateOf: 'gh-9876543210' } },
    ['Load', 'Gather', 'Classify', 'Record'],
    'linked',
  ],
  [
    'a closed incident is left alone',
    { load: { kind: 'alarm', status: 'resolved', maxActions: 2 } },
    ['Load'],
    'resolved',
  ],
  [
    'a guard that refuses does not act',
    { guard: { granted: false, lease: null, reasons: ['frozen'] }, plan: aPlan({ family: 'ecs' }) },
    [...UNTIL_PLAN, 'Guard', ...ESCALATED],
    'escalated',
  ],
  [
    'an unknown outcome of an action goes to a human',
    { act: { state: 'unknown', summary: 'no answer' } },
    [...UNTIL_PLAN, 'Guard', 'ActGithub', ...ESCALATED],
    'escalated',
  ],
  [
    'context that cannot be had is left out',
    { knowledge: failing('Broken'), baseline: failing('Broken') },
    [...UNTIL_PLAN, ...ACTED, 'Verify', 'Record', 'Notify'],
    'resolved',
  ],
  [
    'a retryable error is retried',
    { gather: [failing('Retryable'), failing('Lambda.TooManyRequestsException'), GATHERED] },
    ['Load', 'Gather', 'Gather', ...UNTIL_PLAN.slice(1), ...ACTED, 'Verify', 'Record', 'Notify'],
    'resolved',
  ],
  [
    'what cannot be gathered in spite of all retries is left out',
    { gather: [...Array.from({ length: 6 }, () => failing('Retryable')), GATHERED] },
    [
      'Load',
      ...Array.from({ length: 6 }, () => 'Gather'),
      ...UNTIL_PLAN.slice(1),
      ...ACTED,
      'Verify',
      'Record',
      'Notify',
    ],
    'resolved',
  ],
  [
    'a rate limit of GitHub is waited for',
    { act: [failing('RateLimited'), { state: 'done', summary: 'Re-run.' }] },
    [...UNTIL_PLAN, 'Guard', 'ActGithub', ...ACTED.slice(1), 'Verify', 'Record', 'Notify'],
    'resolved',
  ],
  ['a failed announcement changes nothing', { notify: [failing('Broken'), null] }, null, 'resolved'],
];

describe('the healing workflow', () => {
  it.each(PATHS)('%s', async (_what, script, calls, outcome) => {
    const healed = await heal({ script });
    if (calls) expect(healed.calls).toEqual(calls);
    expect(healed).toMatchObject({ status: 'SUCCEEDED', output: { incidentId: INCIDENT, outcome } });
  });

  it.each(['Load', 'Gather', 'Classify', 'Analyze', 'Plan', 'Guard', 'ActGithub', 'Verify'])(
    'a failing %s goes to a human',
    async (name) => {
      const healed = await heal({ script: { [stepNameOf(name)]: failing('Broken', 'why') } });
      expect(healed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'escalated' } });
      expect(healed.calls.slice(-4)).toEqual([name, ...ESCALATED]);
      expect(healed.inputs[healed.calls.indexOf('Escalate')]).toMatchObject({ error: 'Broken' });
    },
  );

  it.each(['Escalate', 'Record', 'Notify'])('a failing %s ends with a direct message to a human', async (name) => {
    const plan = aPlan({ decision: 'escalate', ...NOTHING_TO_DO });
    const healed = await heal({ script: { plan, [stepNameOf(name)]: failing('Broken') } });
    expect(healed).toMatchObject({ status: 'FAILED', error: 'WorkflowFailed' });
    expect(healed.published).toMatchObject([
      {
        Subject: `Selfheal failed: ${INCIDENT}`,
        Message: expect.stringContaining(`failed at ${name} with Broken`),
      },
    ]);
  });

  it.each(ActionFamily.options.map((family) => [family, actOf(family)] as const))(
    'an action of the family %s is done by %s',
    async (family, name) => {
      expect((await heal({ script: { plan: aPlan({ family }) } })).calls).toContain(name);
    },
  );

  it('tells the next plan what was tried', async () => {
    const plan = [aPlan(), aPlan({ actionId: 'rerun-workflow' })];
    const healed = await heal({ script: { plan, verify: verdicts('failed', 'recovered') } });
    const tried = healed.inputs.filter((_, at) => healed.calls[at] === 'Plan').map((input) => input.tried);
    expect(tried).toEqual([[], ['rerun-failed-jobs']]);
    expect(healed.output).toMatchObject({ tried: ['rerun-failed-jobs', 'rerun-workflow'] });
  });

  it.each([
    ['approval', { approved: true, digest: DIGEST, by: 'approver@example.com' }, 'resolved'],
    ['refusal', { approved: false, digest: DIGEST, by: 'approver@example.com' }, 'escalated'],
    ['approval of another plan', { approved: true, digest: 'b'.repeat(64), by: 'approver@example.com' }, 'escalated'],
  ])('an answered request: %s', async (_what, answer, outcome) => {
    const script = { plan: aPlan({ decision: 'approve' as const, approvalSeconds: 5_000 }) };
    const healed = await heal({ script, approval: () => answer });
    expect(healed.output).toMatchObject({ outcome });
    expect(healed.calls.includes('ActGithub')).toBe(outcome === 'resolved');
  });

  it('a request nobody answers goes to a human', async () => {
    const healed = await heal({ script: { plan: aPlan({ decision: 'approve', approvalSeconds: 10 }) } });
    expect(healed.output).toMatchObject({
      outcome: 'escalated',
      reason: expect.stringContaining('No approval arrived'),
    });
  });
});
