import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { AlarmReader, AlarmState } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/** Reads metric and composite alarms of the deployment's account and region. */
export function makeCloudWatchAlarmReader(options: { readonly client?: CloudWatchClient } = {}): AlarmReader {
  const { client = new CloudWatchClient(REPEATABLE) } = options;
  return {
    read: async (alarmName) => {
      const command = new DescribeAlarmsCommand({
        AlarmNames: [alarmName],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      });
      const { MetricAlarms = [], CompositeAlarms = [] } = await callAws(`Reading alarm ${alarmName}`, () =>
        client.send(command),
      );
      const alarm = [...MetricAlarms, ...CompositeAlarms].find((one) => one.AlarmName === alarmName);
      if (!alarm) return null;
      const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
      return {
        state: asState(alarm.StateValue),
        since: since?.toISOString() ?? null,
        ...(alarm.AlarmArn === undefined ? {} : { arn: alarm.AlarmArn }),
      };
    },
  };
}

const asState = (value: string | undefined): AlarmState['state'] =>
  value === 'OK' || value === 'ALARM' ? value : 'INSUFFICIENT_DATA';
