import type { Entry, ScopeEntry } from './entries.ts';
import { type ChainedEvent, END_EVENTS, type EventBody, entryEvents } from './history-events.ts';
import type { Position, Snapshot } from './position.ts';

/** A history event as GetExecutionHistory returns it; `timestamp` is in epoch seconds. */
export type HistoryEvent = EventBody & { id: number; previousEventId: number; timestamp: number };

/**
 * History events of an entry that is about to be applied. Each scope has its own chain: an event follows the last event of its scope,
 * and after inner scopes the chain continues from the one that ended last. Advances the chains.
 * Source: execution histories on AWS.
 */
export function chainEvents(snapshot: Snapshot, entry: Exclude<Entry, { type: 'started' }>): HistoryEvent[] {
  const timestamp = entry.at / 1000;
  if (entry.type === 'ended') {
    // The end that comes from outside (stop, timeout) follows no event.
    const isOwnEnd = entry.status === 'SUCCEEDED' || entry.status === 'FAILED';
    const previousEventId = isOwnEnd ? snapshot.root.chain.tail : 0;
    snapshot.events += 1;
    return [{ id: snapshot.events, previousEventId, timestamp, ...END_EVENTS[entry.status](entry) }];
  }
  const position = snapshot.positions.get(entry.scope);
  if (!position) return [];
  continueFromInner(position, entry);
  if (entry.type === 'failed' && position.phase.kind !== 'failed') position.beforeFailed = position.chain.last;
  const events = entryEvents(snapshot.header, position, entry).map((event) => {
    snapshot.events += 1;
    const previousEventId = moveChain(position, event, snapshot.events);
    return { id: snapshot.events, previousEventId, timestamp, ...event.body };
  });
  if (entry.type === 'entered') position.enteredEvent = position.chain.last;
  if (entry.type === 'exited' && entry.next === null) noteFreedPlace(position);
  return events;
}

/** Advances the chain; returns the event that the new one follows. */
function moveChain({ chain }: Position, { link, after }: ChainedEvent, id: number): number {
  const previous = after ?? (link === 'aside' ? chain.tail : chain.last);
  if (link === 'next') chain.last = id;
  chain.tail = id;
  return previous;
}

function continueFromInner(position: Position, entry: ScopeEntry): void {
  const { chain, phase, outer } = position;
  if (entry.type === 'entered' && position.steps === 0 && outer !== null) {
    const from = position.index < outer.places ? outer.chain.last : outer.freedPlace;
    chain.last = from;
    chain.tail = from;
  }
  if (phase.kind !== 'forked') return;
  if (entry.type === 'succeeded') {
    chain.last = Math.max(chain.last, ...phase.children.map((child) => child.chain.last));
    chain.tail = chain.last;
  }
  if (entry.type === 'failed') {
    const failed = phase.children.find(({ path }) => path === entry.from);
    if (failed) Object.assign(chain, failed.chain);
  }
}

/** The next Map iteration follows the event before `MapIterationSucceeded` of the iteration that made room for it, as on AWS. */
function noteFreedPlace({ outer, item, chain }: Position): void {
  if (outer !== null && item !== undefined) outer.freedPlace = chain.last - 1;
}
