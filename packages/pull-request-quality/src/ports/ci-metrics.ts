import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { JobStatus } from '../domain/ci-metrics/run-record.ts';
import type { Sample } from '../domain/ci-metrics/samples.ts';

/** A workflow run with the times of its jobs, in ISO 8601. */
export interface CiRun {
  readonly run: number;
  readonly attempt: number;
  readonly createdAt: string;
  /** When this attempt began. */
  readonly startedAt: string;
  readonly workflow: RedactedText;
  readonly isDefaultBranch: boolean;
  readonly pullRequest: number | null;
  readonly status: JobStatus;
  readonly jobs: readonly {
    readonly name: RedactedText;
    readonly status: JobStatus;
    readonly createdAt: string | null;
    readonly startedAt: string | null;
    readonly completedAt: string | null;
  }[];
}

/** A fix that Selfheal proposed as a pull request. */
export interface FixProposal {
  readonly number: number;
  readonly state: 'open' | 'merged' | 'closed';
  /** 1: nobody added to what was proposed. */
  readonly commits: number;
}

/** What metrics need from the code host. Throws `Retryable` or `Refused`. */
export interface CiRunReader {
  run(repository: string, runId: number): Promise<CiRun>;
  /** Reactions to Selfheal's comments on a pull request. */
  reactions(repository: string, pullRequest: number): Promise<{ readonly positive: number; readonly negative: number }>;
  /** Fixes proposed since `from`, at most 100. */
  fixProposals(repository: string, from: Date): Promise<readonly FixProposal[]>;
}

/** A monitoring platform that takes the metrics of runs. */
export interface MetricSink {
  /** As people know it: `Datadog`. */
  readonly name: string;
  /** Throws `Retryable` when it cannot be reached, `Refused` when it refuses. */
  send(samples: readonly Sample[], at: Date): Promise<void>;
}
