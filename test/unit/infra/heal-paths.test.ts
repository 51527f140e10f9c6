import { afterAll, describe, expect, it } from 'vitest';
import { ActionFamily } from '#shared/domain/remediation/bound-action.ts';
import { removeFolders } from '#test/unit/local/workflow/harness.ts';
import { aPlan, broken, DIGEST, heal, retryable } from './heal-runner.ts';

afterAll(removeFolders);

const BEGINNING = ['Load', 'Gather', 'Classify'];
const CONTEXT = expect.stringMatching(/^(Knowledge|Baseline)$/);
const UNTIL_PLAN = [...BEGINNING, CONTEXT, CONTEXT, 'Analyze', 'Plan'];
const ENDING = ['Record', 'Notify'];
const inputOf = ({ calls, inputs }: Awaited<ReturnType<typeof heal>>, name: string, nth = 0) =>
  inputs[calls.flatMap((call, index) => (call === name ? [index] : []))[nth] ?? -1];

describe('an incident on its way through the workflow', () => {
  it('is healed by an action that helps, and people hear of it', async () => {
    const healed = await heal();
    expect(healed.calls).toEqual([...UNTIL_PLAN, 'Guard', 'ActGithub', 'Notify', 'Verify', ...ENDING]);
    expect(healed.output).toEqual({
      incidentId: 'gh-0123456789',
      outcome: 'resolved',
      reason: 'It passed.',
      tried: ['rerun-failed-jobs'],
    });
    expect(inputOf(healed, 'ActGithub')).toMatchObject({ digest: DIGEST, lease: 'lease-1' });
    expect(inputOf(healed, 'Record')).toMatchObject({ outcome: 'resolved', parentId: null });
    expect([inputOf(healed, 'Notify')?.stage, inputOf(healed, 'Notify', 1)?.stage]).toEqual(['acting', 'final']);
  });

  it.each(ActionFamily.options.map((family) => [family, `Act${family[0]?.toUpperCase()}${family.slice(1)}`] as const))(
    'of the family %s is acted on by %s',
    async (family, name) => {
      expect((await heal({ script: { plan: aPlan({ family }) } })).calls).toContain(name);
    },
  );

  it('[C47] that is held back is left alone for that long, and then planned and healed as usual', async () => {
    const hold = aPlan({ decision: 'hold', digest: null, actionId: null, family: null, verifyIntervalSeconds: 900 });
    const healed = await heal({ script: { plan: [hold, aPlan()] } });
    expect(healed.calls).toEqual([...UNTIL_PLAN, 'Plan', 'Guard', 'ActGithub', 'Notify', 'Verify', ...ENDING]);
    expect(inputOf(healed, 'Plan', 1)).toMatchObject({ tried: ['hold'] });
    expect(healed.output).toMatchObject({ outcome: 'resolved', tried: ['hold', 'rerun-failed-jobs'] });
  });

  it('[C47] that is held back may try as many actions as any other', async () => {
    const hold = aPlan({ decision: 'hold', digest: null, actionId: null, family: null });
    const healed = await heal({
      script: {
        load: { kind: 'alarm', status: 'open', maxActions: 1 },
        plan: [hold, aPlan({ family: 'lambda' })],
        verify: { state: 'failed', summary: 'No.' },
      },
    });
    expect(healed.calls.filter((name) => name === 'ActLambda')).toHaveLength(1);
    expect(healed.output).toMatchObject({ outcome: 'escalated' });
  });

  it('that was closed meanwhile is left alone', async () => {
    const healed = await heal({ script: { load: { kind: 'alarm', status: 'resolved', maxActions: 2 } } });
    expect(healed.calls).toEqual(['Load']);
    expect(healed.output).toMatchObject({ outcome: 'resolved' });
  });

  it('that stands for a storm goes to a human without a diagnosis', async () => {
    const healed = await heal({ script: { load: { kind: 'storm', status: 'open', maxActions: 2 } } });
    expect(healed.calls).toEqual(['Load', 'Escalate', ...ENDING]);
    expect(healed.output).toMatchObject({ outcome: 'escalated' });
  });

  it('that is open already is linked to the open one', async () => {
    const duplicateOf = 'gh-9876543210';
    const classify = { class: 'unknown', verdict: 'unknown', confidence: 0, duplicateOf };
    const healed = await heal({ script: { classify } });
    expect(healed.calls).toEqual([...BEGINNING, 'Record']);
    expect(inputOf(healed, 'Record')).toMatchObject({ outcome: 'linked', parentId: duplicateOf });
  });

  it('[B91] goes on without what is known and without a baseline when those cannot be read', async () => {
    const healed = await heal({ script: { knowledge: broken(), baseline: broken() } });
    expect(inputOf(healed, 'Analyze')).toMatchObject({ knowledgeId: null, useModel: true, preExisting: null });
    expect(healed.output).toMatchObject({ outcome: 'resolved' });
  });

  it.each([
    [0.85, false],
    [0.84, true],
  ])('with a known fix of confidence %d asks the model: %s', async (matchConfidence, useModel) => {
    const healed = await heal({ script: { knowledge: { matchId: 'known-1', matchConfidence, similar: 1 } } });
    expect(inputOf(healed, 'Analyze')).toMatchObject({ knowledgeId: 'known-1', useModel, preExisting: false });
  });

  it.each([
    ['suggest', 'suggested'],
    ['recovered', 'resolved'],
  ] as const)('is recorded without an action when the plan says %s', async (decision, outcome) => {
    const healed = await heal({ script: { plan: aPlan({ decision, digest: null, actionId: null, family: null }) } });
    expect(healed.calls).toEqual([...UNTIL_PLAN, ...ENDING]);
    expect(inputOf(healed, 'Record')).toMatchObject({ outcome, reason: 'It fits. It is safe.' });
  });

  it('without a safe action goes to a human, with the reasons', async () => {
    const plan = aPlan({
      decision: 'escalate',
      reasons: ['No action fits.'],
      digest: null,
      actionId: null,
      family: null,
    });
    const healed = await heal({ script: { plan } });
    expect(healed.calls).toEqual([...UNTIL_PLAN, 'Escalate', ...ENDING]);
    expect(inputOf(healed, 'Escalate')).toMatchObject({ reason: 'No action fits.', error: null });
    expect(inputOf(healed, 'Record')).toMatchObject({ outcome: 'escalated' });
  });
});

