import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outputOf } from '#apps/local/stage.ts';
import { signIn } from '#lab/drills/approvals.ts';
import { makeDynamoEscalationChains } from '#shared/adapters/aws/dynamo-escalation-chains.ts';
import { anIncident } from '#test/builders/index.ts';
import { CHANNEL_NOTIFIERS, sampleConfiguration } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { askAgain, deploymentOf, functionRights, nameOf, type Right } from './support/rights.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const PASSWORD = ['Correct', 'Horse', '8', 'Battery'].join('-');
const ON_CALL = ['+4917000000010', 'ada@example.com', '+4917000000020', 'cem@example.com'];

const dataDir = mkdtempSync(join(tmpdir(), 'selfheal-on-call-'));
const open = () =>
  openHealer({
    base: 'channels',
    dataDir,
    configuration: {
      notifiers: { ...CHANNEL_NOTIFIERS, jsm: { tell: ['incidents'] } },
      services: sampleConfiguration().services?.map((one) =>
        one.id === 'ledger' ? { ...one, criticality: 'critical' as const } : one,
      ),
    },
  });

let healer: Healer;
let api: (path: string, method?: string, body?: object) => Promise<Record<string, string>>;
beforeAll(async () => {
  healer = await open();
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
  api = async (path, method = 'GET', body) => {
    const authorization = `Bearer ${await signIn(healer, 'ada@example.com', PASSWORD)}`;
    const headers = { authorization, 'content-type': 'application/json', 'if-match': '*' };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(`${healer.runtime.endpoint}/api${path}`, request);
    expect(response.status, `${method} ${path}`).toBeLessThan(300);
    return (await response.json()) as Record<string, string>;
  };
  await api('/incidents');
});
afterAll(async () => {
  await healer?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const chains = () =>
  makeDynamoEscalationChains({
    table: outputOf(healer.runtime, 'IncidentsTableName'),
    client: DynamoDBDocumentClient.from(healer.dynamoDb, { marshallOptions: { removeUndefinedValues: true } }),
  });
/** Who was called about the incident, in order. */
const called = (id: string) =>
  healer.runtime.mailbox
    .list()
    .filter(({ to, text, subject }) => ON_CALL.includes(to) && (text.includes(id.slice(0, 11)) || subject.includes(id)))
    .map(({ to }) => to)
    .toReversed();

async function handedOver(): Promise<string> {
  const { id, status } = await healer.ended(healer.world.samples.fireAlarm('ledger'));
  expect(status).toBe('escalated');
  await trigger(healer, 'on-call');
  await until('the first level', async () => (await chains().get(id, 1))?.level === 1);
  return id;
}

/** The time of a level has passed; one round of the schedule. */
async function nextLevel(id: string): Promise<void> {
  const chain = await chains().get(id, 1);
  if (chain === null) throw new Error(`Nobody is called about ${id}.`);
  await chains().advance(chain, chain.level, new Date());
  await trigger(healer, 'on-call');
}

it('calls each person once and in order when nobody answers, across a restart between the levels', async () => {
  const id = await handedOver();
  expect(called(id)).toEqual(ON_CALL.slice(0, 2));
  await healer.stop();
  healer = await open();
  await nextLevel(id);
  await until('the second level', async () => (await chains().get(id, 1))?.level === 2);
  await nextLevel(id);
  await until('the last level', async () => (await chains().get(id, 1))?.level === 3);
  await nextLevel(id);
  await until('the end of the chain', async () => (await chains().get(id, 1))?.state === 'unanswered');
  expect(called(id)).toEqual(ON_CALL);
  const trail = (await healer.incidents.auditTrail(id)).filter(({ event }) => event.startsWith('on-call'));
  expect(trail.map(({ event }) => event)).toEqual([
    ...Array.from({ length: 3 }, () => 'on-call.called'),
    'on-call.unanswered',
  ]);
  expectClean(healer);
});

/** Each way to acknowledge. None of them approves anything. */
const WAYS: Readonly<Record<string, (id: string) => Promise<void>>> = {
  'the page and the command, which send the same request': async (id) => {
    await api(`/incidents/${id}/acknowledge`, 'POST', {});
  },
  'a button in Slack': async (id) => {
    healer.world.slack.addPerson({ id: 'U0ADA', name: 'ada', email: 'ada@example.com' });
    const root = healer.world.slack.messages().find(({ metadata }) => metadata.event_payload.incident === id);
    const button = { action: 'selfheal-acknowledge', value: id, thread: root?.ts ?? '' };
    expect(await healer.world.slack.press('U0ADA', button)).toBe(200);
  },
  'PagerDuty, through a connection': async (id) => {
    const page = healer.world.channels
      .messages()
      .find(({ channel, body }) => channel === 'pagerduty' && (body as { dedup_key?: string }).dedup_key === id);
    expect(page).toBeDefined();
    const { url = '' } = await api('/connections/webhooks', 'POST', {
      id: 'pager',
      source: 'pagerduty',
      scheme: 'path',
    });
    const event = (type: string) => ({
      event: {
        id: `01${type}`,
        event_type: type,
        resource_type: 'incident',
        occurred_at: new Date().toISOString(),
        agent: { id: 'PAGENT', type: 'user_reference', summary: 'Ada Example' },
        data: { id: 'PINC001', title: 'ledger-latency', created_at: new Date().toISOString(), incident_key: id },
      },
    });
    const post = async (type: string) =>
      (await fetch(url, { method: 'POST', body: JSON.stringify(event(type)) })).status;
    // PagerDuty also tells of the page itself, which opens nothing.
    expect(await post('incident.triggered')).toBe(202);
    expect(await post('incident.acknowledged')).toBe(202);
    expect(await post('incident.acknowledged')).toBe(202);
    expect((await fetch(`${url}0`, { method: 'POST', body: '{}' })).status).toBe(401);
  },
  'Jira Service Management, through a connection': async (id) => {
    const alert = healer.world.channels
      .messages()
      .find(({ channel, body }) => channel === 'jsm' && (body as { alias?: string }).alias === id);
    expect(alert).toBeDefined();
    const { url = '', secret = '' } = await api('/connections/webhooks', 'POST', {
      id: 'pager-jsm',
      source: 'jsm',
      scheme: 'token-header',
    });
    const post = async (action: string, alias: string, token = secret) => {
      const event = {
        action,
        source: { name: '', type: 'web' },
        alert: { alertId: '052652ac-1', alias, username: 'ada@example.com', updatedAt: 1_795_255_205_166 },
      };
      const headers = { 'x-selfheal-token': token };
      return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(event) })).status;
    };
    const gone = `cw-${'0'.repeat(24)}`;
    expect(await post('Acknowledge', id, `${secret}0`)).toBe(401);
    // It also tells of the alert itself, of others', and of what is not known here.
    expect(await post('Create', id)).toBe(202);
    expect(await post('Acknowledge', 'disk-full')).toBe(202);
    expect(await post('Acknowledge', gone)).toBe(202);
    expect((await healer.incidents.get(id))?.annotations?.acknowledged).toBeUndefined();
    expect(await post('Acknowledge', id)).toBe(202);
    expect(await post('Acknowledge', id)).toBe(202);
    const ledger = async () => {
      const { events } = (await api('/events?source=jsm')) as unknown as { events: { rule: string }[] };
      return events.map(({ rule }) => rule).toSorted();
    };
    const left = ['ignored-alert-of-others', 'ignored-own-page', 'unauthorized', 'unknown-incident'];
    await until('the ledger', async () => (await ledger()).length === left.length);
    expect(await ledger()).toEqual(left);
    const trail = async () =>
      (await healer.incidents.auditTrail(id)).filter(({ event }) => event === 'incident.acknowledged');
    await until('the acknowledgement', async () => (await trail()).length > 0);
    expect(await trail()).toHaveLength(1);
  },
};

