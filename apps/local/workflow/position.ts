import type { State } from './definition.ts';
import type { EndEntry, Entry, Header, ScopeEntry } from './entries.ts';
import { chainEvents, type HistoryEvent } from './event-chains.ts';
import { CorruptJournal } from './faults.ts';
import type { Json } from './json.ts';

export interface TaskPhase {
  readonly kind: 'task';
  readonly resource: string;
  readonly arguments: Json;
  readonly token: string | null;
  readonly timeoutAt: number | null;
  readonly heartbeatMs: number | null;
  beatAt: number;
  /** The call that hands out the token came back; only the token's answer is awaited. */
  submitted: boolean;
}

/** How far the current state of a scope has come. Every phase but `arriving` and `ready` was recorded. */
export type Phase =
  | { readonly kind: 'arriving' }
  | { readonly kind: 'ready' }
  | TaskPhase
  | { readonly kind: 'waiting'; readonly until: number }
  | { readonly kind: 'forked'; readonly children: readonly Position[]; readonly concurrency: number }
  | { readonly kind: 'succeeded'; readonly result: Json }
  | {
      readonly kind: 'failed';
      readonly error: string;
      readonly cause: string;
      /** No Retry and no Catch of the state applies any more. */
      readonly isFinal: boolean;
      /** A task ran and failed, rather than something around it. */
      readonly ofTask: boolean;
    }
  | { readonly kind: 'retrying'; readonly until: number }
  | { readonly kind: 'finished'; readonly output: Json };

/** Where one scope stands: the machine itself, a branch, or an iteration. */
export interface Position {
  /** '' for the machine; else the outer path, the step, the attempt and the index: `/3.0.1`. */
  readonly path: string;
  /** Which branch or iteration of the outer state this is. */
  readonly index: number;
  /** The item, in an iteration of a Map. */
  readonly item: Json | undefined;
  readonly outer: Position | null;
  readonly variables: Map<string, Json>;
  /** The current state, or the one about to be entered; null before the first. */
  state: string | null;
  stateType: State['type'] | null;
  input: Json;
  steps: number;
  enteredAt: number;
  /** Attempts of the current state that failed and are retried. */
  attempt: number;
  /** Retries used up, per index of the retrier. */
  readonly retries: Map<number, number>;
  token: string | null;
  phase: Phase;
  /** Ids of history events: the last that others follow, and the very last. */
  readonly chain: { last: number; tail: number };
  /** The history event that tells of the entry into the current state. */
  enteredEvent: number;
  /** The event before the current state was told to have failed. */
  beforeFailed: number;
  /** Iterations of the current Map that begin at once, and the event after which a further one began last. */
  places: number;
  freedPlace: number;
}

/** Everything known of an execution; a fold of its journal. */
export interface Snapshot {
  readonly header: Header;
  readonly root: Position;
  readonly positions: Map<string, Position>;
  /** History events so far. */
  events: number;
  ended: (EndEntry & { at: number }) | null;
}

type Place = Pick<Position, 'path' | 'outer' | 'index' | 'item' | 'input'>;

function newPosition(place: Place): Position {
  const start = {
    state: null,
    stateType: null,
    steps: 0,
    enteredAt: 0,
    attempt: 0,
    token: null,
    phase: { kind: 'arriving' } as const,
    enteredEvent: 0,
    beforeFailed: 0,
    places: 0,
    freedPlace: 0,
  };
  return { ...place, variables: new Map(), retries: new Map(), chain: { last: 0, tail: 0 }, ...start };
}

export function newSnapshot(header: Header): Snapshot {
  const root = newPosition({ path: '', outer: null, index: 0, item: undefined, input: header.input });
  return { header, root, positions: new Map([['', root]]), events: 1, ended: null };
}

/** Rebuilds an execution from its journal. @throws CorruptJournal when the entries do not fit together */
export function replay(entries: readonly Entry[]): Snapshot {
  const [first, ...rest] = entries;
  if (first?.type !== 'started') throw new CorruptJournal('the journal does not begin with "started"');
  const snapshot = newSnapshot(first.header);
  for (const entry of rest) apply(snapshot, entry);
  return snapshot;
}

/**
 * Moves the snapshot on by one entry, and gives what the history shows of it. Nothing else changes a snapshot, so a restart
 * arrives at the same one.
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

/** Changes the phase in place: the run that watches this attempt goes on watching it. */
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

/** The inner scopes end with the state that forked them, and their variables with them. */
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
