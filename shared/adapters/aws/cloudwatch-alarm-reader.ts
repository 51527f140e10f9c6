import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { type AlarmArn, alarmNameIn } from '#shared/domain/incident/home.ts';
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
      const rule = CompositeAlarms.find(({ AlarmArn }) => AlarmArn === arn)?.AlarmRule;
      const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
      return {
        state: asState(alarm.StateValue),
        since: since?.toISOString() ?? null,
        ...(rule === undefined ? {} : { children: childrenOf(rule, arn) }),
      };
    },
  };
}

const MAX_CHILDREN = 20;
/** `ALARM("checkout errors") AND NOT OK(arn:aws:...)`: a name or an ARN, in quotes or not. */
const NAMED = /\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]{1,1600})"|'([^']{1,1600})'|([^()"'\s]{1,1600}))\s*\)/g;

/**
 * The alarms that the rule of a composite alarm names, each once. A name is one in the account and region of the composite.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function childrenOf(rule: string, composite: AlarmArn): AlarmArn[] {
  const place = composite.split(':').slice(0, 6).join(':');
  const named = [...rule.matchAll(NAMED)].map(([, double, single, plain]) => double ?? single ?? plain ?? '');
  const arns = named.map((name) => (name.startsWith('arn:') ? name : `${place}:${name}`) as AlarmArn);
  return [...new Set(arns)].filter((one) => one !== composite).slice(0, MAX_CHILDREN);
}

const asState = (value: string | undefined): AlarmState['state'] =>
  value === 'OK' || value === 'ALARM' ? value : 'INSUFFICIENT_DATA';
