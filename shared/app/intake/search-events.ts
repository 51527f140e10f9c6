import type { Clock } from '@selfheal/kernel/time.ts';
import type { Caller } from '#shared/domain/access/caller.ts';
import { EVENT_DAYS, type ReceivedEvent, ruleWords } from '#shared/domain/webhooks/received-event.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import type { EventLedger } from '#shared/ports/event-ledger.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';

export interface EventSearch {
  /** Words that each have to be in it, in any case: of its subject, source, connection, rule, or what it said. */
  readonly search: string | null;
  readonly source: string | null;
  readonly connection: string | null;
  readonly rule: string | null;
  readonly days: number;
  readonly limit: number;
}

export interface SearchEventsDeps {
  readonly ledger: Pick<EventLedger, 'list' | 'get'>;
  readonly clock: Clock;
}

/** An event with its rule in words. */
export type ExplainedEvent = Omit<ReceivedEvent, 'signal' | 'version'> & {
  readonly why: string;
  /** Whether it can go through the intake once more. */
  readonly replayable: boolean;
};

/** Records of the ledger that one search reads. */
const MAX_READ = 5000;
const DAY = 24 * 3600 * 1000;

/** What came in and opened no incident, newest first; `more`: there are older ones that were not read or shown. */
export async function searchEvents(
  query: EventSearch,
  { ledger, clock }: SearchEventsDeps,
): Promise<{ readonly events: readonly ExplainedEvent[]; readonly more: boolean }> {
  const until = clock.now();
  const from = new Date(until.getTime() - Math.min(query.days, EVENT_DAYS) * DAY);
  const read = await ledger.list({ from, until, limit: MAX_READ });
  const found = read.filter((event) => isFound(event, query)).sort((a, b) => (a.lastAt < b.lastAt ? 1 : -1));
  const shown = found.slice(0, query.limit);
  return { events: shown.map(explained), more: found.length > shown.length || read.length === MAX_READ };
}

/** One event with the whole of what is kept of it; null when there is none of this id. */
export async function showEvent(id: string, { ledger }: SearchEventsDeps): Promise<ExplainedEvent | null> {
  const event = await ledger.get(id);
  return event && explained(event);
}

export type ReplayOutcome =
  | { readonly kind: 'sent'; readonly delivery: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'nothing-kept' };

/**
 * Sends an event through the intake once more, as if it had just arrived: after somebody changed the rule that had kept it out. Every rule applies
 * again. The same request twice is one replay.
 */
export async function replayEvent(
  id: string,
  { caller, requestId }: { readonly caller: Caller; readonly requestId: string | null },
  { ledger, queue, log, clock }: SearchEventsDeps & { readonly queue: SignalQueue; readonly log: Log },
): Promise<ReplayOutcome> {
  const event = await ledger.get(id);
  if (event === null) return { kind: 'not-found' };
  if (event.signal === null) return { kind: 'nothing-kept' };
  const delivery = `replay#${id}#${requestId ?? clock.now().toISOString()}`.slice(0, 200);
  await queue.send({ ...event.signal, deliveryId: delivery });
  log.info('An event of the ledger is replayed.', { deliveryId: delivery, kind: caller.kind });
  return { kind: 'sent', delivery };
}

function explained({ signal, version: _, ...event }: ReceivedEvent): ExplainedEvent {
  return { ...event, why: ruleWords(event.rule), replayable: signal !== null };
}

function isFound(event: ReceivedEvent, { search, source, connection, rule }: EventSearch): boolean {
  if (source !== null && event.source !== source) return false;
  if (connection !== null && event.connection !== connection) return false;
  if (rule !== null && event.rule !== rule) return false;
  if (search === null) return true;
  const text = [event.subject, event.source, event.connection, event.rule, event.sample].join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
