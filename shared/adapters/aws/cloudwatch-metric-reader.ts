import { CloudWatchClient, type Dimension, GetMetricDataCommand, type Metric } from '@aws-sdk/client-cloudwatch';
import type { MetricReader, MetricRef } from '#shared/ports/metric-reader.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

const SUMMED: ReadonlySet<string> = new Set(['Errors', 'Invocations', 'Throttles']);

/** Reads metrics of the deployment's account and region, one page: a caller requests at most some thousand points. */
export function makeCloudWatchMetricReader(options: { readonly client?: CloudWatchClient } = {}): MetricReader {
  const { client = new CloudWatchClient(REPEATABLE) } = options;
  return {
    read: async (ref, from, to, periodSeconds) => {
      const Metric = metricOf(ref);
      const Stat = ref.kind === 'named' ? ref.statistic : SUMMED.has(ref.metric) ? 'Sum' : 'Average';
      const command = new GetMetricDataCommand({
        StartTime: from,
        EndTime: to,
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: periodSeconds, Stat } }],
      });
      const answer = await callAws(`Reading the metric ${Metric.MetricName}`, () => client.send(command));
      const { Timestamps = [], Values = [] } = answer.MetricDataResults?.[0] ?? {};
      return Timestamps.map((at, index) => ({ at: at.toISOString(), value: Values[index] ?? 0 }));
    },
  };
}

/** Dimensions as Lambda and ECS publish them; an alias has its own series under `Resource`. */
function metricOf(ref: MetricRef): Metric {
  if (ref.kind === 'named') {
    return { Namespace: ref.namespace, MetricName: ref.name, Dimensions: dimensionsOf(ref.dimensions) };
  }
  const dimensions =
    ref.kind === 'lambda-alias'
      ? { FunctionName: ref.functionName, Resource: `${ref.functionName}:${ref.alias}` }
      : { ClusterName: ref.cluster, ServiceName: ref.service };
  return {
    Namespace: ref.kind === 'lambda-alias' ? 'AWS/Lambda' : 'AWS/ECS',
    MetricName: ref.metric,
    Dimensions: dimensionsOf(dimensions),
  };
}

const dimensionsOf = (dimensions: Readonly<Record<string, string>>): Dimension[] =>
  Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
