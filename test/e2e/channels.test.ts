import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { signIn } from '#lab/drills/approvals.ts';
import { CHANNEL_NOTIFIERS } from './support/assemblies.ts';
import { expectClean, type Healer, openHealer } from './support/healer.ts';
import { trigger } from './support/steering.ts';
import { until } from './support/until.ts';

const PASSWORD = ['Correct', 'Horse', '8', 'Battery'].join('-');
const OPERATIONS = 'acme/operations';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({
    base: 'channels',
    configuration: {
      notifiers: {
        ...CHANNEL_NOTIFIERS,
        pagerduty: { ...CHANNEL_NOTIFIERS.pagerduty, changes: true },
        jsm: { tell: ['incidents'] },
        'github-issue': { repository: OPERATIONS },
      },
      routing: {
        teams: [{ name: 'mobile', services: ['gallery'] }],
        rules: [{ name: 'mobile', when: { teams: ['mobile'] }, tell: ['teams', 'jira', 'github-issue'] }],
      },
    },
  });
  healer.world.github.addRepository(OPERATIONS);
  await healer.runtime.createUser('ada', 'ada@example.com', PASSWORD, ['admin']);
});
afterAll(() => healer?.stop());

const CHANNELS = ['slack', 'teams', 'pagerduty', 'jsm', 'webhook'];
/** The messages of each channel that name the alarm. */
const toldOf = (alarm: string) =>
  CHANNELS.map((channel) => [
    channel,
    healer.world.channels
      .messages()
      .filter((one) => one.channel === channel && JSON.stringify(one.body).includes(alarm)).length,
  ]);

it('[A77] [A80] [D93] tells every channel once that a person has to take over, by the synthesized template', async () => {
  const incident = await healer.ended(healer.world.samples.fireAlarm('ledger'));
  await healer.quiet();
  expect(incident.status).toBe('escalated');
  expect(toldOf('ledger-latency')).toEqual(CHANNELS.map((channel) => [channel, 1]));
  const page = healer.world.channels.messages().find(({ channel }) => channel === 'pagerduty');
  expect(page?.body).toMatchObject({ event_action: 'trigger', dedup_key: incident.id, payload: { severity: 'error' } });
  expectClean(healer);
});

it('[D92] [D181] mails through the mail server, by STARTTLS and with a password, once and as text and page', async () => {
  const incident = await healer.ended(healer.world.samples.fireAlarm('ledger'));
  await healer.quiet();
  const about = healer.mailsAbout(incident.id).filter(({ html }) => html !== null);
  expect(about).toMatchObject([{ to: 'team@example.com', topicArn: null, html: expect.stringContaining('<h1') }]);
  expectClean(healer);
});

it('[D183] texts each telephone once, in one message that says what and where', async () => {
  const incident = await healer.ended(healer.world.samples.fireAlarm('ledger'));
  await healer.quiet();
  const texts = healer.runtime.mailbox
    .list()
    .filter(({ to, text }) => to.startsWith('+') && text.includes(incident.id.slice(0, 11)));
  expect(texts.map(({ to }) => to).sort()).toEqual(['+15550000002', '+491700000001']);
  for (const { text } of texts) {
    expect(text.length).toBeLessThanOrEqual(160);
    expect(text).toContain('ledger-latency');
  }
  expectClean(healer);
});

it('[A79] [E23] [E24] has one ticket in Jira for what a person has to mend, reported fifty times at once', async () => {
  const event = healer.world.samples.fireAlarm('ledger');
  await Promise.all(Array.from({ length: 50 }, () => healer.runtime.putEvent({ ...event, id: randomUUID() })));
  const incident = await healer.ended(event);
  await healer.quiet();
  const label = `selfheal-${incident.id}`;
  const own = healer.world.jira.issues().filter(({ fields }) => (fields.labels as string[]).includes(label));
  expect(own).toMatchObject([{ edition: 'cloud', status: 'new', fields: { project: { key: 'OPS' } } }]);
  expectClean(healer);
});

it('resolves the page and closes the alert when an alarm recovered', async () => {
  const incident = await healer.ended(healer.world.samples.fireAlarm('checkout', { okAfterMs: 500 }));
  await healer.quiet();
  expect(incident.status).toBe('resolved');
  const pages = healer.world.channels.messages().filter(({ channel }) => channel === 'pagerduty');
  expect(pages.at(-1)?.body).toMatchObject({ event_action: 'resolve', dedup_key: incident.id });
  const [change] = pages.filter(({ body }) => JSON.stringify(body).includes('"summary":"Selfheal: '));
  expect(change?.body).toMatchObject({ payload: { custom_details: { incident: incident.id } } });
  const alerts = healer.world.channels.messages().filter(({ channel }) => channel === 'jsm');
  expect(alerts.at(-1)?.body).toEqual({ source: 'Selfheal', note: expect.stringContaining('OK') });
  expectClean(healer);
});

