import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { alarmNameIn } from '#shared/domain/incident/home.ts';
import type { AlarmReader, AlarmState } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/**
 * Reads metric and composite alarms of the deployment's account and region. CloudWatch looks them up by name, so what it
 * answers is compared with the ARN: an alarm of that name from elsewhere is not the one that was asked for.
 */
export function makeCloudWatchAlarmReader(options: { readonly client?: CloudWatchClient } = {}): AlarmReader {
  const { client = new CloudWatchClient(REPEATABLE) } = options;
  return {
    read: async (arn) => {
      const alarmName = alarmNameIn(arn);
      const command = new DescribeAlarmsCommand({
        AlarmNames: [alarmName],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      });
      const { MetricAlarms = [], CompositeAlarms = [] } = await callAws(`Reading alarm ${alarmName}`, () =>
        client.send(command),
      );
      const alarm = [...MetricAlarms, ...CompositeAlarms].find(({ AlarmArn }) => AlarmArn === arn);
      if (!alarm) return null;
      const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
      return {
        state: asState(alarm.StateValue),
        since: since?.toISOString() ?? null,
      };
    },
  };
}

const asState = (value: string | undefined): AlarmState['state'] =>
  value === 'OK' || value === 'ALARM' ? value : 'INSUFFICIENT_DATA';
