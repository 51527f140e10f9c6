import type { State } from './definition.ts';
import type { Json, JsonObject } from './json.ts';

/** What is fixed when an execution starts. Times are epoch milliseconds. */
export interface Header {
  readonly executionArn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly roleArn: string;
  readonly versionArn: string | null;
  readonly aliasArn: string | null;
  /** Digest of the definition the execution runs to its end, whatever is deployed meanwhile. */
  readonly definition: string;
  readonly input: Json;
  readonly startedAt: number;
  readonly timeoutAt: number | null;
}

export type FinalStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** Something that happened in one scope. `scope` is the path of a `Position`. */
export type ScopeEntry =
  | { type: 'entered'; scope: string; state: string; stateType: State['type']; input?: Json }
  | {
      type: 'scheduled';
      scope: string;
      resource: string;
      arguments: Json;
      token: string | null;
      timeoutAt: number | null;
      heartbeatMs: number | null;
      /** As the definition has them. */
      timeoutSeconds?: number | null;
      heartbeatSeconds?: number | null;
    }
  | { type: 'submitted'; scope: string; output: Json }
  | { type: 'heartbeat'; scope: string }
  | { type: 'waiting'; scope: string; until: number }
  | { type: 'forked'; scope: string; kind: 'Parallel' | 'Map'; inputs: Json[]; concurrency: number }
  | { type: 'succeeded'; scope: string; output: Json }
  | {
      type: 'failed';
      scope: string;
      error: string;
      cause: string;
      /** The field whose expression failed: `Output/total`. */
      location?: string;
      /** The inner scope that failed. */
      from?: string;
      /** A Map or Parallel will be tried again. */
      retried?: boolean;
      /** Neither Retry nor Catch applies: it happened in a catcher. */
      isFinal?: boolean;
    }
  | { type: 'retrying'; scope: string; retrier: number; until: number }
  | { type: 'exited'; scope: string; output: Json; assign?: JsonObject; next: string | null };

export type EndEntry = { type: 'ended'; status: FinalStatus; output?: Json; error?: string; cause?: string };

/** What is about to be recorded; the journal adds the time. */
export type NewEntry = ScopeEntry | EndEntry;

/** One line of a journal: a transition, and when it happened (epoch milliseconds). */
export type Entry = ({ type: 'started'; header: Header } | NewEntry) & { at: number };
