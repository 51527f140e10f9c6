import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { IncidentDetails, IncidentPage, IncidentResponse } from '#functions/api/routes/incident-answers.ts';
import { runCommand } from '../unit/cli/run-command.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const PASSWORD = ['Correct', 'horse', 'battery', '1!'].join('-');
const LINES = [
  'INFO request 1 handled in 12 ms',
  'ERROR could not connect: connect ECONNREFUSED 10.0.0.5:5432',
  'ERROR giving up after 5 tries',
];

let healer: Healer;
let token = '';
beforeAll(async () => {
  healer = await openHealer({ configuration: { policy: { flapWindowMinutes: 30 } } });
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['operator']);
  const { json } = await call('/auth/login', 'POST', { user: 'ada', password: PASSWORD });
  token = json.token;
});
afterEach(() => expectClean(healer));
afterAll(() => healer?.stop());

async function call(path: string, method = 'GET', body?: unknown) {
  const response = await fetch(`${healer.runtime.endpoint}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: JSON.parse(await response.text()) };
}

async function ended(id: string) {
  const read = async () => (await call(`/api/incidents/${id}`)).json;
  await until('the end of the report', async () => (await read()).status !== 'open');
  return IncidentDetails.parse(await read());
}

it('[D16] [D97] [D101] a failure that a person reports is classified, ended with a solution, rated, and found again', async () => {
  const report = { title: 'Checkout answers 502', service: 'checkout-page', severity: 'high', lines: LINES };
  const created = await call('/incidents', 'POST', report);
  expect(created.status).toBe(201);
  const { id } = IncidentResponse.parse(created.json);
  const diagnosed = await ended(id);
  expect(diagnosed).toMatchObject({ status: 'escalated', class: 'service_unavailability', title: report.title });
  expect(diagnosed.briefing.evidence.flatMap(({ lines }) => lines).join('\n')).toContain('ECONNREFUSED');
  expect(diagnosed.advice?.fix).not.toBe('');
  const mails = () => healer.runtime.mailbox.list().filter(({ text }) => text.includes(id));
  await until('the mail', () => mails().length > 0);

  const solution = { solution: 'Raised the pool of the database to 50', minutes: 25 };
  const resolved = await call(`/incidents/${id}/resolve`, 'POST', solution);
  expect([resolved.status, resolved.json.incident.status]).toEqual([200, 'resolved']);
  const rated = await call(`/incidents/${id}/feedback`, 'POST', { actionCorrect: true, speedRating: 4 });
  expect(rated.json.feedback).toMatchObject([{ by: 'ada@example.com', speed: 4 }]);

  const found = await call('/search', 'POST', { logs: LINES, scope: 'service#checkout-page' });
  expect(found.json.similar_incidents[0]).toMatchObject({
    id,
    kind: 'incident',
    resolution: expect.stringContaining('Raised the pool of the database to 50'),
  });
  const whole = await call('/logs/analyze', 'POST', { logs: LINES, scope: 'service#checkout-page' });
  expect(whole.json.root_cause).toMatchObject({ class: 'service_unavailability' });
  expect(whole.json.similar_incidents[0].id).toBe(id);
  const patterns = [{ name: 'refused', pattern: 'ECONNREFUSED \\S+' }];
  expect((await call('/logs/patterns', 'POST', { patterns, logs: LINES })).json.patterns[0].matches).toBe(1);
  expect((await call('/logs/recent?level=error')).json.entries).toContainEqual(
    expect.objectContaining({ incident: id, line: 3 }),
  );
  expect((await call('/logs/statistics')).json.classes).toMatchObject({ service_unavailability: 1 });
  const timeline = await call(`/api/incidents/${id}/timeline`);
  expect(timeline.json.chain.kind).toBe('intact');
});

it('twelve reports of one service are one mail at once and one digest, each told of once', async () => {
  const ids: string[] = [];
  for (let place = 1; place <= 12; place += 1) {
    const report = { title: `Order ${place} was booked twice`, service: 'ledger-page', severity: 'medium' };
    const { json } = await call('/incidents', 'POST', report);
    ids.push(json.id);
    await ended(json.id);
  }
  await healer.quiet();
  const mails = () => healer.runtime.mailbox.list().filter(({ text }) => ids.some((id) => text.includes(id)));
  expect(mails()).toHaveLength(1);
  // They have waited for the window.
  const waiting = await healer.control.gathered(100);
  const waited = Object.entries(Object.groupBy(waiting, ({ channel }) => channel));
  expect(waited.map(([channel, messages = []]) => [channel, messages.length]).sort()).toEqual([
    ['email', 11],
    ['slack-app', 11],
  ]);
  const longAgo = new Date(Date.now() - 31 * 60_000).toISOString();
  for (const message of waiting) await healer.control.keepGathered({ ...message, at: longAgo });
  for (const _round of [1, 2]) await trigger(healer, 'reconciler');
  await until('the digest', () => mails().length === 2);
  await healer.quiet();
  expect(mails()).toHaveLength(2);
  for (const id of ids) expect(mails().filter(({ text }) => text.includes(id))).toHaveLength(1);
  expect(await healer.control.gathered(100)).toEqual([]);
});

it('[D133] a rehearsed incident is planned like others, learned from where asked for, marked in the list, and in no mail or figure', async () => {
  const environment = { SELFHEAL_URL: healer.runtime.endpoint, SELFHEAL_TOKEN: token };
  const flags = ['--title', 'Disk full', '--description', 'ERROR no space left on device: /var/lib/data'];
  const { code, stdout, stderr } = await runCommand(
    ['simulate-incident', ...flags, '--service', 'archive', '--severity', 'high', '--auto-learn', '--json'],
    '',
    undefined,
    environment,
  );
  expect([code, stderr]).toEqual([0, '']);
  const { incident, recommended_actions, learned } = JSON.parse(stdout.toString());
  expect(incident).toMatchObject({ status: 'escalated', subject: { simulated: true }, class: 'resource_exhaustion' });
  expect(recommended_actions.length).toBeGreaterThan(0);
  expect(learned).toMatch(/^[0-9a-f]{12}$/);
  const { incidents } = IncidentPage.parse((await call('/api/incidents?limit=100')).json);
  expect(incidents.filter(({ id }) => id === incident.id)).toMatchObject([{ subject: { simulated: true } }]);
  expect((await call('/logs/recent')).json.entries.map((one: { incident: string }) => one.incident)).not.toContain(
    incident.id,
  );
  const story = async (): Promise<string[]> =>
    (await call(`/api/incidents/${incident.id}/timeline`)).json.story.map(({ event }: { event: string }) => event);
  await until('the last entry', async () => (await story()).includes('incident.escalated'));
  expect(await story()).toEqual(['incident.reported', 'incident.opened', 'plan.made', 'incident.escalated']);
  // The mail about the incident of the test before may still arrive.
  expect(JSON.stringify(healer.runtime.mailbox.list())).not.toContain(incident.id);
});
