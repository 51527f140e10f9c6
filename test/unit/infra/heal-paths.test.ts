import { afterAll, describe, expect, it } from 'vitest';
import { ActionFamily } from '#shared/domain/plan/bound-action.ts';
import { removeFolders } from '#test/unit/local/workflow/harness.ts';
import { actOf, aPlan, broken, DIGEST, ENDING, heal, inputOf, retryable, UNTIL_PLAN } from './heal-runner.ts';

afterAll(removeFolders);

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

  it.each(ActionFamily.options.map((family) => [family, actOf(family)]))(
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
    expect(healed.calls).toEqual(['Load', 'Gather', 'Classify', 'Record']);
    expect(inputOf(healed, 'Record')).toMatchObject({ outcome: 'linked', parentId: duplicateOf });
  });

  it('goes on without what is known and without a baseline when those cannot be read', async () => {
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
