import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeCloudWatchMetricReader } from '#shared/adapters/aws/cloudwatch-metric-reader.ts';
import { failure } from './failure.ts';

const client = new CloudWatchClient({ region: 'eu-west-1' });
const cloudwatch = mockClient(client);
beforeEach(() => cloudwatch.reset());
const read = (ref: Parameters<ReturnType<typeof makeCloudWatchMetricReader>['read']>[0]) =>
  makeCloudWatchMetricReader({ client }).read(
    ref,
    new Date('2026-11-21T11:00:00Z'),
    new Date('2026-11-21T12:00:00Z'),
    60,
  );

describe('reading metrics', () => {
  it("sums errors of the alias' own series and averages the rest", async () => {
    const at = new Date('2026-11-21T11:00:00Z');
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Timestamps: [at], Values: [3] }] });
    expect(await read({ kind: 'lambda-alias', functionName: 'f', alias: 'live', metric: 'Errors' })).toEqual([
      { at: '2026-11-21T11:00:00.000Z', value: 3 },
    ]);
    await read({ kind: 'ecs-service', cluster: 'c', service: 's', metric: 'CPUUtilization' });
    const stats = cloudwatch
      .commandCalls(GetMetricDataCommand)
      .map(({ args }) => args[0].input.MetricDataQueries?.[0]?.MetricStat);
    expect(stats).toMatchObject([
      {
        Stat: 'Sum',
        Metric: {
          Namespace: 'AWS/Lambda',
          Dimensions: [
            { Name: 'FunctionName', Value: 'f' },
            { Name: 'Resource', Value: 'f:live' },
          ],
        },
      },
      { Stat: 'Average', Metric: { Namespace: 'AWS/ECS', MetricName: 'CPUUtilization' } },
    ]);
  });

  it('reads any metric by its names, with the statistic that was named', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    const named = { kind: 'named', namespace: 'CWAgent', name: 'disk_used_percent', statistic: 'Maximum' } as const;
    expect(await read({ ...named, dimensions: { path: '/' } })).toEqual([]);
    const query = cloudwatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input.MetricDataQueries?.[0];
    expect(query?.MetricStat).toEqual({
      Metric: { Namespace: 'CWAgent', MetricName: 'disk_used_percent', Dimensions: [{ Name: 'path', Value: '/' }] },
      Period: 60,
      Stat: 'Maximum',
    });
  });

  it('is refused without the right', async () => {
    const denied = failure('AccessDenied', 403);
    cloudwatch.on(GetMetricDataCommand).rejects(denied);
    const asked = read({ kind: 'lambda-alias', functionName: 'f', alias: 'live', metric: 'Errors' });
    await expect(asked).rejects.toMatchObject({ name: 'Refused' });
  });
});
