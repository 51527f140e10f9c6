import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ServiceId } from '@selfheal/fake-aws/state.ts';
import { writeZip } from '@selfheal/fake-github/zip/zip-writer.ts';
import type { IamDecision } from '@selfheal/local-cloud/iam/decisions.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { archiveEntries, type JobLog, ranStep } from '#apps/local/world/samples/job-log.ts';
import { shopJobs } from '#apps/local/world/samples/shop-jobs.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { packDocument } from '#shared/adapters/state/packed-state.ts';
import { fingerprintKeyOf } from '#shared/domain/incident/fingerprint-key.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { aBoundAction, aHealingWatch, anApproval, anEvidence, anIncident, aTelemetry } from '#test/builders/index.ts';
import { approve, endedWithApprovals } from './support/approving.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { awsEvent, incidentOfEvent } from './support/aws-event.ts';
import { decisionsOfBrokenFunctions } from './support/broken-functions.ts';
import { commentOn, signsUnder } from './support/commenting.ts';
import { type Healer, openHealer, type Subject } from './support/healer.ts';
import { LEAKING, leak } from './support/leak.ts';
import { answersGotWorse } from './support/predictions.ts';
import { proposing, STILL_WRONG } from './support/proposed-code.ts';
import {
  askAgain,
  deploymentOf,
  functionRights,
  functionRoles,
  nameOf,
  ownFunctions,
  type Right,
} from './support/rights.ts';
import {
  type Api,
  eraseRepository,
  keepFurtherRecords,
  mergeFix,
  sendAlerts,
  sendLogs,
  sendWithOwnSecret,
  stopForDeletion,
} from './support/senders.ts';
import { makeStalled, stopExecutions, trigger } from './support/steering.ts';
import { until } from './support/until.ts';

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
/** Questions that a scenario asked of the policies in a deployment of its own. */
const askedElsewhere: IamDecision[] = [];
beforeAll(async () => {
  const services = sampleConfiguration().services?.map((service) =>
    service.id === 'orders' || service.id === 'catalog'
      ? { ...service, capacity: [LEAKING], ...(service.id === 'orders' ? { criticality: 'critical' as const } : {}) }
      : service,
  );
  healer = await openHealer({
    base: 'model',
    // More would only be more cold starts.
    maxWorkersPerFunction: 1,
    configuration: {
      services,
      fixes: { repositories: [{ name: 'acme/shop', patches: true, issues: true }], maxPerDay: 50 },
      policy: {
        maxActionsPerHour: 500,
        maxActionsPerTargetPerHour: 2,
        breakerFailures: 50,
        alerts: [{ pattern: 'Statement took longer than * ms', action: 'notify' }],
      },
      learning: { review: { everyDays: 1, actions: ['update_confidence', 'prune_ineffective_patterns'] } },
      verification: { ...sampleConfiguration().verification, runMaxPolls: 500, alarmMaxPolls: 3 },
    },
  });
  await healer.runtime.createUser('approver', 'approver@example.com', PASSWORD, ['approver']);
  await healer.runtime.createUser('admin', 'admin@example.com', PASSWORD, ['admin']);
});
afterAll(() => healer?.stop());

const fail = (...args: Parameters<Healer['world']['samples']['failRun']>) => healer.world.samples.failRun(...args);
const ring = (service: ServiceId, okAfterMs: number | null = 40) => healer.world.aws.fireAlarm(service, { okAfterMs });

async function stopAndReconcile(subject: Subject): Promise<void> {
  await stopExecutions(healer, subject);
  await makeStalled(healer, subject);
  await trigger(healer, 'reconciler');
}

/**
 * Stops its executions until the reconciler gives it up. A function that was at work when its execution was stopped still writes to the incident, and
 * the reconciler then passes over it for one round; an execution that is let run in between would reach an outcome of its own.
 */
async function stopUntilGivenUp(subject: Subject): Promise<Incident | null> {
  for (let round = 0; round < 12; round += 1) {
    await stopAndReconcile(subject);
    const incident = await healer.incidents.get(healer.incidentId(subject));
    if (incident?.status !== 'open') return incident;
  }
  return null;
}