/** Pagers that were told that somebody took an incident on, once for each request. */
const acknowledgedIn = (): string[] =>
  healer.world.channels.messages().flatMap(({ channel, body }) => {
    const { event_action: action, note = '' } = body as { event_action?: string; note?: string };
    return action === 'acknowledge' || note.startsWith('Acknowledged by') ? [channel] : [];
  });

it.each(Object.keys(WAYS))('stops calling once somebody acknowledges by %s', async (way) => {
  const id = await handedOver();
  const earlier = acknowledgedIn().length;
  await WAYS[way]?.(id);
  await until('the acknowledgement', async () => {
    const { annotations } = (await healer.incidents.get(id)) ?? {};
    return annotations?.acknowledged?.attempt === 1;
  });
  await nextLevel(id);
  // Where it was said here, the pagers hear of it; where it comes from one, nobody is told.
  const isSaidHere = way.startsWith('the page') || way.startsWith('a button');
  if (isSaidHere) await until('the pagers', async () => acknowledgedIn().length === earlier + 2);
  await until('the end of the chain', async () => (await chains().get(id, 1))?.state === 'acknowledged');
  expect(called(id)).toEqual(ON_CALL.slice(0, 2));
  await healer.quiet();
  expect(acknowledgedIn().slice(earlier).toSorted()).toEqual(isSaidHere ? ['jsm', 'pagerduty'] : []);
  expect(await healer.incidents.get(id)).toMatchObject({ status: 'escalated' });
  expect(await healer.incidents.listActions(id)).toEqual([]);
  expect(await healer.incidents.listApprovals(id)).toEqual([]);
  expectClean(healer);
});

it('calls people about an incident of which nothing is known any more, and uses every right of its function', async () => {
  const target = {
    kind: 'report',
    reportId: 'ab'.repeat(16),
    service: 'ledger',
    repository: null,
    severity: 'critical',
    reportedBy: 'ada@example.com',
    reportedAt: new Date().toISOString(),
    simulated: false,
  } as const;
  const { id } = anIncident({ id: 'rp-abababababababababababab', status: 'escalated', target });
  await healer.incidents.create(anIncident({ id, status: 'escalated', target }));
  await chains().begin(id, 1, new Date());
  await trigger(healer, 'on-call');
  await until('the first level', async () => (await chains().get(id, 1))?.level === 1);
  expect(called(id)).toEqual(ON_CALL.slice(0, 2));
  const deployment = deploymentOf(healer.assemblyDir, healer.runtime.endpoint);
  const again = askAgain(deployment, healer.runtime.decisions);
  const isOfCalls = ({ role }: Pick<Right, 'role'>) => role.logicalId.startsWith('FunctionsOnCallRole');
  // Its event goes to the dead letters only when it breaks down: test/e2e/least-privilege.test.ts.
  const own = functionRights(deployment)
    .filter(isOfCalls)
    .filter(({ statement }) => !(statement.actions ?? []).includes('sqs:SendMessage'));
  expect(own.length).toBeGreaterThan(10);
  expect(own.filter((right) => again.refusedWithout(right).length === 0).map(nameOf)).toEqual([]);
});
