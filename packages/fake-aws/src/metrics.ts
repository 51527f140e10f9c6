import { AwsError, type Operation } from './operation.ts';
import type { LogEvent } from './state.ts';

interface Query {
  readonly Id?: string;
  readonly MetricStat?: {
    readonly Metric?: {
      readonly Namespace?: string;
      readonly MetricName?: string;
      readonly Dimensions?: readonly { readonly Name?: string; readonly Value?: string }[];
    };
    readonly Period?: number;
    readonly Stat?: string;
  };
}

/** The value of each metric in a line of a Lambda's log; null when the line has none. */
const LAMBDA_VALUES: Readonly<Record<string, (message: string) => number | null>> = {
  Invocations: (message) => (message.startsWith('START ') ? 1 : null),
  Errors: (message) => (message.startsWith('ERROR') ? 1 : null),
  Duration: (message) => {
    const found = /\bDuration: ([\d.]+) ms/.exec(message)?.[1];
    return found === undefined ? null : Number(found);
  },
};

/** CloudWatch's Lambda metrics, computed from the logs; other metrics have no data points. */
export const getMetricData: Operation = ({ cloud }, input) => {
  const queries = (input.MetricDataQueries ?? []) as readonly Query[];
  const [from, to] = [seconds(input.StartTime), seconds(input.EndTime)];
  if (queries.length === 0 || !(from < to))
    throw new AwsError('ValidationError', 400, 'A query and a time range are needed.');
  return {
    MetricDataResults: queries.map(({ Id, MetricStat }) => {
      const { Namespace, MetricName = '', Dimensions = [] } = MetricStat?.Metric ?? {};
      const period = MetricStat?.Period ?? 0;
      if (period < 60 || period % 60 !== 0)
        throw new AwsError('ValidationError', 400, 'Period must be a multiple of 60.');
      const name = Dimensions.find((one) => one.Name === 'FunctionName')?.Value;
      const events = (Namespace === 'AWS/Lambda' ? cloud.logs.get(`/aws/lambda/${name}`) : undefined) ?? [];
      const points = pointsOf(events, LAMBDA_VALUES[MetricName] ?? (() => null), {
        from,
        to,
        period,
        sum: MetricStat?.Stat === 'Sum',
      });
      return {
        Id,
        Label: MetricName,
        Timestamps: points.map(([at]) => at),
        Values: points.map(([, value]) => value),
        StatusCode: 'Complete',
      };
    }),
    Messages: [],
  };
};

/** AWS JSON encodes timestamps as epoch seconds. */
const seconds = (value: unknown) => (typeof value === 'number' ? value : Date.parse(String(value)) / 1000);

function pointsOf(
  events: readonly LogEvent[],
  read: (message: string) => number | null,
  { from, to, period, sum }: { from: number; to: number; period: number; sum: boolean },
): [number, number][] {
  const buckets = new Map<number, number[]>();
  for (const { at, message } of events) {
    const value = read(message);
    if (value === null || at < from * 1000 || at >= to * 1000) continue;
    const start = Math.floor(at / 1000 / period) * period;
    buckets.set(start, [...(buckets.get(start) ?? []), value]);
  }
  const total = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([start, values]) => [start, sum ? total(values) : total(values) / values.length]);
}
