import { CloudWatchClient, DescribeAlarmsCommand, type LogAlarm } from '@aws-sdk/client-cloudwatch';
import { type AlarmArn, alarmNameIn } from '#shared/domain/incident/home.ts';
import type { AlarmReader, AlarmState, LogAlarmQuery } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/**
 * Reads metric, composite and log alarms of the deployment's account and region. CloudWatch looks them up by name, so what it
 * answers is compared with the ARN: an alarm of that name from elsewhere is not the one that was asked for.
 */
export function makeCloudWatchAlarmReader(options: { readonly client?: CloudWatchClient } = {}): AlarmReader {
  const { client = new CloudWatchClient(REPEATABLE) } = options;
  return {
    read: async (arn) => {
      const alarmName = alarmNameIn(arn);
      const command = new DescribeAlarmsCommand({
        AlarmNames: [alarmName],
        AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      });
      const {
        MetricAlarms = [],
        CompositeAlarms = [],
        LogAlarms = [],
      } = await callAws(`Reading alarm ${alarmName}`, () => client.send(command));
      const alarm = [...MetricAlarms, ...CompositeAlarms, ...LogAlarms].find(({ AlarmArn }) => AlarmArn === arn);
      if (!alarm) return null;
      const rule = CompositeAlarms.find(({ AlarmArn }) => AlarmArn === arn)?.AlarmRule;
      const logQuery = queryOf(LogAlarms.find(({ AlarmArn }) => AlarmArn === arn));
      const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
      return {
        state: asState(alarm.StateValue),
        since: since?.toISOString() ?? null,
        ...(rule === undefined ? {} : { children: childrenOf(rule, arn) }),
        ...(logQuery === null ? {} : { logQuery }),
      };
    },
  };
}

const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanThreshold: 'greater than',
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_LogAlarm.html */
function queryOf(alarm: LogAlarm | undefined): LogAlarmQuery | null {
  const configuration = alarm?.ScheduledQueryConfiguration;
  if (alarm === undefined || configuration === undefined) return null;
  const { QueryString = '', AggregationExpression = '', LogGroupIdentifiers = [] } = configuration;
  const comparison = COMPARISONS[alarm.ComparisonOperator ?? ''];
  return {
    query: QueryString,
    aggregation: AggregationExpression,
    // A name, or an ARN with the name after `:log-group:`.
    logGroups: LogGroupIdentifiers.map((one) => one.split(':log-group:').at(-1)?.replace(/:\*$/, '') ?? one),
    limit: comparison === undefined || alarm.Threshold === undefined ? null : `${comparison} ${alarm.Threshold}`,
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