describe('an action that needs an approval', () => {
  const script = { plan: aPlan({ decision: 'approve', approvalSeconds: 60 }) };

  it('is executed after a person said yes to exactly this plan', async () => {
    const healed = await heal({ script, approval: ({ digest }) => ({ approved: true, digest, by: 'approver' }) });
    expect(healed.calls).toEqual([
      ...UNTIL_PLAN,
      'RequestApproval',
      'Guard',
      'ActGithub',
      'Notify',
      'Verify',
      ...ENDING,
    ]);
    expect(inputOf(healed, 'RequestApproval')).toMatchObject({ digest: DIGEST, expiresInSeconds: 60 });
  });

  it.each([
    ['no', { approved: false, digest: DIGEST, by: 'approver' }],
    ['yes to another plan', { approved: true, digest: 'e'.repeat(64), by: 'approver' }],
    ['something else', { approved: 'yes', digest: DIGEST, by: 'approver' }],
  ])('goes to a human when the answer is %s', async (_answer, answer) => {
    const healed = await heal({ script, approval: () => answer });
    expect(healed.calls).toEqual([...UNTIL_PLAN, 'RequestApproval', 'Escalate', ...ENDING]);
  });

  it('goes to a human when nobody answers in time', async () => {
    const healed = await heal({ script: { plan: aPlan({ decision: 'approve', approvalSeconds: 5 }) } });
    expect(healed.calls).toEqual([...UNTIL_PLAN, 'RequestApproval', 'Escalate', ...ENDING]);
    expect(inputOf(healed, 'Escalate')?.reason).toMatch(/in time/);
  });
});

