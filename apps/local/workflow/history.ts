import type { Entry } from './entries.ts';
import type { HistoryEvent } from './event-chains.ts';
import { startedEvent } from './history-events.ts';
import { apply, newSnapshot, type Snapshot } from './position.ts';

/** Turns a journal into the history AWS would show. */
export function historyOf(entries: readonly Entry[]): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  let snapshot: Snapshot | null = null;
  for (const entry of entries) {
    if (entry.type === 'started') {
      snapshot = newSnapshot(entry.header);
      events.push({ id: 1, previousEventId: 0, timestamp: entry.at / 1000, ...startedEvent(entry.header) });
    } else if (snapshot) {
      events.push(...apply(snapshot, entry));
    }
  }
  return events;
}
