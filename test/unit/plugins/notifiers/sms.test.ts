import { Refused } from '@selfheal/kernel/errors.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { hostileText } from '#lab/channels/made-messages.ts';
import { notifiersOf } from '#shared/plugins/notifiers/registry.ts';
import { inGsm, MAX_SEPTETS, textMessageOf } from '#shared/plugins/notifiers/sms/text-message.ts';
import type { Announcement } from '#shared/ports/announcement.ts';

/** Looks like a password in an address, once it is written for phones. */
const LOOKS_SECRET = 'tg://user?id=1:rotating_light:@all\u202egnp.exe\u202c@allhttps://evil.example/login';
const PHONES = ['+491700000001', '+15550000002'];
const announcements = SAMPLE_ANNOUNCEMENTS.map(({ announcement }) => announcement);
const sms = (to: unknown = PHONES) => notifiersOf({ notifiers: { sms: { to } } }).find(({ id }) => id === 'sms');
const told = announcements.filter((one) => sms()?.takes.includes(one.kind) && sms()?.wants(one));
/** One septet each (3GPP TS 23.038). */
const ALPHABET = /^[@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/;

async function send(announcement: Announcement, deliver: (phone: string) => Promise<void> = async () => undefined) {
  const sent: [phone: string, text: string][] = [];
  const texter = {
    send: async (phone: string, text: string) => {
      await deliver(phone);
      sent.push([phone, text]);
    },
  };
  const result = await sms()?.notify(announcement, { texter } as never);
  return { result, sent };
}

describe('a text message', () => {
  it.each(told)('[D183] says in one message what and where: $kind', async (announcement) => {
    const { sent } = await send(announcement);
    expect(sent.map(([phone]) => phone)).toEqual(PHONES);
    const [[, text = ''] = []] = sent;
    expect(text.length).toBeLessThanOrEqual(MAX_SEPTETS);
    expect(text).toMatch(ALPHABET);
    expect(text).toMatch(/^Selfheal/);
    if (!('story' in announcement)) return;
    const { target, id } = announcement.story.incident;
    expect(text).toContain(id.slice(0, 11));
    if (target.kind === 'alarm') expect(text).toContain(target.region);
    if (target.kind === 'run') expect(text).toContain(target.repository);
  });

  it('is sent for what a person has to do, not for what ended well', () => {
    const kinds = new Set(told.map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['escalation', 'workflow-failure', 'approval-asked']));
    for (const one of told) if (one.kind === 'progress') expect(one.story.incident.status).not.toBe('resolved');
  });

  it('keeps to one message and makes no link, whatever outsiders wrote', () => {
    const base = announcements.find(({ kind }) => kind === 'escalation') as Extract<
      Announcement,
      { kind: 'escalation' }
    >;
    fc.assert(
      fc.property(hostileText, (text) => {
        const { diagnosis } = base.story;
        const message = textMessageOf({
          ...base,
          story: { ...base.story, diagnosis: { ...diagnosis, summary: text, rootCause: text } as typeof diagnosis },
        });
        expect(message?.length).toBeLessThanOrEqual(MAX_SEPTETS);
        expect(message).toMatch(ALPHABET);
        expect(message).not.toMatch(/:\/\/|[a-z]\.[a-z]|\w@\w/i);
        expect(message).toMatch(/In us-east-1, account 123456789012\. cw-77777777$/);
      }),
      { numRuns: 300, examples: [[LOOKS_SECRET]] },
    );
  });

  it.each([
    ['Größe: naïve façade', 'Größe: naive facade'],
    ['“quoted” – [a] {b} ~c| €5 …', '"quoted" - (a) (b) -c/ EUR5 ...'],
    ['日本', '??'],
  ])('writes %j as %j', (text, expected) => expect(inGsm(text)).toBe(expected));

  it('says which number was not reached, and does not tell the others twice', async () => {
    const refuse = (failing: readonly string[]) => async (phone: string) => {
      if (failing.includes(phone)) throw new Refused('The number opted out');
    };
    const [first = ''] = PHONES;
    const escalation = told.find(({ kind }) => kind === 'escalation') as Announcement;
    const { result } = await send(escalation, refuse([first]));
    expect(result).toEqual({ where: 'text message', problem: 'not sent to ...0001: The number opted out' });
    await expect(send(escalation, refuse(PHONES))).rejects.toThrow('opted out');
  });

  it.each([[[]], [['0170 1234567']], [['+49']], [['+49170x']]])('is not used with the numbers %j', (to) => {
    expect(sms(to)).toBeUndefined();
  });
});
