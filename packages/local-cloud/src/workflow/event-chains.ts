import type { Entry, ScopeEntry } from './entries.ts';
import { type ChainedEvent, END_EVENTS, type EventBody, entryEvents } from './history-events.ts';
import type { Position, Snapshot } from './position.ts';

/** An event as GetExecutionHistory gives it; `timestamp` is in epoch seconds. */
export type HistoryEvent = EventBody & { id: number; previousEventId: number; timestamp: number };

/**
 * The events of an entry that is about to be applied. Each scope is a chain of its own: an event follows the scope's last, and a
 * scope goes on from the inner one that ended last. Moves the chains on.
 * Source: histories of AWS, which show what each event follows.
 */
export function chainEvents(snapshot: Snapshot, entry: Exclude<Entry, { type: 'started' }>): HistoryEvent[] {
  const timestamp = entry.at / 1000;
  if (entry.type === 'ended') {
    // What ends an execution from outside follows nothing.
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

/** Gives the event that the new one follows. */
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

/** The next iteration begins from the last state of the one that made room, which `MapIterationSucceeded` follows. */
function noteFreedPlace({ outer, item, chain }: Position): void {
  if (outer !== null && item !== undefined) outer.freedPlace = chain.last - 1;
}
