import { afterAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';
import { healDefinition } from '#infra/heal-definition.ts';
import { ActionFamily } from '#shared/domain/remediation/bound-action.ts';
import { STEPS, type StepName } from '#shared/domain/workflow/steps.ts';
import { anEngine, type Engine, failing, removeFolders } from './harness.ts';

afterAll(removeFolders);

const definition: object = healDefinition(FUNCTIONS);
const INCIDENT = 'gh-0123456789abcdef01234567';
const DIGEST = 'a'.repeat(64);

const nameOfAct = (family: string) => `Act${family[0]?.toUpperCase()}${family.slice(1)}`;
const ACTS = ActionFamily.options.map(nameOfAct);

/** Which contract each function of the workflow keeps. */
const CONTRACTS: Readonly<Record<string, StepName>> = {
  Load: 'load',
  Gather: 'gather',
  Classify: 'classify',
  Knowledge: 'knowledge',
  Baseline: 'baseline',
  Analyze: 'analyze',
  Plan: 'plan',
  RequestApproval: 'requestApproval',
  Guard: 'guard',
  ...Object.fromEntries(ACTS.map((name) => [name, 'act' as const])),
  Verify: 'verify',
  Undo: 'undo',
  Escalate: 'escalate',
  Record: 'record',
  Notify: 'notify',
};

const plan = (more: object = {}) => ({
  decision: 'act',
  reasons: ['a known transient failure', 'low risk'],
  digest: DIGEST,
  actionId: 'rerun-failed-jobs',
  family: 'github',
  verifyIntervalSeconds: 1,
  verifyMaxPolls: 2,
  approvalSeconds: 5_000,
  ...more,
});
const nothingToDo = { digest: null, actionId: null, family: null };

/** What each function answers when a case says nothing else. */
const USUAL: Readonly<Record<string, unknown>> = {
  Load: { kind: 'github-run', status: 'open', maxActions: 2 },
  Gather: { lines: 10, sources: 1, notes: [] },
  Classify: { class: 'flaky_tests', verdict: 'flaky', confidence: 0.9, duplicateOf: null },
  Knowledge: { matchId: null, matchConfidence: 0, similar: 0 },
  Baseline: { runs: 10, failureRate: 0.1, preExisting: false },
  Analyze: { source: 'rules', confidence: 0.8 },
  Plan: plan(),
  RequestApproval: null,
  Guard: { granted: true, lease: 'lease-1', reasons: [] },
  ...Object.fromEntries(ACTS.map((name) => [name, { state: 'done', summary: `by ${name}` }])),
  Verify: { state: 'recovered', summary: 'the rerun passed' },
  Undo: { state: 'undone', summary: 'put back' },
  Escalate: null,
  Record: null,
  Notify: null,
};

interface Called {
  readonly name: string;
  readonly payload: Record<string, unknown>;
}

/** Runs the workflow; each function answers from its list, the last answer again and again. */
async function heal(answers: Record<string, unknown[]>, approve?: (engine: Engine, token: string) => Promise<unknown>) {
  const called: Called[] = [];
  const engine: Engine = await anEngine({
    definition,
    timeScale: 0.02,
    runTask: async (_machine, resource, args, { taskToken }) => {
      if (resource.endsWith('sns:publish')) {
        called.push({ name: 'sns', payload: args as Called['payload'] });
        return {};
      }
      const { FunctionName, Payload } = args as { FunctionName: string; Payload: Called['payload'] };
      const name = /^\$\{(\w+)FunctionArn\}$/.exec(FunctionName)?.[1] ?? FunctionName;
      STEPS[CONTRACTS[name]!].input.parse(Payload);
      const list = answers[name] ?? [USUAL[name]];
      const answer = list[Math.min(called.filter((one) => one.name === name).length, list.length - 1)];
      called.push({ name, payload: Payload });
      if (answer instanceof Error) throw answer;
      STEPS[CONTRACTS[name]!].output.parse(answer);
      if (taskToken !== null && approve) await approve(engine, taskToken);
      return { StatusCode: 200, Payload: answer };
    },
  });
  const result = await engine.ended(await engine.start({ incidentId: INCIDENT, attempt: 1 }));
  await engine.step.stop();
  const output = result.output === undefined ? undefined : (JSON.parse(result.output) as Record<string, unknown>);
  return { ...result, output, called, names: called.map((one) => one.name) };
}

const UNTIL_PLAN = ['Load', 'Gather', 'Classify', 'Knowledge', 'Baseline', 'Analyze', 'Plan'];
const ACTED = ['Guard', 'ActGithub', 'Notify'];
const ESCALATED = ['Escalate', 'Record', 'Notify'];
const verdicts = (...states: string[]) => states.map((state) => ({ state, summary: `it is ${state}` }));

describe('the healing workflow', () => {
  it.each([
    ['acts, verifies and records', {}, [...UNTIL_PLAN, ...ACTED, 'Verify', 'Record', 'Notify'], 'resolved'],
    [
      'goes on verifying while it is pending',
      { Verify: verdicts('pending', 'recovered') },
      [...UNTIL_PLAN, ...ACTED, 'Verify', 'Verify', 'Record', 'Notify'],
      'resolved',
    ],
    [
      'undoes what did not help, tries the next plan, and then asks a human',
      { Verify: verdicts('failed') },
      [...UNTIL_PLAN, ...ACTED, 'Verify', 'Undo', 'Plan', ...ACTED, 'Verify', 'Undo', ...ESCALATED],
      'escalated',
    ],
    [
      'a verification that never ends is a failed one',
      { Verify: verdicts('pending'), Load: [{ kind: 'alarm', status: 'open', maxActions: 1 }] },
      [...UNTIL_PLAN, ...ACTED, 'Verify', 'Verify', 'Undo', ...ESCALATED],
      'escalated',
    ],
    ['an undo that fails goes to a human', { Verify: verdicts('failed'), Undo: verdicts('failed') }, null, 'escalated'],
    [
      'a suggestion is recorded, not done',
      { Plan: [plan({ decision: 'suggest', ...nothingToDo })] },
      [...UNTIL_PLAN, 'Record', 'Notify'],
      'suggested',
    ],
    [
      'what is healthy again needs nothing',
      { Plan: [plan({ decision: 'recovered', ...nothingToDo })] },
      [...UNTIL_PLAN, 'Record', 'Notify'],
      'resolved',
    ],
    [
      'no plan goes to a human',
      { Plan: [plan({ decision: 'escalate', ...nothingToDo })] },
      [...UNTIL_PLAN, ...ESCALATED],
      'escalated',
    ],
    [
      'a storm goes to a human',
      { Load: [{ kind: 'storm', status: 'open', maxActions: 2 }] },
      ['Load', ...ESCALATED],
      'escalated',
    ],
    [
      'a duplicate is linked',
      { Classify: [{ class: 'flaky_tests', verdict: 'flaky', confidence: 1, duplicateOf: INCIDENT }] },
      ['Load', 'Gather', 'Classify', 'Record'],
      'linked',
    ],
    [
      'a closed incident is left alone',
      { Load: [{ kind: 'alarm', status: 'resolved', maxActions: 2 }] },
      ['Load'],
      'resolved',
    ],
    [
      'a guard that refuses does not act',
      { Guard: [{ granted: false, lease: null, reasons: ['frozen'] }], Plan: [plan({ family: 'ecs' })] },
      [...UNTIL_PLAN, 'Guard', ...ESCALATED],
      'escalated',
    ],
    [
      'an unknown outcome of an action goes to a human',
      { ActGithub: [{ state: 'unknown', summary: 'no answer' }] },
      [...UNTIL_PLAN, 'Guard', 'ActGithub', ...ESCALATED],
      'escalated',
    ],
    [
      'context that cannot be had is left out',
      { Knowledge: [failing('Broken')], Baseline: [failing('Broken')] },
      [...UNTIL_PLAN, ...ACTED, 'Verify', 'Record', 'Notify'],
      'resolved',
    ],
    [
      'a retryable error is retried',
      { Gather: [failing('Retryable'), failing('Lambda.TooManyRequestsException'), USUAL.Gather] },
      ['Load', 'Gather', 'Gather', ...UNTIL_PLAN.slice(1), ...ACTED, 'Verify', 'Record', 'Notify'],
      'resolved',
    ],
    [
      'what cannot be gathered in spite of all retries is left out',
      { Gather: [...Array.from({ length: 6 }, () => failing('Retryable')), USUAL.Gather] },
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
      { ActGithub: [failing('RateLimited'), USUAL.ActGithub] },
      [...UNTIL_PLAN, 'Guard', 'ActGithub', ...ACTED.slice(1), 'Verify', 'Record', 'Notify'],
      'resolved',
    ],
    ['a failed announcement changes nothing', { Notify: [failing('Broken'), null] }, null, 'resolved'],
  ])('%s', async (_what, answers, names, outcome) => {
    const healed = await heal(answers);
    if (names) expect(healed.names).toEqual(names);
    expect(healed).toMatchObject({ status: 'SUCCEEDED', output: { incidentId: INCIDENT, outcome } });
  });

  it.each(['Load', 'Gather', 'Classify', 'Analyze', 'Plan', 'Guard', 'ActGithub', 'Verify'])(
    'a failing %s goes to a human',
    async (name) => {
      const healed = await heal({ [name]: [failing('Broken', 'why')] });
      expect(healed).toMatchObject({ status: 'SUCCEEDED', output: { outcome: 'escalated' } });
      expect(healed.names.slice(-4)).toEqual([name, ...ESCALATED]);
      expect(healed.called.find((one) => one.name === 'Escalate')?.payload).toMatchObject({ error: 'Broken' });
    },
  );

  it.each(['Escalate', 'Record', 'Notify'])('a failing %s ends with a direct message to a human', async (name) => {
    const answers = { Plan: [plan({ decision: 'escalate', ...nothingToDo })], [name]: [failing('Broken')] };
    const healed = await heal(answers);
    expect(healed).toMatchObject({ status: 'FAILED', error: 'WorkflowFailed' });
    expect(healed.called.at(-1)).toMatchObject({ name: 'sns', payload: { Subject: `Selfheal failed: ${INCIDENT}` } });
    expect(healed.called.at(-1)?.payload.Message).toContain(`failed at ${name} with Broken`);
  });

  it.each(ActionFamily.options.map((family) => [family, nameOfAct(family)]))(
    'an action of the family %s is done by %s',
    async (family, name) => {
      expect((await heal({ Plan: [plan({ family })] })).names).toContain(name);
    },
  );

  it('tells the next plan what was tried', async () => {
    const second = plan({ actionId: 'rerun-workflow' });
    const healed = await heal({ Plan: [plan(), second], Verify: verdicts('failed', 'recovered') });
    const tried = healed.called.filter((one) => one.name === 'Plan').map((one) => one.payload.tried);
    expect(tried).toEqual([[], ['rerun-failed-jobs']]);
    expect(healed.output).toMatchObject({ tried: ['rerun-failed-jobs', 'rerun-workflow'] });
  });

  it.each([
    ['approval', { approved: true, digest: DIGEST, by: 'approver@example.com' }, 'resolved'],
    ['refusal', { approved: false, digest: DIGEST, by: 'approver@example.com' }, 'escalated'],
    ['approval of another plan', { approved: true, digest: 'b'.repeat(64), by: 'approver@example.com' }, 'escalated'],
  ])('an answered request: %s', async (_what, answer, outcome) => {
    const healed = await heal({ Plan: [plan({ decision: 'approve' })] }, (engine, taskToken) =>
      engine.step.handle('SendTaskSuccess', { taskToken, output: JSON.stringify(answer) }),
    );
    expect(healed.output).toMatchObject({ outcome });
    expect(healed.names.includes('ActGithub')).toBe(outcome === 'resolved');
  });

  it('a request nobody answers goes to a human', async () => {
    const healed = await heal({ Plan: [plan({ decision: 'approve', approvalSeconds: 10 })] });
    expect(healed.output).toMatchObject({ outcome: 'escalated', reason: expect.stringContaining('Nobody answered') });
  });
});
