import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SAMPLE_ANNOUNCEMENTS } from '#apps/local/sample/announcements.ts';
import { checkRunFaults, commentFaults, issueFaults } from '#lab/channels/github.ts';
import { madeAnnouncement } from '#lab/channels/made-announcements.ts';
import { mailFaults } from '#lab/channels/mails.ts';
import { lengthOf, textMessageFaults } from '#lab/channels/text-messages.ts';
import { inert } from '#shared/plugins/notifiers/common/mail/mail-links.ts';
import { mailOf } from '#shared/plugins/notifiers/common/mail/mail-of.ts';
import type { Announcement } from '#shared/ports/announcement.ts';

const SEED = 20_261_127;
const MADE = fc.sample(madeAnnouncement, { numRuns: 100, seed: SEED });
const [escalation] = SAMPLE_ANNOUNCEMENTS.flatMap(({ announcement }) =>
  announcement.kind === 'escalation' ? [announcement] : [],
);

describe(`100 announcements of hostile texts (seed ${SEED})`, () => {
  it('are mails that keep to the rules, say the same twice, and link to nothing of outsiders', async () => {
    const faults = await Promise.all(
      MADE.map(async (made) => (await mailFaults(made)).map((fault) => `${made.kind}: ${fault}`)),
    );
    expect(faults.flat()).toEqual([]);
  });

  it.each([
    ['check runs', checkRunFaults],
    ['comments', commentFaults],
    ['issues', issueFaults],
  ])('are %s that GitHub takes, in which no word of outsiders is live', (_title, faultsOf) => {
    expect(MADE.flatMap(faultsOf)).toEqual([]);
  });

  it('are one text message each, which says what and where', () => {
    expect(MADE.flatMap(textMessageFaults)).toEqual([]);
  });
});

describe('the check of mails', () => {
  const announcement = escalation as Announcement;
  const mail = mailOf(announcement);
  const saying = (change: { readonly subject?: string; readonly message?: string }) => ({
    subject: redactOutgoing(change.subject ?? mail?.subject ?? ''),
    message: redactOutgoing(change.message ?? mail?.message ?? ''),
  });

  it.each([
    ['a line break in the subject', { subject: 'a\r\nBcc: evil@evil.example' }, 'the reader gets the subject'],
    ['half a character', { message: 'half \ud800' }, 'the reader gets the text'],
    ['an address of an outsider', { message: 'see https://evil.example' }, 'no address of an outsider in the text'],
  ])('finds %s', async (_title, change, fault) => {
    expect(await mailFaults(announcement, saying(change))).toContain(fault);
  });

  it.each([
    ['a link', '<a href="https://evil.example">x</a>', 'no link of an outsider'],
    ['a script', '<script>x</script>', 'no other tag'],
    ['a picture', '<img src="https://evil.example/x.png">', 'nothing is loaded'],
    ['other words', '<p>Approved.</p>', 'text and page say the same'],
  ])('finds %s on the page', async (_title, html, fault) => {
    expect(await mailFaults(announcement, mail, `<body>${html}</body>`)).toContain(fault);
  });
});

it.each([
  ['a'.repeat(160), 160, 160],
  ['[€]', 6, 160],
  ['日本', 2, 70],
  ['😀', 2, 70],
])('a text message of %j is %i long', (text, units, most) => expect(lengthOf(text)).toEqual({ units, most }));

it.each([
  ['see https://evil.example/x', 'see https:\u2060//evil.\u2060example/x'],
  ['www.evil.example', 'www.\u2060evil.\u2060example'],
  ['(mailto:a@evil.example)', '(mailto:\u2060a@\u2060evil.\u2060example)'],
  ['t.me/evil', 't.\u2060me/evil'],
  ['src/cart.ts:14 in left-pad@1.3.0', 'src/cart.ts:14 in left-pad@1.3.0'],
  ['by ada@example.com', 'by ada@example.com'],
])('mail programs make no link of %j, and names of files stay as they are', (text, expected) => {
  expect(inert(text)).toBe(expected);
  expect(inert(expected)).toBe(expected);
});
