import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { IamDecision } from '#apps/local/iam/decisions.ts';
import { outputOf } from '#apps/local/stage.ts';
import type { ServiceId } from '#apps/local/world/aws/company.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/duplicate.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { aBoundAction, aHealingWatch, anApproval } from '#test/builders/index.ts';
import { approve, endedWithApprovals, signIn } from './support/approving.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { decisionsOfBrokenSchedules } from './support/broken-schedules.ts';
import { commentOn, signsUnder } from './support/commenting.ts';
import { type Healer, openHealer, type Subject } from './support/healer.ts';
import { LEAKING, leak } from './support/leak.ts';
import { answersGotWorse } from './support/predictions.ts';
import { proposing, STILL_WRONG } from './support/proposed-code.ts';
import { askAgain, deploymentOf, functionRights, functionRoles, nameOf, type Right } from './support/rights.ts';
import { letGoStale, stopExecutions, trigger } from './support/steering.ts';
import { until } from './support/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PASSWORD = 'Correct-Horse-8-Battery';
const CI_TWO = { id: 7_301_002, name: 'Nightly', path: '.github/workflows/nightly.yml' };

/** A re-run that ends when the test says so, or never. */
const UNTIL_FINISHED_MS = 600_000;

/** What the model reads before it answers; what an incident does not have fails, and nothing comes of it. */
const LOOKS = [
  { name: 'failing_step', input: {} },
  { name: 'test_history', input: {} },
  { name: 'search_log', input: { contains: 'error' } },
  { name: 'read_metric', input: { metric: 'Errors' } },
];

const LOOKING = { kind: 'plausible', change: { confidence: 'high' }, looks: LOOKS } as const;

let healer: Healer;
/** Every question that the scenarios asked of the policies. */
const asked: IamDecision[] = [];
beforeAll(async () => {
  const services = sampleConfiguration().services?.map((service) =>
    service.id === 'orders' ? { ...service, criticality: 'critical' as const, capacity: [LEAKING] } : service,
  );
  healer = await openHealer({
    base: 'model',
    configuration: {
      services,
      fixes: { repositories: [{ name: 'acme/shop', patches: true, issues: true }], maxPerDay: 50 },
      policy: { maxActionsPerHour: 500, maxActionsPerTargetPerHour: 2, breakerFailures: 50 },
      verification: { ...sampleConfiguration().verification, runMaxPolls: 500 },
    },
  });
  healer.world.models.setDefault(LOOKING);
});
afterAll(() => healer?.stop());

const fail = (...args: Parameters<Healer['world']['samples']['failRun']>) => healer.world.samples.failRun(...args);
const ring = (service: ServiceId, okAfterMs: number | null = 40) => healer.world.aws.fireAlarm(service, { okAfterMs });

async function stopAndReconcile(subject: Subject): Promise<void> {
  await until('its execution', () => healer.statesOf(subject).length > 0);
  await stopExecutions(healer, subject);
  await letGoStale(healer, subject);
  await trigger(healer, 'reconciler');
}

/** The reconciler also runs by the clock: between a stop and what lets it go stale it takes a round for itself. */
async function givenUp(subject: Subject): Promise<Incident> {
  for (let round = 0; round < 3; round += 1) {
    const incident = await healer.ended(subject);
    if (incident.status !== 'open') return incident;
    await stopAndReconcile(subject);
  }
  return await healer.ended(subject);
}

