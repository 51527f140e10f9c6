import { afterAll, beforeAll, expect, it } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { runCommand } from '#test/unit/cli/run-command.ts';
import { sampleConfiguration } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { LEAKING, leak } from './support/leak.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const PASSWORD = 'Correct-Horse-8-Battery';

let healer: Healer;
beforeAll(async () => {
  const services = sampleConfiguration().services?.map((service) =>
    service.id === 'checkout' || service.id === 'catalog' ? { ...service, capacity: [LEAKING] } : service,
  );
  healer = await openHealer({ configuration: { services } });
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin', 'approver']);
  await healer.runtime.createUser('bob', 'bob@example.com', PASSWORD, ['approver']);
});
afterAll(() => healer?.stop());

it('[C80] [D31] mails once a day what runs out within a day, and nothing before that can be told', async () => {
  const told = () => healer.runtime.mailbox.list().filter(({ subject }) => subject.includes('runs out soon'));
  await trigger(healer, 'forecast');
  await healer.quiet();
  expect(told()).toEqual([]);
  leak(healer);
  await trigger(healer, 'forecast');
  await until('the mail', () => told().length > 0);
  await trigger(healer, 'forecast');
  await healer.quiet();
  expect(told()).toHaveLength(2);
  expect(told()[0]?.text.replaceAll('\n', ' ')).toMatch(
    /AWS\/Lambda\/Duration FunctionName=till-cache rises by 1\.\d+ an hour/,
  );
  expectClean(healer);
});

it('[D154] an alert on a metric mails once when it is crossed, and scales only after a person approves', async () => {
  const token = await signIn(healer, 'ada@example.com', PASSWORD);
  const api = async (path: string, body?: object, as = token) => {
    const headers = { authorization: `Bearer ${as}`, 'content-type': 'application/json', 'if-match': '*' };
    const request = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${healer.runtime.endpoint}/api${path}`, request);
    return { status: response.status, json: JSON.parse(await response.text()) };
  };
  const environment = { SELFHEAL_URL: healer.runtime.endpoint, SELFHEAL_TOKEN: token };
  const words =
    'set-alert --service catalog --action preemptive_scale --confidence 0.90 --name catalog-memory-usage --pattern';
  const set = await runCommand([...words.split(' '), 'memory_usage > 50%'], '', undefined, environment);
  expect([set.code, set.stderr]).toEqual([0, expect.stringContaining('always waits for an approval')]);
  const told = () =>
    healer.runtime.mailbox.list().filter(({ subject }) => subject.includes('catalog: memory is above 50'));
  leak(healer);
  await trigger(healer, 'forecast');
  await trigger(healer, 'forecast');
  const asked = async () => (await api('/approvals')).json.approvals[0];
  await until('the request for an approval', async () => (await asked()) !== undefined);
  expect(told()).toHaveLength(1);
  expect(healer.world.aws.ecsService('shop', 'catalog')?.desiredCount).toBe(2);
  const { incidentId, digest } = await asked();
  expect((await healer.incidents.get(incidentId))?.request?.alert).toBe('catalog-memory-usage');
  const request = `/approvals/${incidentId}/${digest}`;
  const own = await api(request, { decision: 'approved' });
  expect([own.status, own.json.detail]).toEqual([403, expect.stringContaining('You asked for this action')]);
  const bob = await signIn(healer, 'bob@example.com', PASSWORD);
  expect((await api(request, { decision: 'approved' }, bob)).status).toBe(200);
  const { status, outcomeReason } = await healer.ended(incidentId);
  expect({ status, outcomeReason }).toMatchObject({ status: 'resolved' });
  expect(healer.world.aws.ecsService('shop', 'catalog')?.desiredCount).toBe(3);
  expectClean(healer);
});
