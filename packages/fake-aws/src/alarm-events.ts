import { randomUUID } from 'node:crypto';
import type { AlarmRecord, AlarmValue, SampleCloud } from './state.ts';

/** EventBridge's envelope. */
export interface AwsEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export function alarmArn({ account, region }: Pick<SampleCloud, 'account' | 'region'>, name: string): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** CloudWatch events have milliseconds and `+0000` in their timestamps. */
const cloudWatchTime = (iso: string) => new Date(iso).toISOString().replace('Z', '+0000');

/** `CloudWatch Alarm State Change`, as the CloudWatch user guide describes it for a single-metric alarm. */
export function alarmStateChange(cloud: SampleCloud, alarm: AlarmRecord, id: string = randomUUID()): AwsEvent {
  return {
    version: '0',
    id,
    'detail-type': 'CloudWatch Alarm State Change',
    source: 'aws.cloudwatch',
    account: cloud.account,
    time: `${new Date(alarm.state.at).toISOString().slice(0, 19)}Z`,
    region: cloud.region,
    resources: [alarmArn(cloud, alarm.name)],
    detail: {
      alarmName: alarm.name,
      state: presentValue(alarm.state),
      previousState: presentValue(alarm.previous),
      configuration: {
        description: alarm.description,
        metrics: [
          {
            id: 'm1',
            metricStat: {
              metric: { namespace: alarm.namespace, name: alarm.metric, dimensions: alarm.dimensions },
              period: PERIOD_SECONDS,
              stat: alarm.statistic,
            },
            returnData: true,
          },
        ],
      },
    },
  };
}

function presentValue({ value, reason, reasonData, at }: AlarmValue) {
  return { value, reason, reasonData, timestamp: cloudWatchTime(at) };
}

/**
 * A composite alarm over alarms by name, raised by its first child, and its event as the CloudWatch user guide describes it:
 * the triggering alarms by ARN, the rule, and what keeps its actions back.
 */
export function compositeAlarm(
  cloud: SampleCloud,
  made: {
    readonly name: string;
    readonly children: readonly string[];
    readonly first: AlarmRecord;
    readonly suppressedBy?: 'Alarm' | 'WaitPeriod' | undefined;
  },
): { readonly event: AwsEvent; readonly alarm: AlarmRecord } {
  const { name, children, first, suppressedBy } = made;
  const at = new Date(cloud.time.now()).toISOString();
  const arn = alarmArn(cloud, first.name);
  const triggering = { arn, state: { value: 'ALARM', timestamp: cloudWatchTime(at) } };
  const reasonData = JSON.stringify({ triggeringAlarms: [triggering] });
  const state = { value: 'ALARM' as const, reason: `${arn} transitioned to ALARM at ${at}`, reasonData, at };
  const rule = children.map((child) => `ALARM("${child}")`).join(' OR ');
  const alarm: AlarmRecord = { ...first, name, description: 'Combines alarms.', rule, state, okAfterMs: null };
  const shown = alarmStateChange(cloud, alarm);
  const suppressed =
    suppressedBy === undefined
      ? {}
      : { actionsSuppressedBy: suppressedBy, actionsSuppressedReason: `Actions suppressed by ${suppressedBy}` };
  const detail = {
    ...shown.detail,
    state: { ...presentValue(state), ...suppressed },
    configuration: { description: alarm.description, alarmRule: rule },
  };
  return { alarm, event: { ...shown, detail } };
}

/** A log alarm that its query has raised, and its event: that of every alarm, without metrics. */
export function logAlarm(
  cloud: SampleCloud,
  made: {
    readonly name: string;
    readonly logQuery: NonNullable<AlarmRecord['logQuery']>;
    readonly like: AlarmRecord;
  },
): { readonly event: AwsEvent; readonly alarm: AlarmRecord } {
  const { name, logQuery, like } = made;
  const state = alarmValue(like, 'ALARM', new Date(cloud.time.now()));
  const alarm: AlarmRecord = { ...like, name, description: 'Counts lines.', logQuery, state, okAfterMs: null };
  const shown = alarmStateChange(cloud, alarm);
  return { alarm, event: { ...shown, detail: { ...shown.detail, configuration: { description: alarm.description } } } };
}

export const PERIOD_SECONDS = 60;

/** The state of an alarm after `datapoint`, in CloudWatch's words. */
export function alarmValue(alarm: AlarmRecord, value: 'OK' | 'ALARM', at: Date): AlarmValue {
  const datapoint = value === 'ALARM' ? alarm.loudValue : alarm.quietValue;
  const start = new Date(at.getTime() - PERIOD_SECONDS * 1000);
  const [date = '', time = ''] = start.toISOString().split('T');
  const [year = '', month, day] = date.split('-');
  const shown = `${datapoint.toFixed(1)} (${day}/${month}/${year.slice(2)} ${time.slice(0, 5)}:00)`;
  const compared = value === 'ALARM' ? 'was greater than' : 'was not greater than';
  const transition = value === 'ALARM' ? 'OK -> ALARM' : 'ALARM -> OK';
  const threshold = alarm.threshold.toFixed(1);
  return {
    value,
    reason:
      `Threshold Crossed: 1 out of the last 1 datapoints [${shown}] ${compared} the threshold (${threshold}) ` +
      `(minimum 1 datapoint for ${transition} transition).`,
    reasonData: JSON.stringify({
      version: '1.0',
      queryDate: cloudWatchTime(at.toISOString()),
      startDate: cloudWatchTime(`${start.toISOString().slice(0, 16)}:00.000Z`),
      statistic: alarm.statistic,
      period: PERIOD_SECONDS,
      recentDatapoints: [datapoint],
      threshold: alarm.threshold,
    }),
    at: at.toISOString(),
  };
}