describe('an action that does not go as planned', () => {
  it('is not executed without the guard: a run becomes a proposal that says why, anything else goes to a human', async () => {
    const guard = { granted: false, lease: null, reasons: ['The kill switch is on.'] };
    const run = await heal({ script: { guard } });
    expect(run.calls).toEqual([...UNTIL_PLAN, 'Guard', ...ENDING]);
    expect(inputOf(run, 'Record')).toMatchObject({ outcome: 'suggested', reason: 'The kill switch is on.' });
    const service = await heal({ script: { guard, plan: aPlan({ family: 'lambda' }) } });
    expect(service.calls).toEqual([...UNTIL_PLAN, 'Guard', 'Escalate', ...ENDING]);
    expect(inputOf(service, 'Escalate')).toMatchObject({ reason: 'The kill switch is on.' });
  });

  it('goes to a human, untouched, when its outcome is unknown', async () => {
    const healed = await heal({ script: { act: { state: 'unknown', summary: 'The answer was lost.' } } });
    expect(healed.calls).toEqual([...UNTIL_PLAN, 'Guard', 'ActGithub', 'Escalate', ...ENDING]);
    expect(inputOf(healed, 'Escalate')?.reason).toMatch(/not known.*The answer was lost\./);
  });

  it('goes to a human, never a second time to the function, when the function dies', async () => {
    const healed = await heal({ script: { act: Object.assign(new Error('exit'), { name: 'Runtime.ExitError' }) } });
    expect(healed.calls.filter((name) => name === 'ActGithub')).toHaveLength(1);
    expect(inputOf(healed, 'Escalate')).toMatchObject({ error: 'Runtime.ExitError' });
  });

  it('makes room for the next plan when it is refused, without an undo', async () => {
    const plan = [aPlan(), aPlan({ actionId: 'other' })];
    const act = [
      { state: 'refused' as const, summary: 'Somebody was faster.' },
      { state: 'done' as const, summary: 'Done.' },
    ];
    const healed = await heal({ script: { plan, act } });
    expect(healed.calls).not.toContain('Undo');
    expect(inputOf(healed, 'Plan', 1)).toMatchObject({ tried: ['rerun-failed-jobs'] });
    expect(healed.output).toMatchObject({ outcome: 'resolved', tried: ['rerun-failed-jobs', 'other'] });
  });

  it('is undone when it did not help, and the next plan knows what was tried', async () => {
    const plan = [aPlan(), aPlan({ actionId: 'other' })];
    const verify = [
      { state: 'failed' as const, summary: 'Still red.' },
      { state: 'recovered' as const, summary: 'Green.' },
    ];
    const healed = await heal({ script: { plan, verify } });
    const round = ['Guard', 'ActGithub', 'Notify', 'Verify'];
    expect(healed.calls).toEqual([...UNTIL_PLAN, ...round, 'Undo', 'Plan', ...round, ...ENDING]);
    expect(inputOf(healed, 'Plan', 1)).toMatchObject({ tried: ['rerun-failed-jobs'] });
    expect(inputOf(healed, 'Verify', 1)).toMatchObject({ poll: 0 });
  });

  it('is polled as often as the plan says, then counts as failed and is undone', async () => {
    const verify = { state: 'pending' as const, summary: 'Still running.' };
    const healed = await heal({ script: { load: { kind: 'alarm', status: 'open', maxActions: 1 }, verify } });
    const polls = healed.calls.flatMap((name, index) => (name === 'Verify' ? [healed.inputs[index]?.poll] : []));
    expect(polls).toEqual([0, 1, 2]);
    expect(healed.calls.slice(-4)).toEqual(['Undo', 'Escalate', ...ENDING]);
  });

  it('ends with a human after the last action allowed', async () => {
    const verify = { state: 'failed' as const, summary: 'Still red.' };
    const healed = await heal({ script: { verify } });
    expect(healed.calls.filter((name) => name === 'ActGithub')).toHaveLength(2);
    expect(inputOf(healed, 'Escalate')?.reason).toMatch(/No further action.*Still red\./);
  });

  it('goes to a human when it cannot be undone', async () => {
    const undo = { state: 'failed' as const, summary: 'The alias is gone.' };
    const healed = await heal({ script: { verify: { state: 'failed', summary: 'Still red.' }, undo } });
    expect(healed.calls.filter((name) => name === 'Plan')).toHaveLength(1);
    expect(inputOf(healed, 'Escalate')).toMatchObject({ reason: 'The alias is gone.' });
  });

  it('is verified although its announcement failed', async () => {
    const healed = await heal({ script: { notify: [broken(), null] } });
    expect(healed.output).toMatchObject({ outcome: 'resolved' });
  });
});

describe('a step that fails', () => {
  const STEPS_TO_A_HUMAN = ['load', 'gather', 'classify', 'analyze', 'plan', 'guard', 'verify'] as const;

  it.each(STEPS_TO_A_HUMAN)('%s: a human hears which step failed and with what', async (step) => {
    const healed = await heal({ script: { [step]: broken() } });
    const name = step[0]?.toUpperCase() + step.slice(1);
    expect(inputOf(healed, 'Escalate')).toMatchObject({ reason: `The step ${name} failed.`, error: 'CorruptRecord' });
    expect(healed.output).toMatchObject({ outcome: 'escalated' });
  });

  it('is tried again as long as it says that this helps', async () => {
    const gather = [retryable(), retryable(), { lines: 1, sources: 1, notes: [] }];
    const healed = await heal({ script: { gather } });
    expect(healed.calls.filter((name) => name === 'Gather')).toHaveLength(3);
    expect(healed.output).toMatchObject({ outcome: 'resolved' });
  });

  it.each(['escalate', 'record', 'notify'] as const)('%s: the machine itself mails a human and fails', async (step) => {
    const load = { kind: 'storm' as const, status: 'open', maxActions: 1 };
    const healed = await heal({ script: { load, [step]: broken() } });
    const name = step[0]?.toUpperCase() + step.slice(1);
    expect(healed).toMatchObject({ status: 'FAILED', error: 'WorkflowFailed' });
    expect(healed.published).toEqual([
      {
        TopicArn: 'EscalationTopicArn',
        Subject: 'Selfheal failed: gh-0123456789',
        Message: expect.stringContaining(`failed at ${name} with CorruptRecord`),
      },
    ]);
  });

  it('fails also when the last mail cannot be sent', async () => {
    const load = { kind: 'storm' as const, status: 'open', maxActions: 1 };
    const publish = () => {
      throw broken();
    };
    expect(await heal({ script: { load, escalate: broken() }, publish })).toMatchObject({ status: 'FAILED' });
  });
});