const PEOPLE = { author: 'octo-dev', lastPusher: 'octo-dev', requester: 'octo-dev', triggeredBy: 'octo-dev' };
const ASKED_AGAIN = { taskToken: 'asked-again', expiresInSeconds: 3600 };

/** A plan about an incident that waits for a decision for another while, as an execution leaves it that ended; gives its digest. */
async function waitingPlan({ id: incidentId, target }: Incident, sinceMinutes = 0): Promise<string> {
  const requestedAt = new Date(Date.now() - sinceMinutes * 60_000);
  const createdAt = requestedAt.toISOString();
  if (target.kind !== 'run') throw new Error(`${incidentId} is not about a run.`);
  const plan = aBoundAction({ incidentId, target: { ...target, people: PEOPLE }, createdAt });
  await healer.incidents.putPlan(plan);
  const expiresAt = new Date(requestedAt.getTime() + 3_600_000).toISOString();
  const asked = { incidentId, digest: plan.digest, taskToken: 'nobody-waits', requestedAt: createdAt, expiresAt };
  await healer.incidents.putApproval(anApproval(asked));
  return plan.digest;
}

const eventsOf = async ({ id }: Incident) => (await healer.incidents.auditTrail(id)).map(({ event }) => event);

/** A decision that was written down by a function that died before it passed it on. */
async function decided({ id }: Incident, digest: string, minutesAgo: number): Promise<void> {
  const at = new Date(Date.now() - minutesAgo * 60_000);
  expect(await healer.incidents.decideApproval(id, digest, 'approved', 'github:acme-lead', at)).toBe('decided');
}

/** Does one step of a workflow again, as Step Functions does when it lost an answer. */
async function invoked(name: string, input: Readonly<Record<string, unknown>>): Promise<void> {
  expect(await healer.runtime.invoke(healer.functionName(name), input)).toMatchObject({ ok: true });
}

/** A report about a service of this name, with a proposal as its end. */
const aReportedIncident = (service: string): Incident =>
  anIncident({
    id: `api-${service.padEnd(24, '0')}`,
    status: 'suggested',
    target: {
      kind: 'report',
      reportId: '0'.repeat(32),
      service,
      repository: null,
      severity: 'high',
      reportedBy: 'ada@example.com',
      reportedAt: new Date().toISOString(),
      simulated: false,
    },
  });

/** The shop's tests fail because a file uses a module of Node that it does not import. */
function forgottenImport(): JobLog[] {
  const output = [
    'ReferenceError: util is not defined',
    '    at totalOf (file:///home/runner/work/shop/shop/src/cart.ts:4:10)',
  ];
  return shopJobs('regression', 'a'.repeat(40)).map((job) => ({
    ...job,
    steps: job.steps.map((step) =>
      step.conclusion === 'failure' ? ranStep(step.name, 'node --test', `${output.join('\n')}\n`, 1) : step,
    ),
  }));
}

