/** Metrics that every deployment has, by their CloudWatch names. */
type LambdaMetric = 'Errors' | 'Invocations' | 'Duration' | 'Throttles' | 'ConcurrentExecutions';
type EcsMetric = 'CPUUtilization' | 'MemoryUtilization';

/** Any metric, by the names it was published with. */
interface NamedMetric {
  readonly kind: 'named';
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Average' | 'Maximum' | 'Minimum' | 'Sum';
}

export type MetricRef =
  | { kind: 'lambda-alias'; functionName: string; alias: string; metric: LambdaMetric }
  | { kind: 'ecs-service'; cluster: string; service: string; metric: EcsMetric }
  | NamedMetric;

export interface MetricPoint {
  /** ISO 8601, start of the period. */
  readonly at: string;
  readonly value: number;
}

/** CloudWatch metrics, read only. Throws `Retryable` or `Refused`. */
export interface MetricReader {
  /** Oldest first, one point per period: the named statistic, otherwise sums of counts and averages of the rest. */
  read(ref: MetricRef, from: Date, to: Date, periodSeconds: number): Promise<MetricPoint[]>;
}
