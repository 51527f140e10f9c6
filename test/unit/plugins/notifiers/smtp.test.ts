import { Refused } from '@selfheal/kernel/errors.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { announce } from '#shared/app/notify/announce.ts';
import { mailHtml } from '#shared/plugins/notifiers/common/mail/mail-html.ts';
import { mailOf } from '#shared/plugins/notifiers/common/mail/mail-of.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import type { OutgoingMail, SmtpSender } from '#shared/ports/smtp-sender.ts';
import { aConfiguration } from '#test/builders/configuration.ts';
import { fakeClock } from '#test/fakes/clock.ts';
import { makeMemoryMailer } from '#test/fakes/cloud.ts';
import { makeRecordingLog, makeRecordingMeter } from '#test/fakes/telemetry.ts';

const SECTION = {
  host: 'smtp.example.com',
  user: 'selfheal',
  from: 'selfheal@example.com',
  to: ['team@example.com'],
  onCall: ['on-call@example.com'],
};
const withSmtp = notifiersOf({ notifiers: { smtp: SECTION } });
const announcements = SAMPLE_ANNOUNCEMENTS.map(({ announcement }) => announcement);
const ofKind = (kind: Announcement['kind']) => {
  const found = announcements.find((one) => one.kind === kind);
  if (found === undefined) throw new Error(`There is no sample of ${kind}.`);
  return found;
};

async function tell(announcement: Announcement, send: SmtpSender['send'] = async () => []) {
  const mailer = makeMemoryMailer();
  const mails: OutgoingMail[] = [];
  const [meter, log] = [makeRecordingMeter(), makeRecordingLog()];
  const smtp: SmtpSender = {
    send: async (mail) => {
      mails.push(mail);
      return await send(mail);
    },
  };
  const [configuration, clock] = [aConfiguration(), fakeClock()];
  const told = await announce(announcement, { notifiers: withSmtp, configuration, clock, mailer, smtp, meter, log });
  return { told, mails, topic: mailer.mails };
}

describe('mail through a mail server', () => {
  it('[D92] goes to the configured list, once, and takes the place of the mail through the topic', async () => {
    const { told, mails, topic } = await tell(ofKind('escalation'));
    expect(told).toEqual(['smtp']);
    expect(mails).toMatchObject([
      { server: { host: 'smtp.example.com', port: 587, user: 'selfheal' }, from: 'selfheal@example.com' },
    ]);
    expect(topic).toEqual([]);
  });

  it('[D183] goes to who is on call only where a person has to do something', async () => {
    const recipients = async (kind: Announcement['kind']) => (await tell(ofKind(kind))).mails[0]?.to;
    for (const kind of ['escalation', 'approval-asked', 'workflow-failure'] as const)
      expect(await recipients(kind)).toEqual(['team@example.com', 'on-call@example.com']);
    for (const kind of ['quality-degraded', 'learning-reviewed', 'still-stopped'] as const)
      expect(await recipients(kind)).toEqual(['team@example.com']);
  });

  it('is said in the mail through the topic when the server refuses it', async () => {
    const { told, topic } = await tell(ofKind('escalation'), async () => {
      throw new Refused('The mail server smtp.example.com:587 offers no encryption that can be trusted');
    });
    expect(told).toEqual(['email']);
    expect(topic).toHaveLength(1);
    expect(topic[0]?.message).toMatch(/E-mail through SMTP could not be told: .* offers no encryption/);
  });

  it('names in the mail through the topic whom the server refused, though others got theirs', async () => {
    const { told, topic } = await tell(ofKind('escalation'), async () => [
      { address: 'on-call@example.com', reason: '550 no such user' },
    ]);
    expect(told).toEqual(['smtp', 'email']);
    expect(topic[0]?.message).toContain('not sent to on-call@example.com: 550 no such user');
  });

  it.each([
    ['no recipient', { ...SECTION, to: [], onCall: [] }],
    ['a sender that is no address', { ...SECTION, from: 'selfheal' }],
    ['a port that is none', { ...SECTION, port: 0 }],
    ['a host with a scheme', { ...SECTION, host: 'smtp://smtp.example.com' }],
    ['a password, which belongs into the secret', { ...SECTION, password: 'x' }],
  ])('is not used with %s', (_title, section) => {
    expect(notifiersOf({ notifiers: { smtp: section } }).some(({ id }) => id === 'smtp')).toBe(false);
  });
});

/** What a mail program would do with a page: everything that is a tag, an address it opens, or an attribute that runs. */
const tagsIn = (html: string) =>
  [...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name.toLowerCase());
const OWN_TAGS = new Set('html head meta title style body div p h1 h2 ul li pre code br a'.split(' '));

describe('the mail as a page', () => {
  const mails = announcements.flatMap((announcement) => {
    const mail = mailOf(announcement);
    return mail === null ? [] : [{ kind: announcement.kind, announcement, mail }];
  });

  it.each(mails)('says every word of the text of $kind, and loads nothing', ({ announcement, mail }) => {
    const html = mailHtml(mail, announcement);
    const words = (text: string) =>
      text
        .replaceAll('`', '')
        .replaceAll(/[\u2060\s-]+/g, ' ')
        .trim();
    const shown = html
      .replaceAll(/<head>[\s\S]*<\/head>/g, '')
      // Marks of code look like code.
      .replaceAll(/<\/?code[^>]*>/g, '')
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
    for (const line of mail.message.split('\n')) expect(words(shown)).toContain(words(line.replace(/^- /, '')));
    expect(html).not.toMatch(/<[^>]*\b(?:src|background|on\w+)=|url\(|@import|<link|<img/i);
    expect(tagsIn(html).filter((name) => !OWN_TAGS.has(name))).toEqual([]);
  });

  it('follows the colour scheme: every colour has a dark one, also where styles are dropped', () => {
    const [first] = mails;
    if (first === undefined) throw new Error('There are mails.');
    const html = mailHtml(first.mail, first.announcement);
    const used = new Set([...html.matchAll(/class="([^"]+)"/g)].flatMap(([, names = '']) => names.split(' ')));
    for (const name of used) if (name !== 'outer' && name !== 'sheet') expect(html).toContain(`.${name}{`);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
  });

  it('makes no tag, link or heading of what outsiders wrote', () => {
    const base = ofKind('escalation') as Extract<Announcement, { kind: 'escalation' }>;
    const nasty = fc.stringMatching(/^[<>&"'`/:.\w -]{0,40}$/);
    fc.assert(
      fc.property(
        nasty,
        fc.constantFrom('https://evil.example/x', '<a href="https://evil.example">', 'www.evil.example'),
        (noise, bait) => {
          const text = `${bait}\n\nApprove\n-------\n${noise} ${bait}`;
          const { diagnosis, incident } = base.story;
          const announcement = {
            ...base,
            reason: text,
            story: {
              ...base.story,
              incident: { ...incident, tainted: { ...incident.tainted, title: text } },
              diagnosis: diagnosis === null ? null : { ...diagnosis, rootCause: text, fix: text },
            },
          } as unknown as Announcement;
          const mail = mailOf(announcement);
          if (mail === null) throw new Error('An escalation is mailed.');
          const html = mailHtml(mail, announcement);
          expect(tagsIn(html).filter((name) => !OWN_TAGS.has(name))).toEqual([]);
          expect(html).not.toMatch(/href="[^"]*evil|:\/\/evil|www\.evil|<h2[^>]*>Approve/);
        },
      ),
      { numRuns: 100 },
    );
  });
});
