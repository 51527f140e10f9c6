import type { State } from './definition.ts';
import type { Json, JsonObject } from './json.ts';

/** The fixed properties of an execution. Times are epoch milliseconds. */
export interface Header {
  readonly executionArn: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly roleArn: string;
  readonly versionArn: string | null;
  readonly aliasArn: string | null;
  /** Digest of the definition, which the execution keeps to its end whatever is deployed meanwhile. */
  readonly definition: string;
  readonly input: Json;
  readonly startedAt: number;
  readonly timeoutAt: number | null;
}

export type FinalStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** A transition in one scope. `scope` is the path of a `Position`. */
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
      /** As in the definition. */
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
      /** The Map or Parallel will be retried. */
      retried?: boolean;
      /** Neither Retry nor Catch applies: the failure happened in a catcher. */
      isFinal?: boolean;
    }
  | { type: 'retrying'; scope: string; retrier: number; until: number }
  | { type: 'exited'; scope: string; output: Json; assign?: JsonObject; next: string | null };

export type EndEntry = { type: 'ended'; status: FinalStatus; output?: Json; error?: string; cause?: string };

/** An entry before it is recorded; the journal adds the time. */
export type NewEntry = ScopeEntry | EndEntry;

/** One journal line: a transition and its time (epoch milliseconds). */
export type Entry = ({ type: 'started'; header: Header } | NewEntry) & { at: number };
