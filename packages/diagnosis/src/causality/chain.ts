import { recordText } from '@selfheal/kernel/text/record-text.ts';
import { shortenedText } from '@selfheal/kernel/text/shortened-text.ts';
import type { Evidence } from '@selfheal/log-reading/logs/evidence.ts';
import { outcomeFiguresOf } from '@selfheal/log-reading/logs/outcome-figures.ts';
import { isAtLeast, Severity } from '@selfheal/log-reading/logs/severity.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import { ENTITY_KINDS } from './entity-patterns.ts';
import { type Event, eventsIn, orderEvents } from './event.ts';
import { firstCause } from './first-cause.ts';
import { LINK_KINDS, type LinkKind, linkBetween } from './links.ts';
import { innermostOf } from './wrapping.ts';

const ChainEvent = z.strictObject({
  /** The evidence line; null for facts from an API. */
  ref: z.string().max(20).nullable(),
  at: z.iso.datetime().nullable(),
  text: recordText({ max: 240 }),
  severity: Severity,
  entities: z.array(z.strictObject({ kind: z.enum(ENTITY_KINDS), value: z.string().max(120) })).max(6),
  /** What links it to the first cause, strongest first; null for the first cause. */
  link: z.enum(LINK_KINDS).nullable(),
  /** Why it is considered the first cause or a consequence. */
  why: z.string().max(200),
  /** How often it occurred, ignoring numbers and ids. */
  times: z.number().int().positive(),
});
export type ChainEvent = z.infer<typeof ChainEvent>;

/**
 * Events of a failure in order, bounded: the first cause and its consequences. Tainted except for `why`, `at` and
 * `severity`.
 */
export const CausalChain = z.strictObject({
  cause: ChainEvent,
  /** Further reasons for considering it the first cause. */
  reasons: z.array(z.string().max(200)).max(5),
  /** In order; lines that only summarise come last. */
  followed: z.array(ChainEvent).max(6),
});
export type CausalChain = z.infer<typeof CausalChain>;

const MAX_FOLLOWED = 6;
const MAX_TEXT_LENGTH = 237;
const STRENGTH: Readonly<Record<LinkKind, number>> = { stated: 4, 'same-name': 3, cascade: 2, order: 1, summary: 0 };
const LATEST = Date.parse('9999-01-01T00:00:00Z');

interface Consequence {
  readonly event: Event;
  readonly kind: LinkKind;
  readonly why: string;
  readonly times: number;
}

function cut(text: string, longest: number): string {
  return shortenedText(text, longest);
}

function chainEventOf(
  event: Event,
  why: string,
  times: number,
  link: LinkKind | null,
  stated = { ref: event.ref, text: event.text },
): ChainEvent {
  const entities = [...new Map(event.entities.map((one) => [`${one.kind} ${one.value}`, one])).values()]
    .filter(({ value }) => value.length <= 120)
    .slice(0, 6)
    .map(({ kind, value }) => ({ kind, value }));
  const at = event.at !== null && event.at >= 0 && event.at < LATEST ? new Date(event.at).toISOString() : null;
  return {
    ref: stated.ref,
    at,
    text: redactOutgoing(cut(stated.text.trim(), MAX_TEXT_LENGTH)).slice(0, MAX_TEXT_LENGTH),
    severity: event.severity,
    entities,
    link,
    why: cut(why, 197),
    times,
  };
}

/** A line stands out when at most this share of its log's lines has a similar relevance. */
const MAX_SHARE_ALIKE = 0.5;
const NEAR_BEST = 0.75;

/**
 * Final lines without a word of failure are no cause, unless they stand out in the log, like a linter's plain finding.
 */
function saysNothing({ severity, stage, wording, source }: Event, { sources }: Evidence): boolean {
  if (isAtLeast(severity, 'warning') || stage === 'change' || wording > 0) return false;
  const scores = sources.find(({ id }) => id === source)?.lines.map(({ score }) => score) ?? [];
  const best = Math.max(...scores);
  return scores.filter((score) => score >= best * NEAR_BEST).length > scores.length * MAX_SHARE_ALIKE;
}

/** Wording of a line without addresses and files: a hundred downloads that fail in the same way are one event; another exit code is another. */
function wordingOf({ template, text }: Event): string {
  return `${outcomeFiguresOf(text)} ${template}`
    .replace(/\bhttps?:\/\/\S+/g, 'URL')
    .replace(/(?:\/[\w.@+-]+){2,}/g, 'PATH');
}

/** Consequences, each wording once; the strongest links, in order. */
function consequencesOf(cause: Event, later: readonly Event[]): Consequence[] {
  const wording = wordingOf(cause);
  const byWording = Map.groupBy(
    later.filter((event) => wordingOf(event) !== wording && isAtLeast(event.severity, 'warning')),
    wordingOf,
  );
  const linked = [...byWording.values()].flatMap((group): Consequence[] => {
    const event = group[0];
    if (event === undefined) return [];
    const link = event.follows
      ? { kind: 'stated' as const, why: 'the log says that it came of it' }
      : linkBetween(cause, event);
    return link === null ? [] : [{ event, ...link, times: group.length }];
  });
  const strongest = new Set(
    [...linked]
      .sort((a, b) => STRENGTH[b.kind] - STRENGTH[a.kind] || b.event.relevance - a.event.relevance)
      .slice(0, MAX_FOLLOWED),
  );
  const kept = linked.filter((one) => strongest.has(one));
  return [...kept.filter(({ kind }) => kind !== 'summary'), ...kept.filter(({ kind }) => kind === 'summary')];
}

/**
 * The first cause and its consequences, from the evidence and from facts of APIs (`stated`: deployments, alarms); null
 * when nothing identifiable went wrong. Deterministic, and independent of the order in which lines with timestamps
 * arrive.
 */
export function causalChainOf(
  evidence: Evidence,
  cited: readonly string[] = [],
  stated: readonly Event[] = [],
): CausalChain | null {
  const events = orderEvents([...stated, ...eventsIn(evidence, cited)]);
  const first = firstCause(events, new Set(cited));
  if (first === null || first.event.stage === 'summary' || saysNothing(first.event, evidence)) return null;
  const { event: cause, reasons } = first;
  const later = events.slice(events.indexOf(cause) + 1);
  const followed = consequencesOf(cause, later);
  const inner = innermostOf(cause);
  const wording = wordingOf(cause);
  const repeats = 1 + later.filter((event) => wordingOf(event) === wording).length;
  const why = inner === null ? (reasons[0] ?? 'it comes first') : `it is ${inner.how} of the error`;
  const others = inner === null ? reasons.slice(1) : reasons;
  return {
    cause: chainEventOf(cause, why, repeats, null, inner ?? undefined),
    reasons: others.slice(0, 5).map((reason) => cut(reason, 197)),
    followed: followed.map(({ event, why: because, times, kind }) => chainEventOf(event, because, times, kind)),
  };
}
