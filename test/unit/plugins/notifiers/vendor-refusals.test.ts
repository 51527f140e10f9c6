import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RateLimited, Refused } from '@selfheal/kernel/errors.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { makePoster } from '#shared/adapters/http/poster.ts';
import { announce } from '#shared/app/notify/announce.ts';
import { NOTIFIERS, notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { aConfiguration } from '#test/builders/index.ts';
import { fakeClock, makeMemoryMailer, makeRecordingLog, makeRecordingMeter } from '#test/fakes/index.ts';

const CHANNELS = NOTIFIERS.filter(({ id }) =>
  ['slack', 'teams', 'pagerduty', 'jsm', 'webhook', 'jira', 'github-issue'].includes(id),
);
const SETTINGS = Object.fromEntries(CHANNELS.map(({ id, sample }) => [id, { ...sample?.settings }]));
const SECRETS = Object.fromEntries(CHANNELS.map(({ id, sample }) => [id, JSON.stringify(sample?.secret)]));
const found = SAMPLE_ANNOUNCEMENTS.find(({ announcement }) => announcement.kind === 'escalation')?.announcement;
if (found === undefined) throw new Error('There is no sample of an escalation.');
const escalation = found;

/** A vendor that gives the same answer to every request, and the channel that asks it. */
async function aVendor(id: string, status: number, body: string, headers: Record<string, string> = {}) {
  let requests = 0;
  const waited: number[] = [];
  const server = createServer((_request, response) => {
    requests += 1;
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => new Promise<void>((done) => void server.close(() => done())));
  const poster = makePoster({
    secrets: { read: async () => SECRETS },
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wait: async (milliseconds) => void waited.push(milliseconds),
  });
  const all = notifiersOf({ notifiers: SETTINGS });
  const channel = all.find((one) => one.id === id);
  const email = all.find((one) => one.id === 'email');
  if (channel === undefined || email === undefined) throw new Error(`There is no channel ${id}.`);
  const mailer = makeMemoryMailer();
  const tellAll = () =>
    announce(escalation, {
      notifiers: [channel, email],
      configuration: aConfiguration({ notifiers: { [id]: SETTINGS[id] ?? {} } }),
      clock: fakeClock(),
      meter: makeRecordingMeter(),
      log: makeRecordingLog(),
      poster,
      mailer,
    });
  return {
    tell: () => channel.notify(escalation, { poster } as never),
    tellAll,
    mailer,
    waited,
    asked: () => requests,
  };
}

describe.each(Object.keys(SETTINGS))('%s', (id) => {
  it('that takes no more messages now is asked once, and the mail says so', async () => {
    const { tell, tellAll, mailer, asked } = await aVendor(id, 429, 'slow down', { 'retry-after': '30' });
    await expect(tell()).rejects.toThrow(RateLimited);
    await expect(tell()).rejects.toThrow(/again after 30/);
    expect(asked()).toBe(2);
    await expect(tellAll()).resolves.toEqual(['email']);
    expect(mailer.mails[0]?.message.replaceAll(/\s+/g, ' ')).toContain('could not be told');
  });

  it('that says it takes messages again in two seconds is waited for', async () => {
    const { tell, asked, waited } = await aVendor(id, 429, 'slow down', { 'retry-after': '2' });
    await expect(tell()).rejects.toThrow(RateLimited);
    expect([asked(), waited]).toEqual([3, [2000, 2000]]);
  });

  it.each([
    [404, 'channel_not_found'],
    [410, 'channel_is_archived'],
    [403, 'missing_scope'],
    [401, 'invalid_token'],
  ])('that refuses with %i is not asked again, and its reason is in the mail', async (status, reason) => {
    const { tell, tellAll, mailer, asked } = await aVendor(id, status, reason);
    await expect(tell()).rejects.toThrow(Refused);
    expect(asked()).toBe(1);
    await expect(tellAll()).resolves.toEqual(['email']);
    expect(mailer.mails[0]?.message.replaceAll(/\s+/g, ' ')).toContain(reason);
  });
});
