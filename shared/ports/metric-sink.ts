import type { Sample } from '#shared/domain/ci-metrics/samples.ts';

/** A monitoring platform that takes the metrics of runs. */
export interface MetricSink {
  /** As people know it: `Datadog`. */
  readonly name: string;
  /** Throws `Retryable` when it cannot be reached, `Refused` when it refuses. */
  send(samples: readonly Sample[], at: Date): Promise<void>;
}
