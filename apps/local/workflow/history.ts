import type { Entry } from './entries.ts';
import { END_EVENTS, type EventBody, entryEvents } from './history-events.ts';
import { apply, newSnapshot, type Snapshot } from './position.ts';

/** An event as GetExecutionHistory gives it; `timestamp` is in epoch seconds. */
export type HistoryEvent = EventBody & { id: number; previousEventId: number; timestamp: number };

/** Turns a journal into the history AWS would show. */
export function historyOf(entries: readonly Entry[]): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  let snapshot: Snapshot | null = null;
  /** The last event of each scope, which is what the next one follows from. */
  const last = new Map<string, number>();
  for (const entry of entries) {
    const scope = 'scope' in entry ? entry.scope : '';
    for (const body of bodiesOf(snapshot, entry)) {
      const id = events.length + 1;
      events.push({ id, previousEventId: previousOf(last, scope), timestamp: entry.at / 1000, ...body });
      last.set(scope, id);
    }
    if (entry.type === 'started') snapshot = newSnapshot(entry.header);
    else if (snapshot) apply(snapshot, entry);
  }
  return events;
}

/** The first event of an inner scope follows from the outer scope's last. */
function previousOf(last: ReadonlyMap<string, number>, scope: string): number {
  const own = last.get(scope);
  if (own !== undefined || scope === '') return own ?? 0;
  return previousOf(last, scope.slice(0, scope.lastIndexOf('/')));
}

function bodiesOf(snapshot: Snapshot | null, entry: Entry): EventBody[] {
  if (entry.type === 'started') {
    const { input, roleArn } = entry.header;
    return [{ type: 'ExecutionStarted', executionStartedEventDetails: { input: JSON.stringify(input), roleArn } }];
  }
  if (entry.type === 'ended') return [END_EVENTS[entry.status](entry)];
  const position = snapshot?.positions.get(entry.scope);
  return position ? entryEvents(position, entry) : [];
}
