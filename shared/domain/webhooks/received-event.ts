import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { Signal } from '../incident/signal.ts';

/**
 * Rules that keep an event from opening an incident, in words for whoever asks why. A rule that a source adds for itself (`ignored-...`) is said
 * by its own code.
 */
const RULES = {
  unauthorized: 'The signature or the secret was wrong.',
  'stale-signature': "The signature's time was more than five minutes off.",
  'too-large': 'The body was larger than 1,000,000 bytes.',
  'not-json': 'The body was not JSON in UTF-8, or nested too deeply.',
  'not-understood': 'The body was not one of this source: a field that it needs is missing.',
  'over-limit': 'The connection sent more in this minute than its limit allows.',
  'too-many-alerts': 'One delivery held more alerts than are read of one.',
  'place-not-allowed': 'The connection may not speak for this service, or for what names none.',
  'unknown-incident': 'It acknowledged an incident that is not known.',
  heartbeat: 'It only shows that the sender works.',
  'truncated-by-sender': 'The sender left further alerts out of the delivery.',
  'duplicate-delivery': 'The same report had been dealt with before.',
  'mode-off': 'The mode of its repository or service is "off".',
  success: 'It tells of a success, and no incident of it was open.',
  stale: 'It was about something that had ended, or was older than what is known.',
  'resolved-unknown': 'It was resolved, and no incident of it was open.',
  'resolved-first': 'It had been resolved before it arrived.',
  occurrence: 'It was counted for an incident that was open already.',
  noted: 'The recovery was noted on its incident.',
  closed: 'It ended its incident.',
  grouped: 'Too many failures began at once: it is handled as part of one storm.',
  'foreign-counted': 'More alarms of other accounts and regions went off in this hour than become incidents.',
  'request-refused': 'Another incident was working on the same target.',
  resumed: 'It was for an incident that was open already.',
  'recorded-change': 'It is no trouble: it was recorded as a change.',
  'foreign-repository': 'At GitHub, the repository of this name has another id.',
} as const;
export type Rule = keyof typeof RULES | `ignored-${string}`;

/** Characters that are kept of a body; what an alert says is shorter. */
export const MAX_BODY_SAMPLE = 4000;

/** Days that an event is kept in the ledger. */
export const EVENT_DAYS = 30;

/**
 * Something that came in and opened no incident: the rule that kept it from it, and how often that happened in an hour. Repeats of one hour with
 * the same source, connection, rule and subject are one record.
 */
export const ReceivedEvent = z.strictObject({
  version: z.literal(1),
  /** `<hour>-<hash>`, newest hours last in the order of ids. */
  id: z.string().regex(/^\d{10}-[0-9a-f]{16}$/),
  source: z.string().max(60),
  connection: z.string().max(60).nullable(),
  rule: z.string().min(1).max(100),
  /** What it was about: the name of an alarm, a service, a repository. Tainted. */
  subject: recordText({ max: 300 }),
  count: z.number().int().positive(),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  /** What the first of them said, cut; of a body that was not understood or left aside, the body. Tainted. */
  sample: recordText({ max: MAX_BODY_SAMPLE }).nullable(),
  /** The incident that it was counted for. */
  incidentId: z.string().max(60).nullable(),
  /** The first of them as it went on the intake queue, so that it can be replayed; null for what was not understood. */
  signal: Signal.nullable(),
});
export type ReceivedEvent = z.infer<typeof ReceivedEvent>;

/** What whoever drops an event says of it. */
export type DroppedEvent = Pick<
  ReceivedEvent,
  'source' | 'connection' | 'subject' | 'sample' | 'incidentId' | 'signal'
> & { readonly rule: Rule };

/** Id of the record that counts an event of this hour. */
export function eventIdOf(event: DroppedEvent, at: Date): string {
  const hour = at.toISOString().slice(0, 13).replaceAll(/\D/g, '');
  const { source, connection, rule, subject } = event;
  return `${hour}-${digestOf(canonicalJson([source, connection, rule, subject]), 16)}`;
}

/** The words for a rule. */
export function ruleWords(rule: string): string {
  const words: Readonly<Record<string, string>> = RULES;
  return words[rule] ?? `Its source leaves it aside: ${rule.replace(/^ignored-/, '').replaceAll('-', ' ')}.`;
}
