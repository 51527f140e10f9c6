import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { cutAtSentence } from '@selfheal/kernel/text/shortened-text.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import type { Announcement, IncidentStory } from '#shared/ports/announcement.ts';
import { mailOf } from '../common/mail/mail-of.ts';
import { headlineOf } from '../common/story-words.ts';

/** Septets of one text message (3GPP TS 23.040). A longer text is sent, and paid, as several. */
export const MAX_SEPTETS = 160;

/** The alphabet of text messages (3GPP TS 23.038, 6.2.1), without the characters that take two septets. One other character would halve the message. */
const GSM = /[^@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]/g;
const REPLACED: Readonly<Record<string, string>> = {
  '…': '...',
  '“': '"',
  '”': '"',
  '„': '"',
  '’': "'",
  '‘': "'",
  '–': '-',
  '—': '-',
  '[': '(',
  ']': ')',
  '{': '(',
  '}': ')',
  '|': '/',
  '\\': '/',
  '~': '-',
  '^': "'",
  '`': "'",
  '€': 'EUR',
};

/** The text in the alphabet of text messages; without their marks where letters have none there. */
export function inGsm(text: string): string {
  return text
    .replaceAll(/[^ -~]|[[\]{}|\\~^`]/g, (sign) => REPLACED[sign] ?? sign)
    .replaceAll(GSM, (sign) => sign.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(GSM, '?'));
}

/** Phones make links of words that look like addresses, and dial numbers; a space keeps them words. */
const inert = (text: string): string =>
  text
    .replaceAll('://', ': //')
    .replaceAll(/(?<=[\p{L}\p{N}])\.(?=\p{L})/gu, '. ')
    .replaceAll(/(?<=\w)@(?=\w)/g, ' at ');

function placeOf({ incident: { target } }: IncidentStory): string | null {
  if (target.kind === 'run')
    return target.pullRequest === null ? target.repository : `${target.repository} #${target.pullRequest}`;
  if (target.kind === 'alarm') return `${target.region}, account ${target.account}`;
  if (target.kind === 'alert') return target.service ?? target.connection;
  return target.kind === 'report' ? (target.service ?? target.repository) : null;
}

/** Characters of an incident's id, as the commands take it. */
const SHORT_ID = 11;

/** What happened and where, in one text message; null for kinds that nobody is told of. Where room is short, the place stays whole. */
export function textMessageOf(announcement: Announcement, opening?: string): RedactedText | null {
  if (!('story' in announcement)) {
    const subject = mailOf(announcement)?.subject;
    return subject === undefined
      ? null
      : redactOutgoing(cutAtSentence(inert(inGsm(subject.replace(/^\[Selfheal\] /, 'Selfheal: '))), MAX_SEPTETS));
  }
  const { story } = announcement;
  const asks = announcement.kind === 'approval-asked';
  const start = opening ?? (asks ? 'Selfheal asks you to decide: ' : 'Selfheal needs a person: ');
  const place = placeOf(story);
  const end = `. ${place === null ? '' : `In ${inGsm(cleanText(place, 70))}. `}${story.incident.id.slice(0, SHORT_ID)}`;
  const headline = inert(inGsm(redactOutgoing(cleanText(headlineOf(story).replaceAll('`', ''), 300))));
  const room = MAX_SEPTETS - start.length - end.length;
  const message = (words: string): RedactedText =>
    redactOutgoing(
      `${start}${inGsm(cutAtSentence(words, room - 2))
        .replace(/[. ]+$/, '')
        .slice(0, room)}${end}`,
    );
  const whole = message(headline);
  return fits(whole) ? whole : message('a failure whose words look like a secret');
}

/** What is cut, or written in this alphabet, may look like a secret that it was not before; its placeholder may be longer than the words. */
const fits = (text: string): boolean => text.length <= MAX_SEPTETS && text.search(GSM) < 0;