/** Calls the API as the person of this name; gives the content, and fails for any refusal. */
async function apiOf(person: 'approver' | 'admin', of = healer): Promise<Api> {
  const token = await signIn(of, `${person}@example.com`, PASSWORD);
  return async (path: string, method = 'GET', body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '*' };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${of.runtime.endpoint}/api${path}`, request);
    expect(response.status, `${method} ${path}`).toBeLessThan(300);
    return JSON.parse(await response.text());
  };
}

/** What the functions live through, by what they do. None needs another one. */
const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  'heal runs: by a re-run, a comment and a mail, also when reports come twice, at once or while the place is taken':
    async () => {
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
    },
  'try what a model proposes on a branch, and take it back when the job fails with it': async () => {
    const { journal } = healer.world;
    const branches = () => [journal.count('github.branch.created'), journal.count('github.branch.deleted')];
    const before = branches();
    healer.world.models.setDefault(proposing(STILL_WRONG));
    const token = await signIn(healer, 'approver@example.com', PASSWORD);
    const { runId } = fail('regression');
    await approve(healer, runId, token);
    expect(await healer.ended(runId)).toMatchObject({ status: 'suggested' });
    expect(branches()).toEqual(before.map((count) => count + 1));
  },
  'draft the fix that a recipe knows before a model is asked': async () => {
    const { runId } = fail('regression', { archive: writeZip(archiveEntries(forgottenImport(), new Date())) });
    await endedWithApprovals(healer, runId, await signIn(healer, 'approver@example.com', PASSWORD));
    const asked = healer.runtime.decisions.filter(({ action }) => action === 'lambda:InvokeFunction');
    expect(asked.map(({ role }) => role)).toContainEqual(expect.stringContaining('FunctionsKnowledgeRole'));
  },
  'diagnose and plan although nothing is kept of what is known': async () => {
    const { target, classification } = await healer.ended(fail('compile').runId);
    const incident = anIncident({ id: 'gh-unsearched', target, classification, intakeKey: 'unsearched' });
    await healer.incidents.create(incident);
    await healer.evidence.putEvidence(anEvidence({ incidentId: incident.id }));
    await healer.evidence.putTelemetry(incident.id, aTelemetry());
    await invoked('analyze', { incidentId: incident.id, useModel: true, knowledgeId: null });
    await invoked('plan', { incidentId: incident.id, tried: [], held: false });
  },
  'look how a test fared before that failed by chance': async () => {
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
    const api = await apiOf('admin');
    const { tests } = await api('/tests?repository=acme/shop&all=true');
    await api(`/tests/${tests[0].key}?repository=acme/shop`);
  },
  'notice what came back, and follow the comments of those who may': async () => {
    const ended = await healer.ended(fail('compile').runId);
    const { pullRequest } = ended.target as { pullRequest: number };
    const key = fingerprintKeyOf(ended, ended.classification?.fingerprint ?? null, null) ?? '';
    const table = outputOf(healer.runtime, 'IncidentsTableName');
    const healing = makeDynamoHealingStore({ table, client: DynamoDBDocumentClient.from(healer.dynamoDb) });
    const dueAt = new Date(Date.now() + 3_600_000).toISOString();
    await healing.watch(aHealingWatch({ key, incidentId: ended.id, dueAt, outcome: null }));
    const again = await healer.ended(fail('compile', { pullRequest, workflow: CI_TWO }).runId);
    expect(await eventsOf(again)).toContain('incident.came-back');

    const digest = await waitingPlan(again);
    for (const request of [`approve ${digest}`, 'wrong storage_issues']) {
      const id = await commentOn(healer, again, 'acme-lead', `/selfheal ${request}`);
      await until('the sign under it', () => signsUnder(healer, id).length > 0);
    }
    expect(await eventsOf(again)).toContain('approval.approved');
  },
  'remind of a request, pass on a decision that did not arrive, and keep it for who asks again meanwhile': async () => {
    const incident = await healer.ended(fail('compile').runId);
    await waitingPlan(incident, 50);
    const late = await waitingPlan(incident, 5);
    await decided(incident, late, 2);
    await trigger(healer, 'reconciler');
    await until('the reminder', async () => (await eventsOf(incident)).includes('approval.reminded'));
    await until('word of what came too late', async () => (await eventsOf(incident)).includes('approval.too-late'));
    const renewed = await waitingPlan(incident, 1);
    await decided(incident, renewed, 0);
    await invoked('request-approval', { incidentId: incident.id, digest: renewed, ...ASKED_AGAIN });
    expect(await healer.incidents.getApproval(incident.id, renewed)).toMatchObject({ taskToken: 'asked-again' });
  },
  'mail what a pull request does not take, until the mails of the day are used up': async () => {
    const times = Number.POSITIVE_INFINITY;
    healer.world.faults.inject('issues/create-comment', { kind: 'status', status: 404 }, { times });
    const { runId } = fail('compile');
    const incident = await healer.ended(runId);
    healer.world.faults.clear();
    expect(healer.mailsAbout(runId)).toHaveLength(1);
    const { id: incidentId, intakeKey } = incident;
    const today = new Date().toISOString().slice(0, 10);
    const expires = new Date(Date.now() + 86_400_000);
    expect(await healer.control.takeFromLimit(`mails#email#${intakeKey}`, today, 'another', 2, expires)).toBe(true);
    const digest = await waitingPlan(incident, 1);
    await invoked('request-approval', { incidentId, digest, ...ASKED_AGAIN });
    await invoked('escalate', { incidentId, reason: 'Nobody decided.', error: null });
    expect(healer.mailsAbout(runId)).toHaveLength(1);
  },
  'let people and programs in: lists, one incident, approvals and keys': async () => {
    const ended = await healer.ended(fail('compile').runId);
    const digest = await waitingPlan(ended);
    const token = await signIn(healer, 'admin@example.com', PASSWORD);
    const api = async (path: string, method = 'GET', body?: object, as = token) => {
      const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json', 'if-match': '*' };
      const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const response = await fetch(`${healer.runtime.endpoint}/api${path}`, request);
      expect(response.status, `${method} ${path}`).toBeLessThan(300);
      return JSON.parse(await response.text());
    };
    const { classification } = ended;
    for (const query of ['', '?status=suggested', '?repository=acme/shop', `?class=${classification?.class}`]) {
      expect((await api(`/incidents${query}`)).incidents.length).toBeGreaterThan(0);
    }
    await api(`/incidents/${ended.id.slice(0, -2)}`);
    await api(`/incidents/${ended.id}/timeline`);
    const unread = anIncident({ id: 'gh-unread-by-any', target: ended.target, intakeKey: 'unread' });
    await healer.incidents.create(unread);
    await api(`/incidents/${unread.id}`);
    await api('/approvals');
    const asked = await fetch(`${healer.runtime.endpoint}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
      }),
    });
    expect(asked.status).toBe(200);
    await api(`/approvals/${ended.id}/${digest}`);
    // Nobody waits for it any more; the workflow was asked all the same.
    await fetch(`${healer.runtime.endpoint}/api/approvals/${ended.id}/${digest}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ decision: 'approved' }),
    });
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { text, key } = await api('/keys', 'POST', { name: 'script', roles: ['viewer'], expiresAt });
    await api('/incidents?limit=1', 'GET', undefined, text);
    await api('/keys');
    await api(`/keys/${key.id}`, 'DELETE');
    await api('/status', 'GET', undefined, await signIn(healer, 'approver@example.com', PASSWORD));
    const { users } = await api('/users');
    const other = users.find(({ name }: { name: string }) => name.startsWith('approver'));
    await api(`/users/${other.id}/github`, 'PUT', { login: 'acme-lead' });
    const scope = 'acme/shop';
    const order = {
      scope,
      title: 'A type is missing',
      pattern: 'cannot find the name of * here',
      solution: 'Import it.',
    };
    const { pattern } = await api('/knowledge/patterns', 'POST', order);
    await api(`/knowledge/patterns/${pattern.id}?scope=${scope}`);
    await api(`/knowledge/search?query=type+missing&scope=${scope}`);
    await api('/knowledge/scopes');
    await api('/learning');
    await api('/config');
    await api('/config', 'POST', { change: { policy: { maxActionsPerDay: 9000 } }, reason: 'a drill' });
    await api('/config/restore', 'POST', { revision: 1, reason: 'a drill' });
    await api('/config/history');
    await api('/config/stop', 'POST', { reason: 'a drill' });
    await api('/config/resume', 'POST', { reason: 'a drill' });
    await api('/status');
    await api(`/baselines?repository=${scope}`);
    const document = `${healer.runtime.endpoint}/api/repositories/${scope}/quality/baselines~main`;
    const asAdmin = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const content = packDocument('{"a":1}');
    const put = { method: 'PUT', headers: { ...asAdmin, 'if-none-match': '*' }, body: JSON.stringify({ content }) };
    expect((await fetch(document, put)).status).toBeLessThan(300);
    expect((await fetch(document, { headers: asAdmin })).status).toBe(200);
    await api('/models');
    await api('/learning/corrections', 'POST', { incidentId: ended.id, class: 'compilation_error' });
    await api('/actions/recent');
    await api('/actions/stats');
    for (const { id } of (await api('/applications')).applications) await api(`/applications/${id}/health`);
    for (const { id, services } of (await api('/actions')).actions) {
      for (const { service, alarms } of services) {
        for (const alarm of alarms) await api(`/actions/${id}/try`, 'POST', { service, alarm });
      }
    }
  },
  'take what people report and say, and read logs': async () => {
    const api = await apiOf('admin');
    const lines = ['ERROR could not connect: connect ECONNREFUSED 10.0.0.5:5432'];
    const { id } = await api('/incidents', 'POST', { title: 'Checkout is down', service: 'checkout', lines });
    await until('its end', async () => (await api(`/incidents/${id}`)).status !== 'open');
    await api(`/incidents/${id}`, 'PATCH', { assignee: 'Grace' });
    await api(`/incidents/${id}/feedback`, 'POST', { actionCorrect: false });
    await api(`/incidents/${id}/resolve`, 'POST', { solution: 'Raised the pool', class: 'network_connectivity' });
    await api(`/incidents/${id}/false-positive`, 'POST', { reason: 'A load test', updatePatterns: true });
    const acted = await healer.ended(fail('transient', { rerunMs: 20 }).runId);
    await api(`/incidents/${acted.id}/feedback`, 'POST', { actionCorrect: false });
    await api('/logs/analyze', 'POST', { logs: lines, service: 'checkout' });
    await api('/logs/recent');
    await api('/logs/statistics');
    // What was reported cannot be read any more.
    const reportedAt = new Date().toISOString();
    const target = {
      kind: 'report',
      reportId: 'ab'.repeat(16),
      service: null,
      repository: null,
      severity: 'low',
    } as const;
    const lost = anIncident({
      target: { ...target, reportedBy: 'ada', reportedAt, simulated: true },
      intakeKey: 'lost',
    });
    await healer.incidents.create(lost);
    await invoked('gather', { incidentId: lost.id, acceptGaps: false });
    await healer.incidents.update(lost.id, { status: 'resolved' });
  },
  'take over what a function that died left: a claim on a failure that nobody works on any more': async () => {
    const ended = await healer.ended(fail('compile').runId);
    const key = fingerprintKeyOf(ended, ended.classification?.fingerprint ?? null, null);
    await healer.control.claimGroup(key ?? '', ended.id, new Date());
    const { pullRequest } = ended.target as { pullRequest: number };
    const again = await healer.ended(fail('compile', { pullRequest, workflow: CI_TWO }).runId);
    expect(again).toMatchObject({ status: 'suggested' });
  },
  'heal alarms: by rollbacks that help, are undone, asked for, limited or not there': async () => {
    const token = await signIn(healer, 'approver@example.com', PASSWORD);
    const list = healer.webhookUrl.replace(/webhooks\/github$/, 'api/approvals');
    expect((await fetch(list, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect(await healer.ended(ring('ledger'))).toMatchObject({ status: 'escalated' });
    // A change that is linked to the incident after it.
    const time = new Date(Date.now() - 120_000).toISOString();
    await healer.runtime.putEvent(awsEvent('cloudformation/update-in-progress-changed', { time }));
    await healer.quiet();
    expect(await healer.ended(ring('checkout'))).toMatchObject({ status: 'resolved' });
    expect(await healer.ended(ring('checkout', null))).toMatchObject({ status: 'escalated' });
    // The limit of two an hour: three more, should the clock hour end in between.
    for (let round = 0; round < 3; round += 1) await healer.ended(ring('checkout'));
    for (const okAfterMs of [40, null]) {
      const orders = ring('orders', okAfterMs);
      await approve(healer, orders, token);
      expect(await healer.ended(orders)).toMatchObject({ status: okAfterMs === null ? 'escalated' : 'resolved' });
    }
  },
  'retry what AWS builds, and read why it failed': async () => {
    const token = await signIn(healer, 'approver@example.com', PASSWORD);
    const log = [
      'npm ERR! code ETIMEDOUT',
      'npm ERR! network request to https://registry.npmjs.org/left-pad failed, reason: connect ETIMEDOUT 104.16.0.35:443',
    ];
    const failed = { project: 'checkout-images', log };
    const heard = [
      healer.world.aws.failPipeline({ pipeline: 'shop-release', ...failed }).event,
      healer.world.aws.failBuild(failed).event,
    ];
    for (const event of heard) {
      await healer.runtime.putEvent(event);
      expect(await endedWithApprovals(healer, incidentOfEvent(event), token)).toMatchObject({ status: 'resolved' });
    }
    expect(healer.world.journal.count('codepipeline.stage.retried', 'shop-release/Build')).toBe(1);
    expect(healer.world.journal.count('codebuild.build.started', 'checkout-images')).toBe(1);
  },
  'try every remedy that owners list, and take it back when it does not help': async () => {
    const token = await signIn(healer, 'approver@example.com', PASSWORD);
    for (const service of ['catalog', 'invoices', 'search', 'accounts', 'ratings'] as const) {
      expect(await endedWithApprovals(healer, ring(service, null), token)).toMatchObject({ status: 'escalated' });
    }
  },
  'use every playbook that services allow, and take back what does not help': async () => {
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
  },
  'tell of an incident without evidence, ask again for lost deliveries, restart what was stopped and give it up in the end':
    async () => {
      const times = Number.POSITIVE_INFINITY;
      healer.world.faults.inject('actions/get-workflow-run', { kind: 'status', status: 502 }, { times });
      const unread = await healer.ended(fail('regression').runId);
      expect(unread).toMatchObject({ status: 'escalated' });
      healer.world.faults.clear();
      // A page that is opened and a reminder that is due when the evidence is not there any more.
      const token = await signIn(healer, 'approver@example.com', PASSWORD);
      const page = `api/approvals/${unread.id}/${await waitingPlan(unread, 50)}`;
      const details = healer.webhookUrl.replace(/webhooks\/github$/, page);
      expect((await fetch(details, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
      await trigger(healer, 'reconciler');
      await until('the reminder', async () => (await eventsOf(unread)).includes('approval.reminded'));

      healer.world.github.setUnreachable(true);
      const lost = fail('regression');
      await lost.delivered;
      healer.world.github.setUnreachable(false);
      // While GitHub answers nothing, and then again: what waited for it is taken up.
      healer.world.faults.inject('repos/list-webhooks', { kind: 'status', status: 502 }, { times });
      await trigger(healer, 'redeliver-webhooks');
      healer.world.faults.clear();
      await trigger(healer, 'redeliver-webhooks');
      expect(await healer.ended(lost.runId)).toMatchObject({ status: 'suggested' });

      const stopped = fail('transient', { rerunMs: UNTIL_FINISHED_MS });
      const waiting = fail('regression', { pullRequest: stopped.pullRequest });
      await until('its re-run', () => healer.statesOf(stopped.runId).includes('VerifyWait'));
      expect(await stopUntilGivenUp(stopped.runId)).toMatchObject({ status: 'escalated', restarts: 2 });
      expect(await healer.ended(waiting.runId)).toMatchObject({ status: 'suggested' });
    },
  'watch over their answers, mail when these got worse, and review what was learned': async () => {
    const api = await apiOf('admin');
    const scope = 'acme/shop';
    const useless = { scope, title: 'It is late', pattern: 'the clock of * is late', solution: 'Wait.' };
    const { pattern } = await api('/knowledge/patterns', 'POST', useless);
    await api(`/knowledge/patterns/${pattern.id}/confidence?scope=${scope}`, 'POST', {
      confidence: 0.1,
      reason: 'It never helped.',
    });
    await answersGotWorse(healer);
    await trigger(healer, 'answers');
    const told = (words: string) => healer.runtime.mailbox.list().filter(({ subject }) => subject.includes(words));
    await until('the mail', () => told('less often than promised').length > 0);
    await until('the review', () => told('Review of learning').length > 0);
  },
  'look ahead at what runs out, and mail it': async () => {
    const api = await apiOf('admin');
    const rule = { service: 'catalog', metric: 'memory', limit: 1, action: 'scale' };
    await api('/config', 'POST', { change: { metricAlerts: { 'catalog-memory': rule } }, reason: 'a drill' });
    leak(healer);
    await trigger(healer, 'forecast');
    const told = (words: string) => healer.runtime.mailbox.list().some(({ subject }) => subject.includes(words));
    await until('the forecast', () => told('runs out soon'));
    await until('the alert', () => told('catalog: memory is above'));
  },
  'gather reports of one service for a digest, and remind of the kill switch': async () => {
    const other = await openHealer({
      base: 'model',
      maxWorkersPerFunction: 1,
      configuration: { policy: { flapWindowMinutes: 30 } },
    });
    const since = new Date(Date.now() - 49 * 3_600_000).toISOString();
    await other.control.setControls({ killSwitch: true, reason: 'a migration', by: 'ada', since });
    const inputs = { escalate: { reason: 'No safe action fits.', error: null }, notify: { stage: 'final' } };
    for (const [name, input] of Object.entries(inputs)) {
      const incident = aReportedIncident(name);
      await other.incidents.create(incident);
      const invocation = other.runtime.invoke(other.functionName(name), { incidentId: incident.id, ...input });
      expect(await invocation).toMatchObject({ ok: true });
    }
    await trigger(other, 'reconciler');
    const told = () => other.runtime.mailbox.list().map(({ subject }) => subject);
    await until('the reminder', () => told().some((subject) => subject.includes('kill switch')));
    expect(told()).toHaveLength(3);
    expect(other.runtime.denials).toEqual([]);
    askedElsewhere.push(...other.runtime.decisions);
    await other.stop();
  },
  'take alerts and logs, end what a merged pull request mended, and export and delete what is held of a repository':
    async () => {
      const other = await openHealer({ base: 'model', maxWorkersPerFunction: 1 });
      await other.runtime.createUser('admin', 'admin@example.com', PASSWORD, ['admin']);
      const api = await apiOf('admin', other);
      await sendAlerts(other, api);
      await sendLogs(other, api);
      await sendWithOwnSecret(other, api);
      await mergeFix(other);
      await keepFurtherRecords(other, api, await signIn(other, 'admin@example.com', PASSWORD));
      await eraseRepository(api, 'acme/shop');
      const { runId } = other.world.samples.failRun('transient', { rerunMs: UNTIL_FINISHED_MS });
      await stopForDeletion(other, api, runId);
      expect(other.runtime.denials).toEqual([]);
      askedElsewhere.push(...other.runtime.decisions);
      await other.stop();
    },
  'carry out what people ask for in Slack, and call nobody where nobody is on call': async () => {
    const { slack } = healer.world;
    slack.addPerson({ id: 'U0APPROVER', name: 'approver', email: 'approver@example.com' });
    await (await apiOf('approver'))('/incidents');
    const incident = await healer.ended(fail('compile').runId);
    const digest = await waitingPlan(incident);
    const told = () => JSON.stringify(slack.whispers().map(({ text }) => text));
    const button = { action: 'selfheal-approve', value: `${incident.id}/${digest}`, thread: '1764000000.000001' };
    expect(await slack.press('U0APPROVER', button)).toBe(200);
    // Nobody waits for it any more; the workflow was asked all the same.
    await until('the answer', () => slack.whispers().length > 0);
    expect(await slack.command('U0APPROVER', 'status')).toBe(200);
    await until('the status', () => told().includes('Actions are allowed.'));
    slack.addPerson({ id: 'U0ADMIN', name: 'admin', email: 'admin@example.com' });
    const asAdmin = await apiOf('admin');
    await asAdmin('/incidents');
    expect(await slack.command('U0ADMIN', `acknowledge ${incident.id}`)).toBe(200);
    await until(
      'who took it on',
      async () => (await healer.incidents.get(incident.id))?.annotations?.acknowledged != null,
    );
    expect(await slack.command('U0ADMIN', `escalate ${incident.id}`)).toBe(200);
    await until('the word that people were told', () => told().includes('People were told by'));
    await asAdmin(`/incidents/${incident.id}/escalate`, 'POST', { reason: 'nobody understands it' });
    await asAdmin(`/incidents/${incident.id}/resolve`, 'POST', { solution: 'Reverted by hand' });
    await invoked('on-call', {});
  },
  'that nobody waits for and that break down put their event into the dead letters': async () => {
    const decisions = await decisionsOfBrokenFunctions('model');
    expect(decisions.length).toBeGreaterThan(0);
    askedElsewhere.push(...decisions);
  },
};

const played = new Map<string, Promise<void>>();

/** Plays a scenario, once in this file whoever asks for it. */
async function play(name: string): Promise<void> {
  const playing = played.get(name) ?? start(name);
  played.set(name, playing);
  await playing;
}

async function start(name: string): Promise<void> {
  healer.world.models.setDefault(LOOKING);
  await SCENARIOS[name]?.();
  expect(healer.runtime.denials).toEqual([]);
}

describe('the functions with their synthesized roles', () => {
  it.each(Object.keys(SCENARIOS))('%s', play);
});

describe('every right of every function', () => {
  it('is needed: without any one statement, action or resource of it, a question that was asked is refused', async () => {
    for (const name of Object.keys(SCENARIOS)) await play(name);
    const deployment = deploymentOf(healer.assemblyDir, healer.runtime.endpoint);
    const again = askAgain(deployment, [...healer.runtime.decisions, ...askedElsewhere]);
    const roles = functionRoles(deployment);
    expect(roles).toHaveLength(ownFunctions(deployment).length);
    // The questions are the right ones: the whole role allows them all.
    for (const role of roles) expect(again.agrees(role)).toBe(true);
    const rights = functionRights(deployment);
    expect(rights.length).toBeGreaterThan(200);
    const unneeded = rights.filter(
      (right) => again.refusedWithout(right).length === 0 && !isNeverTouched(right) && !isReadBack(right),
    );
    expect(unneeded.map(nameOf)).toEqual([]);
  });

  /**
   * The catalogue lists a function that no safe action ever fits here; its neighbour in the same statement shows that the right is used. S3 says that
   * an object has only earlier versions left to whoever may list the bucket, and denies access to others; the bucket of the local runtime keeps one version.
   */
  const isNeverTouched = ({ part, role, statement }: Right) =>
    part.endsWith(':function:ledger-api') ||
    (role.logicalId.startsWith('FunctionsApiRole') && isOfModels(statement)) ||
    (role.logicalId.startsWith('FunctionsAnalyzeRole') && isOfStats(statement)) ||
    (role.logicalId.startsWith('FunctionsRepositoryDataRole') && part === 's3:ListBucket');
  /** The baseline is read beside a log that reports coverage or a scan; none of the sample company's does. */
  const isOfStats = ({ resources }: Right['statement']) =>
    (resources ?? []).every((resource) => resource.includes('TablesStats'));
  /** The API reads a model when somebody promotes it; none is trained from what happens here. */
  const isOfModels = ({ resources }: Right['statement']) =>
    (resources ?? []).length > 0 && (resources ?? []).every((resource) => resource.endsWith('/models/*'));

  /**
   * A write is read back when it was refused: another writer was first, or its own answer was lost and it was sent again. Neither happens here; the
   * suites under `test/faults` show that they do.
   */
  const READ_BACK: readonly (readonly [role: string, table: string])[] = [
    ['FunctionsAnswersRole', 'TablesKnowledge'],
    ['FunctionsPlanRole', 'TablesIncidents'],
    ['FunctionsRecordRole', 'TablesIncidents'],
    ['FunctionsRecordRole', 'TablesStats'],
    ['FunctionsEscalateRole', 'TablesIncidents'],
    ['FunctionsAct', 'TablesIncidents'],
  ];
  const isReadBack = ({ role, part, statement }: Right) =>
    // The trail of an incident that was there before: its report was repeated after a crash.
    (part === 'dynamodb:Query' && role.logicalId.startsWith('FunctionsLogWatchRole')) ||
    (part === 'dynamodb:GetItem' && isListed(role.logicalId, statement));
  const isListed = (logicalId: string, statement: Right['statement']) =>
    READ_BACK.some(
      ([own, table]) =>
        logicalId.startsWith(own) && (statement.resources ?? []).some((resource) => resource.includes(table)),
    );
});
