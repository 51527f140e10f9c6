import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectClean, type Healer, openHealer } from './support/healer.ts';

let healer: Healer;
beforeAll(async () => {
  healer = await openHealer({ base: 'channels' });
});
afterAll(() => healer?.stop());

const CHANNELS = ['slack', 'teams', 'pagerduty', 'webhook'];
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

it('resolves the page when an alarm recovered', async () => {
  const incident = await healer.ended(healer.world.samples.fireAlarm('checkout', { okAfterMs: 500 }));
  await healer.quiet();
  expect(incident.status).toBe('resolved');
  const pages = healer.world.channels.messages().filter(({ channel }) => channel === 'pagerduty');
  expect(pages.at(-1)?.body).toMatchObject({ event_action: 'resolve', dedup_key: incident.id });
  expectClean(healer);
});

it('says in a mail which channel is down, and goes on all the same', async () => {
  healer.world.faults.inject('slack:post', { kind: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY });
  const incident = await healer.ended(healer.world.samples.fireAlarm('invoices'));
  await healer.quiet();
  healer.world.faults.clear();
  expect(incident.status).toBe('resolved');
  const about = healer.mailsAbout(incident.id);
  expect(about).toHaveLength(1);
  expect(about[0]?.text).toContain('Slack could not be told: Slack: the answer was status 503');
});
