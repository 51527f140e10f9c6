import { type Collection, makeCollection } from '@selfheal/fake-server/collection.ts';

/** One build of CodeBuild. */
export interface BuildState {
  /** `checkout-images:<uuid>`. */
  readonly id: string;
  readonly project: string;
  readonly number: number;
  /** How it ends. */
  readonly result: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly endsAt: number;
  readonly sourceVersion: string;
  readonly commit: string;
  readonly initiator: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly batch: boolean;
  readonly log: { readonly group: string; readonly stream: string };
  /** Token of the request that started it; empty for others. */
  readonly token: string;
  /** How builds end that repeat it; then they succeed. */
  readonly again: readonly BuildState['result'][];
}

/** One run of an action within an execution. */
export interface ActionState {
  readonly id: string;
  readonly stage: string;
  readonly action: string;
  readonly category: 'Source' | 'Build' | 'Approval' | 'Deploy';
  readonly provider: string;
  readonly result: 'Succeeded' | 'Failed';
  readonly startedAt: number;
  readonly endsAt: number;
  readonly externalId: string;
  readonly summary: string;
}

export interface ExecutionState {
  readonly pipeline: string;
  readonly execution: string;
  readonly startedAt: number;
  readonly actions: readonly ActionState[];
  /** How retries of its stage end; then they succeed. */
  readonly again: readonly ActionState['result'][];
}

export interface BuildRecords {
  readonly builds: Collection<BuildState>;
  readonly executions: Collection<ExecutionState>;
}

export function openBuildRecords(dataDir: string | undefined): BuildRecords {
  return {
    builds: makeCollection(dataDir, 'aws/builds'),
    executions: makeCollection(dataDir, 'aws/pipeline-executions'),
  };
}

/** How long a repeated build or action runs here. */
export const BUILD_MS = 60;
