import type { Entry, ScopeEntry } from './entries.ts';
import { chainEvents, type HistoryEvent } from './event-chains.ts';
import { CorruptJournal } from './faults.ts';
import { startedEvent } from './history-events.ts';
import { newPosition, newSnapshot, type Phase, type Position, type Snapshot } from './position.ts';

/** Rebuilds an execution from its journal. @throws CorruptJournal when the entries do not fit together */
export function replay(entries: readonly Entry[]): Snapshot {
  const [first, ...rest] = entries;
  if (first?.type !== 'started') throw new CorruptJournal('the journal does not begin with "started"');
  const snapshot = newSnapshot(first.header);
  for (const entry of rest) apply(snapshot, entry);
  return snapshot;
}

/**
 * Applies one entry to the snapshot and returns its history events. Only entries change a snapshot, so a restart arrives at the same
 * one.
 */
export function apply(snapshot: Snapshot, entry: Entry): HistoryEvent[] {
  if (entry.type === 'started') throw new CorruptJournal('the journal has "started" twice');
  const position = entry.type === 'ended' ? null : snapshot.positions.get(entry.scope);
  if (position === undefined) throw new CorruptJournal(`the journal names an unknown scope "${scopeOf(entry)}"`);
  const events = chainEvents(snapshot, entry);
  if (entry.type === 'ended') snapshot.ended = entry;
  else if (position) move(snapshot, position, entry);
  return events;
}

function scopeOf(entry: Entry): string {
  return 'scope' in entry ? entry.scope : '';
}

type ScopeMove<T extends ScopeEntry['type']> = Extract<ScopeEntry, { type: T }> & { at: number };

function move(snapshot: Snapshot, position: Position, entry: ScopeEntry & { at: number }): void {
  if (entry.type === 'submitted' || entry.type === 'heartbeat') {
    noteTask(position, entry);
    return;
  }
  if (entry.type === 'succeeded' || entry.type === 'failed') join(snapshot, position);
  if (entry.type === 'entered') enter(position, entry);
  if (entry.type === 'scheduled') position.token = entry.token;
  if (entry.type === 'retrying') countRetry(position, entry.retrier);
  if (entry.type === 'exited') exit(position, entry);
  position.phase = phaseAfter(snapshot, position, entry);
}

type PhaseEntry = Exclude<ScopeEntry, { type: 'submitted' | 'heartbeat' }> & { at: number };

function phaseAfter(snapshot: Snapshot, position: Position, entry: PhaseEntry): Phase {
  switch (entry.type) {
    case 'entered':
      return { kind: 'ready' };
    case 'scheduled':
      return { ...entry, kind: 'task', beatAt: entry.at, submitted: false };
    case 'waiting':
    case 'retrying':
      return { kind: entry.type, until: entry.until };
    case 'forked':
      return { kind: 'forked', children: fork(snapshot, position, entry), concurrency: entry.concurrency };
    case 'succeeded':
      return { kind: 'succeeded', result: entry.output };
    case 'failed':
      return {
        kind: 'failed',
        error: entry.error,
        cause: entry.cause,
        isFinal: entry.isFinal ?? false,
        ofTask: position.phase.kind === 'task',
      };
    case 'exited':
      return entry.next === null ? { kind: 'finished', output: entry.output } : { kind: 'arriving' };
    default:
      return entry satisfies never;
  }
}

/** Changes the phase in place, because the run that watches this attempt keeps a reference to it. */
function noteTask(position: Position, entry: ScopeMove<'submitted' | 'heartbeat'>): void {
  if (position.phase.kind !== 'task') return;
  if (entry.type === 'submitted') position.phase.submitted = true;
  else position.phase.beatAt = entry.at;
}

function enter(position: Position, entry: ScopeMove<'entered'>): void {
  position.state = entry.state;
  position.stateType = entry.stateType;
  if (entry.input !== undefined) position.input = entry.input;
  position.steps += 1;
  position.enteredAt = entry.at;
  position.attempt = 0;
  position.retries.clear();
  position.token = null;
}

function countRetry(position: Position, retrier: number): void {
  position.attempt += 1;
  position.retries.set(retrier, (position.retries.get(retrier) ?? 0) + 1);
}

function fork(snapshot: Snapshot, position: Position, entry: ScopeMove<'forked'>): Position[] {
  const children = entry.inputs.map((input, index) => {
    const path = `${position.path}/${position.steps}.${position.attempt}.${index}`;
    return newPosition({ path, outer: position, index, item: entry.kind === 'Map' ? input : undefined, input });
  });
  for (const child of children) snapshot.positions.set(child.path, child);
  position.places = entry.concurrency;
  return children;
}

/** Inner scopes and their variables end with the state that created them. */
function join(snapshot: Snapshot, position: Position): void {
  if (position.phase.kind !== 'forked') return;
  for (const child of position.phase.children) {
    join(snapshot, child);
    snapshot.positions.delete(child.path);
  }
}

function exit(position: Position, entry: ScopeMove<'exited'>): void {
  for (const [name, value] of Object.entries(entry.assign ?? {})) position.variables.set(name, value);
  position.input = entry.output;
  position.state = entry.next;
}

/** Converts a journal to the history that AWS would show. */
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
