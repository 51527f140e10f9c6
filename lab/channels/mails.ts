import { type AddressObject, simpleParser } from 'mailparser';
import { composeMail } from '#shared/adapters/mail/smtp-sender.ts';
import { mailHtml } from '#shared/plugins/notifiers/common/mail/mail-html.ts';
import { linksOf } from '#shared/plugins/notifiers/common/mail/mail-links.ts';
import { mailOf } from '#shared/plugins/notifiers/common/mail/mail-of.ts';
import type { Announcement } from '#shared/ports/announcement.ts';
import { broken } from './described.ts';

const FROM = 'selfheal@example.com';
const TO = ['team@example.com', 'on-call@example.com'];
/** Everything that the mail itself sets; another header would be one of an outsider. */
const HEADERS = new Set(
  'from to subject message-id in-reply-to references auto-submitted x-auto-response-suppress date mime-version content-type'.split(
    ' ',
  ),
);
const TAGS = new Set('html head meta title style body div p h1 h2 ul li pre code br a'.split(' '));
const ATTRIBUTES = new Set('lang charset name content class style href'.split(' '));
const ADDRESS = /:\/\/|\bwww\.[^\s\u2060]|\b(?:javascript|mailto):[^\s\u2060]/i;

/** What is wrong with the mail of an announcement, as bytes and as a reader gets it; nothing where nobody is mailed. */
export async function mailFaults(
  announcement: Announcement,
  mail = mailOf(announcement),
  html = mail === null ? '' : mailHtml(mail, announcement),
): Promise<string[]> {
  if (mail === null) return [];
  const threadId = 'story' in announcement ? announcement.story.incident.id : null;
  const server = { host: 'smtp.example.com', port: 587, user: null };
  const { subject, message } = mail;
  const bytes = await composeMail({ server, from: FROM, to: TO, subject, text: message, html, threadId });
  const read = await simpleParser(bytes);
  const own = linksOf(announcement);
  return [
    ...wireFaults(bytes.toString('latin1')),
    ...broken({
      'the reader gets the subject': read.subject === subject,
      'the reader gets the text': same(read.text ?? '', message),
      'the reader gets the page': typeof read.html === 'string' && same(read.html, html),
      'nothing is attached': read.attachments.length === 0,
      'it is from the sender alone': addressesIn(read.from) === FROM,
      'it goes to the recipients alone': addressesIn(read.to) === TO.join(),
      'text and page say the same': saysTheSame(html, message, subject),
      'no address of an outsider in the text': message
        .split('\n')
        .every((line) => own.has(line) || !ADDRESS.test(line)),
    }),
    ...pageFaults(html, own),
  ];
}

/** Rules of RFC 5322 (2.1.1 lengths of lines, 2.2 headers, 3.6 how often) and RFC 2045 and 2047 (lines of encoded parts, encoded words). */
function wireFaults(wire: string): string[] {
  const lines = wire.split('\r\n');
  const header = wire.slice(0, wire.indexOf('\r\n\r\n'));
  const names = [...header.matchAll(/^([^\s:]+):/gm)].map(([, name = '']) => name.toLowerCase());
  return broken({
    'lines of at most 998 characters': lines.every((line) => line.length <= 998),
    'lines end with CR and LF': !/\r(?!\n)|(?<!\r)\n/.test(wire),
    'every octet is ASCII and no control character': !/[^\r\n\t\x20-\x7e]/.test(wire),
    'every line of the header is a field or goes on with one': header
      .split('\r\n')
      .every((line) => /^(?:[\x21-\x39\x3b-\x7e]+:|[ \t]+\S)/.test(line)),
    'encoded words of at most 75 characters': [...header.matchAll(/=\?[^?\s]+\?[bq]\?[^?\s]*\?=/gi)].every(
      ([word]) => word.length <= 75,
    ),
    'each field once': new Set(names).size === names.length,
    'date, sender and recipients': ['date', 'from', 'to', 'subject', 'message-id'].every((name) =>
      names.includes(name),
    ),
    'no field of an outsider': names.every((name) => HEADERS.has(name)),
  });
}

function pageFaults(html: string, own: ReadonlySet<string>): string[] {
  const tags = [...html.matchAll(/<\/?([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)\s*>/gi)];
  const attributes = tags.flatMap(([, , all = '']) => [...all.matchAll(/([a-z-]+)="([^"]*)"/gi)]);
  const links = attributes.flatMap(([, name, value = '']) => (name === 'href' ? [decoded(value)] : []));
  return broken({
    'no other tag': tags.every(([, name = '']) => TAGS.has(name.toLowerCase())),
    'no other attribute': attributes.every(([, name = '']) => ATTRIBUTES.has(name.toLowerCase())),
    'every sign of markup is of a tag': !/[<>]/.test(
      tags.reduce(
        (rest, [tag]) => rest.replace(tag, ''),
        html.replace(/^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/, ''),
      ),
    ),
    'no link of an outsider': links.every((url) => own.has(url)),
    'no address of an outsider on the page': !ADDRESS.test(wordsOn(html.replaceAll(/<a [^>]*>[^<]*<\/a>/g, ' '))),
    'nothing is loaded': !/\b(?:src|background|on\w+)="|url\(|@import|<link|<img/i.test(
      tags.map(([tag]) => tag).join(''),
    ),
  });
}

const addressesIn = (given: AddressObject | AddressObject[] | undefined): string =>
  [given ?? []]
    .flat()
    .flatMap(({ value }) => value.map(({ address }) => address))
    .join();

/** The same but for the ends of lines, which a mail does not keep. */
const same = (one: string, other: string): boolean => plain(one) === plain(other);
const plain = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();

const decoded = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

/** What a person reads on the page. */
const wordsOn = (html: string): string =>
  decoded(
    html
      .replace(/^[\s\S]*?<body[^>]*>/, '')
      .replaceAll(/<\/?code[^>]*>/g, '')
      .replaceAll(/<[^>]*>/g, ' '),
  );

/** Letters and digits alone: rules, bullets and marks of code are drawn on the page. */
const letters = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]+/gu, '');

/** The page begins with the name of the product and, where the text has no heading of its own, with the subject. */
function saysTheSame(html: string, message: string, subject: string): boolean {
  const [shown, text] = [letters(wordsOn(html)), letters(message)];
  return shown === `Selfheal${text}` || shown === `Selfheal${letters(subject.replace(/^\[Selfheal\] /, ''))}${text}`;
}
