import { afterAll, describe, expect, it } from 'vitest';
import { removeFolders } from '../../../packages/local-cloud/test/workflow/harness.ts';
import { aPlan, broken, DIGEST, ENDING, heal, inputOf, UNTIL_PLAN } from './heal-runner.ts';

afterAll(removeFolders);

describe('an action that needs an approval', () => {
  const script = { plan: aPlan({ decision: 'approve', approvalSeconds: 60 }) };

  it('is executed after a person said yes to exactly this plan', async () => {
    const healed = await heal({ script, approval: ({ digest }) => ({ approved: true, digest, by: 'approver' }) });
    expect(healed.calls).toEqual([
      ...UNTIL_PLAN,
      'Notify',
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
    expect(healed.calls).toEqual([...UNTIL_PLAN, 'Notify', 'RequestApproval', 'Escalate', ...ENDING]);
  });

  it('goes to a human when nobody answers in time', async () => {
    const healed = await heal({ script: { plan: aPlan({ decision: 'approve', approvalSeconds: 5 }) } });
    expect(healed.calls).toEqual([...UNTIL_PLAN, 'Notify', 'RequestApproval', 'Escalate', ...ENDING]);
    expect(inputOf(healed, 'Escalate')?.reason).toMatch(/in time/);
  });
});

describe('an action that does not go as planned', () => {
  it('is not executed without the guard: a run becomes a proposal that says why, anything else goes to a human', async () => {
    const refused = { lease: null, reasons: ['The kill switch is on.'] };
    const run = await heal({ script: { guard: { ...refused, next: 'suggest' } } });
    expect(run.calls).toEqual([...UNTIL_PLAN, 'Guard', ...ENDING]);
    expect(inputOf(run, 'Record')).toMatchObject({ outcome: 'suggested', reason: 'The kill switch is on.' });
    const service = await heal({
      script: { guard: { ...refused, next: 'escalate' }, plan: aPlan({ family: 'lambda' }) },
    });
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

  it('is polled as long as the verification says that it is pending, and undone when it failed', async () => {
    const pending = { state: 'pending' as const, summary: 'Still running.' };
    const verify = [pending, pending, { state: 'failed' as const, summary: 'It did not recover in time.' }];
    const healed = await heal({ script: { plan: aPlan({ isLast: true }), verify } });
    const polls = healed.calls.flatMap((name, index) => (name === 'Verify' ? [healed.inputs[index]?.poll] : []));
    expect(polls).toEqual([0, 1, 2]);
    expect(healed.calls.slice(-4)).toEqual(['Undo', 'Escalate', ...ENDING]);
  });

  it.each([
    ['did not help', { verify: { state: 'failed', summary: 'Still red.' } }],
    ['was refused', { act: { state: 'refused', summary: 'Still red.' } }],
    ['only prepared another', { verify: { state: 'advanced', summary: 'Still red.' } }],
  ] as const)('ends with a human after the last action allowed, when that %s', async (_what, answers) => {
    const plan = [aPlan(), aPlan({ actionId: 'other', isLast: true })];
    const healed = await heal({ script: { plan, ...answers } });
    expect(healed.calls.filter((name) => name === 'ActGithub')).toHaveLength(2);
    expect(inputOf(healed, 'Escalate')?.reason).toMatch(/No further action.*Still red\./);
    expect(healed.output).toMatchObject({ tried: ['rerun-failed-jobs', 'other'] });
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