describe('the functions with their synthesized roles', () => {
  afterAll(() => {
    asked.push(...healer.runtime.decisions);
  });

  it('heal runs: by a re-run, a comment and a mail, also when reports come twice, at once or while the place is taken', async () => {
    await healer.ended(fail('transient', { rerunMs: 20 }).runId);
    await healer.ended(fail('regression', { pullRequest: null }).runId);
    const first = fail('transient', { rerunMs: UNTIL_FINISHED_MS });
    await until('its re-run', () => healer.statesOf(first.runId).includes('VerifyWait'));
    const same = fail('transient', { pullRequest: first.pullRequest, workflow: CI_TWO });
    const waiting = fail('regression', { pullRequest: first.pullRequest });
    expect(await healer.ended(same.runId)).toMatchObject({ status: 'linked' });
    const isJoined = async () => ((await healer.incidents.get(healer.incidentId(first.runId)))?.occurrences ?? 0) > 1;
    await until('the other to wait', isJoined);
    healer.world.github.finishRerun(first.runId);
    expect(await healer.ended(first.runId)).toMatchObject({ status: 'resolved' });
    expect(await healer.ended(waiting.runId)).toMatchObject({ status: 'suggested' });
    expect(healer.runtime.denials).toEqual([]);
  });

  it('try what a model proposes on a branch, and take it back when the job fails with it', async () => {
    healer.world.models.setDefault(proposing(STILL_WRONG));
    expect(await healer.ended(fail('regression').runId)).toMatchObject({ status: 'suggested' });
    healer.world.models.setDefault(LOOKING);
    expect(healer.world.journal.count('github.branch.created')).toBe(1);
    expect(healer.world.journal.count('github.branch.deleted')).toBe(1);
    expect(healer.runtime.denials).toEqual([]);
  });

  it('look how a test fared before that failed by chance', async () => {
    const { github, models } = healer.world;
    const words = 'a test of the cart failed';
    models.setDefault({ ...LOOKING, looks: [{ name: 'similar_incidents', input: { words } }] });
    const { runId } = fail('regression', { deliver: 'none', rerun: 'success', rerunMs: 20 });
    github.rerunByHand(runId);
    await until('its second attempt', () => github.run(runId)?.attempts[1]?.conclusion === 'success');
    await healer.quiet();
    await github.announceRun(runId, 'completed', 1);
    expect(await healer.ended(runId)).toMatchObject({ classification: { verdict: 'flaky' } });
    models.setDefault(LOOKING);
    expect(healer.runtime.denials).toEqual([]);
  });

  it('notice what came back, and obey comments of those who may', async () => {
    const ended = await healer.ended(fail('compile').runId);
    const { pullRequest } = ended.target as { pullRequest: number };
    const key = fingerprintKeyOf(ended, ended.classification?.fingerprint ?? null, null) ?? '';
    const table = outputOf(healer.runtime, 'IncidentsTableName');
    const healing = makeDynamoHealingStore({ table, client: DynamoDBDocumentClient.from(healer.dynamoDb) });
    const dueAt = new Date(Date.now() + 3_600_000).toISOString();
    await healing.watch(aHealingWatch({ key, incidentId: ended.id, dueAt, outcome: null }));
    const again = await healer.ended(fail('compile', { pullRequest, workflow: CI_TWO }).runId);
    const events = async (id: string) => (await healer.incidents.listAudit(id)).map(({ event }) => event);
    expect(await events(again.id)).toContain('incident.came-back');

    const plan = aBoundAction({ incidentId: again.id, target: again.target });
    await healer.incidents.putPlan(plan);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const asked = { incidentId: again.id, digest: plan.digest, taskToken: 'nobody-waits', expiresAt };
    await healer.incidents.putApproval(anApproval({ ...asked, requestedAt: new Date().toISOString() }));
    for (const wish of [`approve ${plan.digest}`, 'wrong storage_issues']) {
      const id = await commentOn(healer, again, 'acme-lead', `/selfheal ${wish}`);
      await until('the sign under it', () => signsUnder(healer, id).length > 0);
    }
    expect(await events(again.id)).toContain('approval.approved');
    expect(healer.runtime.denials).toEqual([]);
  });

  it('take over what a function that died left: a claim on a failure that nobody works on any more', async () => {
    const ended = await healer.ended(fail('compile').runId);
    const key = fingerprintKeyOf(ended, ended.classification?.fingerprint ?? null, null);
    await healer.control.claimGroup(key ?? '', ended.id, new Date());
    const { pullRequest } = ended.target as { pullRequest: number };
    const again = await healer.ended(fail('compile', { pullRequest, workflow: CI_TWO }).runId);
    expect(again).toMatchObject({ status: 'suggested' });
    expect(healer.runtime.denials).toEqual([]);
  });

  it('heal alarms: by rollbacks that help, are undone, asked for, limited or not there', async () => {
    await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD);
    const token = await signIn(healer, 'approver@example.com', PASSWORD);
    const list = healer.webhookUrl.replace(/webhooks\/github$/, 'approvals');
    expect((await fetch(list, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect(await healer.ended(ring('ledger'))).toMatchObject({ status: 'escalated' });
    expect(await healer.ended(ring('checkout'))).toMatchObject({ status: 'resolved' });
    expect(await healer.ended(ring('checkout', null))).toMatchObject({ status: 'escalated' });
    // The limit of two an hour: three more, should the clock hour end in between.
    for (let round = 0; round < 3; round += 1) await healer.ended(ring('checkout'));
    for (const okAfterMs of [40, null]) {
      const orders = ring('orders', okAfterMs);
      await approve(healer, orders, token);
      expect(await healer.ended(orders)).toMatchObject({ status: okAfterMs === null ? 'escalated' : 'resolved' });
    }
    expect(healer.runtime.denials).toEqual([]);
  });

  it('try every remedy that owners list, and take it back when it does not help', async () => {
    const token = await signIn(healer, 'approver@example.com', PASSWORD);
    for (const service of ['catalog', 'invoices', 'search', 'accounts'] as const) {
      expect(await endedWithApprovals(healer, ring(service, null), token)).toMatchObject({ status: 'escalated' });
    }
    expect(healer.runtime.denials).toEqual([]);
  });

  it('use every playbook that services allow, and take back what does not help', async () => {
    const token = await signIn(healer, 'approver@example.com', PASSWORD);
    healer.world.jobs.failTasks('nightly-reports', 1);
    expect(await healer.ended(ring('reports'))).toMatchObject({ status: 'resolved' });
    const gallery = ring('gallery', null);
    // Somebody runs the same document on another server meanwhile.
    const elsewhere = { InstanceId: ['i-0000000000000000a'], Unit: ['gallery'] };
    healer.world.aws.runDocument('Selfheal-RestartService', elsewhere);
    expect(await endedWithApprovals(healer, gallery, token)).toMatchObject({ status: 'escalated' });
    expect(healer.world.aws.parameter('/gallery/pool')).toBe('20');
    const started = healer.world.journal.entries({ kind: 'ssm.automation.started' }).map(({ target }) => target);
    expect(started).toEqual(['Selfheal-RestartService', 'Selfheal-AdjustMemory', 'Selfheal-AdjustMemory']);
    expect(healer.runtime.denials).toEqual([]);
  });

  it('tell of an incident without evidence, ask again for lost deliveries, restart what was stopped and give it up in the end', async () => {
    const times = Number.POSITIVE_INFINITY;
    healer.world.faults.inject('actions/get-workflow-run', { kind: 'status', status: 502 }, { times });
    expect(await healer.ended(fail('regression').runId)).toMatchObject({ status: 'escalated' });
    healer.world.faults.clear();

    healer.world.github.setUnreachable(true);
    const lost = fail('regression');
    await lost.delivered;
    healer.world.github.setUnreachable(false);
    await trigger(healer, 'sweeper');
    expect(await healer.ended(lost.runId)).toMatchObject({ status: 'suggested' });

    const stopped = fail('transient', { rerunMs: UNTIL_FINISHED_MS });
    const waiting = fail('regression', { pullRequest: stopped.pullRequest });
    for (let round = 0; round < 3; round += 1) await stopAndReconcile(stopped.runId);
    expect(await givenUp(stopped.runId)).toMatchObject({ status: 'escalated' });
    expect(await healer.ended(waiting.runId)).toMatchObject({ status: 'suggested' });
    expect(healer.runtime.denials).toEqual([]);
  });

  it('watch over their answers, and mail when these got worse', async () => {
    await answersGotWorse(healer);
    await trigger(healer, 'quality');
    const told = () => healer.runtime.mailbox.list().filter(({ subject }) => subject.includes('got worse'));
    await until('the mail', () => told().length > 0);
    expect(healer.runtime.denials).toEqual([]);
  });

  it('look ahead at what runs out, and mail it', async () => {
    leak(healer);
    await trigger(healer, 'forecast');
    const told = () => healer.runtime.mailbox.list().filter(({ subject }) => subject.includes('runs out soon'));
    await until('the mail', () => told().length > 0);
    expect(healer.runtime.denials).toEqual([]);
  });

  it('that run by the clock and break down put their event into the dead letters', async () => {
    asked.push(...(await decisionsOfBrokenSchedules()));
  });
});

describe('every right of every function', () => {
  it('is needed: without any one statement, action or resource of it, a question that was asked is refused', () => {
    const deployment = deploymentOf(healer.assemblyDir, healer.runtime.endpoint);
    const again = askAgain(deployment, asked);
    const roles = functionRoles(deployment);
    expect(roles).toHaveLength(deployment.ofType('AWS::Lambda::Function').length);
    // The questions are the right ones: the whole role allows them all.
    for (const role of roles) expect(again.agrees(role)).toBe(true);
    const rights = functionRights(deployment);
    expect(rights.length).toBeGreaterThan(200);
    const unneeded = rights.filter((right) => again.refusedWithout(right).length === 0 && !isNeverTouched(right));
    expect(unneeded.map(nameOf)).toEqual([]);
  });

  /** The catalogue lists a function that no safe action ever fits here; its neighbour in the same statement shows that the right is used. */
  const isNeverTouched = ({ part }: Right) => part.endsWith(':function:ledger-api');
});