it('says in a mail which channel is down, and goes on all the same', async () => {
  healer.world.faults.inject('slack:post', { kind: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY });
  onTestFinished(() => healer.world.faults.clear());
  // Well before the polls of the verification are over, however fast the machine is.
  const incident = await healer.ended(healer.world.samples.fireAlarm('invoices', { okAfterMs: 60 }));
  await healer.quiet();
  expect(incident.status).toBe('resolved');
  const about = healer.mailsAbout(incident.id);
  expect(about).toHaveLength(1);
  expect(about[0]?.text).toContain('Slack could not be told: Slack: the answer was status 503');
});

/** Sends a request as Ada; the answer has to be of 2xx. */
async function send(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const authorization = `Bearer ${await signIn(healer, 'ada@example.com', PASSWORD)}`;
  const response = await fetch(`${healer.runtime.endpoint}${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
  return (await response.json()) as Record<string, unknown>;
}

async function reported(service: string, summary: string) {
  const answer = await send('POST', '/incident', {
    ...{ summary, service, severity: 'high' },
    logs: ['ERROR java.lang.NullPointerException: thumbnail is null'],
  });
  const id = String(answer.id);
  await until('the end', async () => (await healer.incidents.get(id))?.status === 'escalated');
  await healer.quiet();
  return { id, answer };
}
const ticketsOf = (id: string) => ({
  jira: healer.world.jira.issues().filter(({ fields }) => (fields.labels as string[]).includes(`selfheal-${id}`)),
  github: healer.world.github.issues(OPERATIONS).filter(({ body }) => body?.includes(id)),
});

it('[D251] [D252] [E6] [E15] has an incident that an integrator posts in one ticket at Jira and one GitHub issue, told to the team of its rule alone, and closed by its end', async () => {
  const summary = 'NullPointerException in the thumbnails';
  const { id, answer } = await reported('gallery', summary);
  expect(answer).toMatchObject({ ticket: null, note: expect.stringContaining(`/api/incidents/${id}/timeline`) });
  const { jira, github } = ticketsOf(id);
  expect(jira).toMatchObject([{ status: 'new', fields: { project: { key: 'OPS' } } }]);
  expect(github).toMatchObject([{ state: 'open', title: expect.stringContaining(summary) }]);
  expect(toldOf(summary)).toEqual(CHANNELS.map((channel) => [channel, channel === 'teams' ? 1 : 0]));
  expect(healer.mailsAbout(id)).toEqual([]);
  const timeline = JSON.stringify(await send('GET', `/api/incidents/${id}/timeline`));
  expect(timeline).toContain(`/browse/${jira[0]?.key}`);
  expect(timeline).toContain(`/${OPERATIONS}/issues/${github[0]?.number}`);

  await send('POST', `/incidents/${id}/resolve`, { solution: 'Thumbnails have a placeholder' });
  await until('the closed tickets', () => {
    const now = ticketsOf(id);
    return now.jira[0]?.status === 'done' && now.github[0]?.state === 'closed';
  });
  await healer.quiet();
  expect(toldOf(summary)).toEqual(CHANNELS.map((channel) => [channel, channel === 'teams' ? 1 : 0]));
  expectClean(healer);
});

it('[D5] [D94] tells people by mail and Teams, and calls the list of phones, because a person asks for it', async () => {
  const { id } = await reported('catalog', 'Prices are missing');
  const about = () => toldOf('Prices are missing').find(([channel]) => channel === 'teams')?.[1];
  // Who is on call is mailed, too.
  const toTeam = () => healer.mailsAbout(id).filter(({ to }) => to === 'team@example.com');
  const before = { mails: toTeam().length, cards: about() };
  const reason = 'the catalog team is asleep';
  for (let times = 0; times < 2; times += 1)
    expect((await send('POST', `/api/incidents/${id}/escalate`, { reason })).told).toEqual(
      expect.arrayContaining(['teams', 'smtp', 'sms']),
    );
  await trigger(healer, 'on-call');
  await healer.quiet();
  const mails = toTeam();
  expect([mails.length, about()]).toEqual([before.mails + 1, Number(before.cards) + 1]);
  const asked = `ada@example.com asks for help: ${reason}`;
  expect(mails[0]?.text).toContain(asked);
  const card = healer.world.channels.messages().findLast(({ channel }) => channel === 'teams');
  expect(JSON.stringify(card?.body)).toContain(asked);
  const texts = healer.runtime.mailbox.list().filter(({ to }) => to === '+4917000000010');
  expect(texts.filter(({ text }) => text.includes(id.slice(0, 11)))).toHaveLength(1);
  expectClean(healer);
});
