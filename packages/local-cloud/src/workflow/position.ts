import type { State } from './definition.ts';
import type { EndEntry, Header } from './entries.ts';
import type { Json } from './json.ts';

export interface TaskPhase {
  readonly kind: 'task';
  readonly resource: string;
  readonly arguments: Json;
  readonly token: string | null;
  readonly timeoutAt: number | null;
  readonly heartbeatMs: number | null;
  beatAt: number;
  /** The call that passes the token has returned; only the token's answer is missing. */
  submitted: boolean;
}

/** Progress of a scope's current state. All phases except `arriving` and `ready` are recorded. */
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
      /** Retry and Catch of the state no longer apply. */
      readonly isFinal: boolean;
      /** The task itself failed, not something around it. */
      readonly ofTask: boolean;
    }
  | { readonly kind: 'retrying'; readonly until: number }
  | { readonly kind: 'finished'; readonly output: Json };

/** The position of one scope: the machine, a branch, or an iteration. */
export interface Position {
  /** '' for the machine; else the outer path, the step, the attempt and the index: `/3.0.1`. */
  readonly path: string;
  /** Index of the branch or iteration in the outer state. */
  readonly index: number;
  /** The item of a Map iteration. */
  readonly item: Json | undefined;
  readonly outer: Position | null;
  readonly variables: Map<string, Json>;
  /** The current state, or the one to be entered; null before the first. */
  state: string | null;
  stateType: State['type'] | null;
  input: Json;
  steps: number;
  enteredAt: number;
  /** Number of failed attempts of the current state that were retried. */
  attempt: number;
  /** Number of retries used, by index of the retrier. */
  readonly retries: Map<number, number>;
  token: string | null;
  phase: Phase;
  /** Ids of history events: `last` is the one that a `next` event follows, `tail` the newest. */
  readonly chain: { last: number; tail: number };
  /** The history event of entering the current state. */
  enteredEvent: number;
  /** The event before the current state's failure was recorded. */
  beforeFailed: number;
  /** Concurrency of the current Map, and the event that the next iteration follows once this many have begun. */
  places: number;
  freedPlace: number;
}

/** The state of an execution, computed from its journal. */
export interface Snapshot {
  readonly header: Header;
  readonly root: Position;
  readonly positions: Map<string, Position>;
  /** Number of history events so far. */
  events: number;
  ended: (EndEntry & { at: number }) | null;
}

type Place = Pick<Position, 'path' | 'outer' | 'index' | 'item' | 'input'>;

export function newPosition(place: Place): Position {
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
