import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeCloudWatchLogsReader } from '#shared/adapters/aws/cloudwatch-logs-reader.ts';

const logsClient = new CloudWatchLogsClient({ region: 'eu-west-1' });
const logs = mockClient(logsClient);
beforeEach(() => {
  logs.reset();
});

describe('the log reader', () => {
  const from = new Date('2026-11-21T11:00:00Z');
  const to = new Date('2026-11-21T12:00:00Z');
  const recent = (limit: number) => makeCloudWatchLogsReader({ client: logsClient }).recent('/aws/x', from, to, limit);
  const serve = (times: readonly number[]): void => {
    logs.on(FilterLogEventsCommand).callsFake(({ startTime, endTime }: { startTime: number; endTime: number }) => ({
      events: times
        .filter((at) => at >= startTime && at <= endTime)
        .map((timestamp) => ({ timestamp, message: `${timestamp}` })),
    }));
  };
  const minutesBefore = (minutes: number): number => to.getTime() - minutes * 60_000;

  it('[D89] gives the newest events of the window, oldest first, each once', async () => {
    serve([61, 59, 30, 5, 1, 0.5, 0].map(minutesBefore));
    const at = async (limit: number) => (await recent(limit)).map(({ text }) => (to.getTime() - Number(text)) / 60_000);
    expect(await at(3)).toEqual([5, 1, 0.5]);
    expect(await at(100)).toEqual([59, 30, 5, 1, 0.5]);
  });

  it('asks only for the last minute when that is enough', async () => {
    serve([0.5, 0.4].map(minutesBefore));
    await recent(2);
    expect(logs.commandCalls(FilterLogEventsCommand)).toHaveLength(1);
  });

  it('reads on over pages without events', async () => {
    logs.on(FilterLogEventsCommand).resolves({ events: [], nextToken: 'n' });
    logs
      .on(FilterLogEventsCommand, { nextToken: 'n' })
      .resolves({ events: [{ timestamp: minutesBefore(0.1), message: 'late' }] });
    expect((await recent(1)).map(({ text }) => text)).toEqual(['late']);
  });
});
