import { createHash } from 'node:crypto';
import { alarmArn, PERIOD_SECONDS } from './alarm-events.ts';
import { getMetricData } from './metrics.ts';
import { type AwsContext, AwsError, epoch, list, type Operation, pageBy, text } from './operation.ts';
import type { AlarmRecord, LogEvent } from './state.ts';

const describeAlarms: Operation = (context, input) => {
  const names = list(input.AlarmNames);
  const prefix = text(input.AlarmNamePrefix);
  const found = context.cloud.alarms
    .all()
    .map((alarm) => shown(context, alarm))
    .filter((alarm) => (names.length === 0 || names.includes(alarm.name)) && alarm.name.startsWith(prefix))
    .filter((alarm) => input.StateValue === undefined || alarm.state.value === input.StateValue);
  const page = pageBy(found, input.NextToken, Number(input.MaxRecords ?? 50));
  const types = list(input.AlarmTypes);
  // Without types, only metric alarms are returned.
  const ofType = (type: string): readonly AlarmRecord[] =>
    page.items.filter(
      (alarm) => typeOf(alarm) === type && (types.length === 0 ? type === METRIC : types.includes(type)),
    );
  return {
    MetricAlarms: ofType(METRIC).map((alarm) => presentAlarm(context, alarm)),
    CompositeAlarms: ofType('CompositeAlarm').map((alarm) => presentComposite(context, alarm)),
    LogAlarms: ofType('LogAlarm').map((alarm) => presentLogAlarm(context, alarm)),
    ...(page.next === undefined ? {} : { NextToken: page.next }),
  };
};

const METRIC = 'MetricAlarm';

const typeOf = ({ rule, logQuery }: AlarmRecord): string =>
  rule !== undefined ? 'CompositeAlarm' : logQuery !== undefined ? 'LogAlarm' : METRIC;

/** The alarm as reads show it; a recent change is not visible yet. */
function shown({ cloud, alarmLagMs }: AwsContext, alarm: AlarmRecord): AlarmRecord {
  const lagMs = alarmLagMs();
  const isYoung = lagMs > 0 && cloud.time.now() - Date.parse(alarm.state.at) < lagMs;
  return isYoung ? { ...alarm, state: alarm.previous } : alarm;
}

/** What alarms of every kind have. */
function presentState({ cloud }: AwsContext, alarm: AlarmRecord): object {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarmArn(cloud, alarm.name),
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: epoch(alarm.previous.at),
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    StateValue: alarm.state.value,
    StateReason: alarm.state.reason,
    StateReasonData: alarm.state.reasonData,
    StateUpdatedTimestamp: epoch(alarm.state.at),
    StateTransitionedTimestamp: epoch(alarm.state.at),
  };
}

function presentAlarm(context: AwsContext, alarm: AlarmRecord): object {
  const percentile = alarm.statistic.startsWith('p');
  return {
    ...presentState(context, alarm),
    MetricName: alarm.metric,
    Namespace: alarm.namespace,
    ...(percentile ? { ExtendedStatistic: alarm.statistic } : { Statistic: alarm.statistic }),
    Dimensions: Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Period: PERIOD_SECONDS,
    EvaluationPeriods: 1,
    DatapointsToAlarm: 1,
    Threshold: alarm.threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  };
}

function presentComposite(context: AwsContext, alarm: AlarmRecord): object {
  return {
    ...presentState(context, alarm),
    AlarmRule: alarm.rule,
  };
}

function presentLogAlarm(context: AwsContext, alarm: AlarmRecord): object {
  const { cloud } = context;
  const { query, aggregation, logGroup } = alarm.logQuery ?? { query: '', aggregation: '', logGroup: '' };
  const role = `arn:aws:iam::${cloud.account}:role/log-alarm`;
  return {
    ...presentState(context, alarm),
    ScheduledQueryConfiguration: {
      QueryString: query,
      LogGroupIdentifiers: [`arn:aws:logs:${cloud.region}:${cloud.account}:log-group:${logGroup}`],
      ScheduledQueryRoleARN: role,
      ScheduleConfiguration: { ScheduleExpression: 'rate(1 minute)', StartTimeOffset: 60 },
      AggregationExpression: aggregation,
    },
    QueryResultsToEvaluate: 1,
    QueryResultsToAlarm: 1,
    Threshold: alarm.threshold,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
    ActionLogLineCount: 0,
  };
}

export const CLOUDWATCH_OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeAlarms: describeAlarms,
  GetMetricData: getMetricData,
};

/** Plain terms must all occur; of `?term` alternatives one is enough. JSON and metric patterns are not supported. */
function matchesPattern(pattern: string, message: string): boolean {
  const terms = pattern.match(/"[^"]*"|\S+/g) ?? [];
  const plain = (term: string) => message.includes(term.replace(/^\?/, '').replaceAll('"', ''));
  const optional = terms.filter((term) => term.startsWith('?'));
  const needed = terms.filter((term) => !term.startsWith('?'));
  return needed.every(plain) && (optional.length === 0 || optional.some(plain));
}

const filterLogEvents: Operation = (context, input) => {
  const group = text(input.logGroupName) || (text(input.logGroupIdentifier).split(':log-group:')[1] ?? '');
  const events = context.cloud.logs.get(group);
  if (events === undefined) {
    throw new AwsError('ResourceNotFoundException', 400, 'The specified log group does not exist.');
  }
  const [from, to] = [Number(input.startTime ?? 0), Number(input.endTime ?? Number.MAX_SAFE_INTEGER)];
  const pattern = text(input.filterPattern);
  const found = events.filter(({ at, message }) => at >= from && at <= to && matchesPattern(pattern, message));
  const page = pageBy(found, input.nextToken, Math.min(10_000, Number(input.limit ?? 10_000)));
  return {
    events: page.items.map(presentEvent),
    searchedLogStreams: [],
    ...(page.next === undefined ? {} : { nextToken: page.next }),
  };
};

function presentEvent(event: LogEvent, index: number): object {
  const id = createHash('sha256').update(`${event.at} ${index} ${event.message}`).digest('hex').slice(0, 30);
  return {
    logStreamName: event.stream,
    timestamp: event.at,
    message: event.message,
    ingestionTime: event.at + 250,
    eventId: BigInt(`0x${id}`).toString().padStart(56, '3').slice(0, 56),
  };
}

/** Newest page first unless `startFromHead`; the token of the last page leads to itself, as on AWS. */
const getLogEvents: Operation = (context, input) => {
  const group = text(input.logGroupName);
  const stream = text(input.logStreamName);
  const found = (context.cloud.logs.get(group) ?? []).filter((event) => event.stream === stream);
  if (found.length === 0)
    throw new AwsError('ResourceNotFoundException', 400, 'The specified log stream does not exist.');
  const size = Math.min(10_000, Number(input.limit ?? 10_000));
  const token = /^[bf]\/(\d+)$/.exec(text(input.nextToken));
  const isForward = text(input.nextToken) === '' ? input.startFromHead === true : text(input.nextToken).startsWith('f');
  const at = token === null ? (isForward ? 0 : found.length) : Number(token[1]);
  const [from, to] = isForward ? [at, Math.min(found.length, at + size)] : [Math.max(0, at - size), at];
  return {
    events: found
      .slice(from, to)
      .map(({ at: timestamp, message }) => ({ timestamp, message, ingestionTime: timestamp + 250 })),
    nextForwardToken: `f/${to}`,
    nextBackwardToken: `b/${from}`,
  };
};

export const LOGS_OPERATIONS: Readonly<Record<string, Operation>> = {
  FilterLogEvents: filterLogEvents,
  GetLogEvents: getLogEvents,
};
