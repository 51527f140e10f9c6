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
