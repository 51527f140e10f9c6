import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';

const alarmsClient = new CloudWatchClient({ region: 'eu-west-1' });
const alarms = mockClient(alarmsClient);
beforeEach(() => {
  alarms.reset();
});

describe('the alarm reader', () => {
  const read = () => makeCloudWatchAlarmReader({ client: alarmsClient }).read('checkout-errors');

  it('gives the state of exactly the alarm of this name', async () => {
    const at = new Date('2026-11-21T11:58:00Z');
    alarms.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        { AlarmName: 'checkout-errors-2', StateValue: 'OK' },
        { AlarmName: 'checkout-errors', StateValue: 'ALARM', StateTransitionedTimestamp: at },
      ],
    });
    expect(await read()).toEqual({ state: 'ALARM', since: at.toISOString() });
  });

  it('knows no alarm that is not there', async () => {
    alarms.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [], CompositeAlarms: [] });
    expect(await read()).toBeNull();
  });
});
