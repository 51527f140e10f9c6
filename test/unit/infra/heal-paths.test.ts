import { afterAll, describe, expect, it } from 'vitest';
import { ActionFamily } from '#shared/domain/plan/bound-action.ts';
import { failing, removeFolders } from '../../../packages/local-cloud/test/workflow/harness.ts';
import { actOf, aPlan, broken, DIGEST, ENDING, heal, INCIDENT, inputOf, retryable, UNTIL_PLAN } from './heal-runner.ts';

afterAll(removeFolders);

const HEALED = [...UNTIL_PLAN, 'Guard', 'ActGithub', 'Notify', 'Verify', ...ENDING];
const CLOSED_OR_STORM = { class: null, verdict: null, confidence: null, duplicateOf: null };
const STORM = { ...CLOSED_OR_STORM, next: 'escalate' as const, status: 'open', reason: 'They are many.' };

describe('an incident on its way through the workflow', () => {
  it('is healed by an action that helps, and people hear of it', async () => {
    const healed = await heal();
    expect(healed.calls).toEqual(HEALED);
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
    const plans = [inputOf(healed, 'Plan'), inputOf(healed, 'Plan', 1)];
    expect(plans).toMatchObject([
      { tried: [], held: false },
      { tried: [], held: true },
    ]);
    expect(healed.output).toMatchObject({ outcome: 'resolved', tried: ['rerun-failed-jobs'] });
  });

  it('that was closed meanwhile is left alone', async () => {
    const classify = { ...CLOSED_OR_STORM, next: 'stop' as const, status: 'resolved', reason: 'It was closed.' };
    const healed = await heal({ script: { classify } });
    expect(healed.calls).toEqual(['Gather', 'Classify']);
    expect(healed.output).toMatchObject({ outcome: 'resolved', reason: 'It was closed.' });
  });

  it('that stands for a storm goes to a human without a diagnosis', async () => {
    const healed = await heal({ script: { classify: STORM } });
    expect(healed.calls).toEqual(['Gather', 'Classify', 'Escalate', ...ENDING]);
    expect(healed.output).toMatchObject({ outcome: 'escalated', reason: 'They are many.' });
  });

  it('that is open already is linked to the open one', async () => {
    const duplicateOf = 'gh-9876543210';
    const same = { next: 'link' as const, reason: 'The same failure.', duplicateOf };
    const link = { ...same, status: 'open', class: 'unknown', verdict: 'unknown', confidence: 0 };
    const healed = await heal({ script: { classify: link } });
    expect(healed.calls).toEqual(['Gather', 'Classify', 'Record']);
    expect(inputOf(healed, 'Record')).toMatchObject({ outcome: 'linked', parentId: duplicateOf });
    expect(healed.output).toMatchObject({ outcome: 'linked', reason: 'The same failure.' });
  });

  it('goes on without what is known when that cannot be read', async () => {
    const healed = await heal({ script: { knowledge: broken() } });
    expect(inputOf(healed, 'Analyze')).toMatchObject({ knowledgeId: null, useModel: true });
    expect(healed.output).toMatchObject({ outcome: 'resolved' });
  });

  it.each([true, false])('asks the model, or does not, as the search for what is known says: %s', async (useModel) => {
    const healed = await heal({ script: { knowledge: { matchId: 'known-1', useModel, similar: 1 } } });
    expect(inputOf(healed, 'Analyze')).toMatchObject({ knowledgeId: 'known-1', useModel });
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
  const STEPS_TO_A_HUMAN = ['gather', 'classify', 'analyze', 'plan', 'guard', 'verify'] as const;

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

  it('to gather, in spite of all tries, leaves out what cannot be read', async () => {
    const gather = [...Array.from({ length: 6 }, retryable), { lines: 1, sources: 1, notes: [] }];
    const healed = await heal({ script: { gather } });
    expect(healed.calls).toEqual([...Array.from({ length: 6 }, () => 'Gather'), ...HEALED]);
    expect([inputOf(healed, 'Gather', 5), inputOf(healed, 'Gather', 6)]).toMatchObject([
      { acceptGaps: false },
      { acceptGaps: true },
    ]);
    expect(healed.output).toMatchObject({ incidentId: INCIDENT, outcome: 'resolved' });
  });

  it('to gather what cannot be left out either, goes to a human', async () => {
    const healed = await heal({ script: { gather: [...Array.from({ length: 6 }, retryable), broken()] } });
    expect(inputOf(healed, 'Escalate')).toMatchObject({ reason: 'The step Gather failed.', error: 'CorruptRecord' });
    expect(healed.output).toMatchObject({ incidentId: INCIDENT, outcome: 'escalated' });
  });

  it('because GitHub limits requests, waits and is tried again', async () => {
    const act = [failing('RateLimited'), { state: 'done' as const, summary: 'Re-run.' }];
    const healed = await heal({ script: { act } });
    expect(healed.calls.filter((name) => name === 'ActGithub')).toHaveLength(2);
    expect(healed.output).toMatchObject({ outcome: 'resolved' });
  });

  it.each(['escalate', 'record', 'notify'] as const)('%s: the machine itself mails a human and fails', async (step) => {
    const healed = await heal({ script: { classify: STORM, [step]: broken() } });
    const name = step[0]?.toUpperCase() + step.slice(1);
    expect(healed).toMatchObject({ status: 'FAILED', error: 'WorkflowFailed' });
    expect(healed.published).toEqual([
      {
        TopicArn: 'EscalationTopicArn',
        Subject: '[Selfheal] The workflow failed: gh-0123456789',
        Message: expect.stringContaining(`failed at ${name} with CorruptRecord`),
      },
    ]);
  });

  it('notify: GitHub that stays gone leads to one more try, which is told since when and how often it was tried', async () => {
    const plan = aPlan({
      decision: 'suggest',
      reasons: ['No safe action fits.'],
      digest: null,
      actionId: null,
      family: null,
    });
    const unreachable = Array.from({ length: 6 }, () => failing('Unreachable', '503'));
    const healed = await heal({ script: { plan, notify: [...unreachable, null] } });
    expect(healed.output).toMatchObject({ outcome: 'suggested' });
    expect(inputOf(healed, 'Notify', 5)).toMatchObject({ githubGone: null });
    expect(inputOf(healed, 'Notify', 6)).toMatchObject({
      stage: 'final',
      githubGone: { since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/), tries: 6 },
    });
  });

  it('fails also when the last mail cannot be sent', async () => {
    const publish = () => {
      throw broken();
    };
    expect(await heal({ script: { classify: STORM, escalate: broken() }, publish })).toMatchObject({
      status: 'FAILED',
    });
  });
});
