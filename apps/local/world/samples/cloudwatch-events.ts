import { ALARMS } from '@selfheal/fake-aws/alarm-definitions.ts';
import { type AwsEvent, alarmArn, alarmStateChange, alarmValue } from '@selfheal/fake-aws/alarm-events.ts';
import type { AlarmRecord, AlarmValue, SampleCloud } from '@selfheal/fake-aws/state.ts';

const PLACE = { account: '123456789012', region: 'eu-central-1' };
const AT = Date.UTC(2026, 10, 20, 9, 41, 12, 318);
const MINUTE = 60_000;

/** EventBridge id of the n-th sample. */
const idOf = (number: number) => `7d1c0a52-3b64-4c8e-9f00-${String(number).padStart(12, '0')}`;

const unknown: AlarmValue = {
  value: 'INSUFFICIENT_DATA',
  reason: 'Insufficient Data: 1 datapoint was unknown.',
  reasonData: JSON.stringify({
    version: '1.0',
    queryDate: '2026-11-20T08:41:12.301+0000',
    statistic: 'Sum',
    period: 60,
  }),
  at: new Date(AT - 60 * MINUTE).toISOString(),
};

function alarmOf(name: string): AlarmRecord {
  const definition = ALARMS.find((one) => one.name === name);
  if (definition === undefined) throw new Error(`The sample cloud has no alarm ${name}.`);
  return { ...definition, state: unknown, previous: unknown, okAfterMs: null };
}

/** The event of an alarm that changed from one state to another. */
function change(
  name: string,
  number: number,
  from: 'OK' | 'ALARM' | 'unknown',
  to: 'OK' | 'ALARM' | 'unknown',
): AwsEvent {
  const alarm = alarmOf(name);
  const value = (state: typeof from, at: number) =>
    state === 'unknown' ? unknown : alarmValue(alarm, state, new Date(at));
  const state = { ...value(to, AT), at: new Date(AT).toISOString() };
  const previous = value(from, AT - 35 * MINUTE);
  return alarmStateChange(PLACE as SampleCloud, { ...alarm, state, previous }, idOf(number));
}

const time = (at: number) => new Date(at).toISOString().replace('Z', '+0000');
const CHILD = alarmArn(PLACE, 'orders-5xx');

function composite(number: number, state: object): AwsEvent {
  const trigger = (value: string, at: number) =>
    JSON.stringify({ triggeringAlarms: [{ arn: CHILD, state: { value, timestamp: time(at) } }] });
  return {
    ...change('orders-5xx', number, 'OK', 'ALARM'),
    resources: [alarmArn(PLACE, 'shop-down')],
    detail: {
      alarmName: 'shop-down',
      state: {
        value: 'ALARM',
        reason: `${CHILD} transitioned to ALARM at Friday 20 November, 2026 09:41:12 UTC`,
        reasonData: trigger('ALARM', AT),
        timestamp: time(AT),
        ...state,
      },
      previousState: {
        value: 'OK',
        reason: `${alarmArn(PLACE, 'shop-down')} was created and its alarm rule evaluates to OK`,
        reasonData: trigger('OK', AT - 90 * MINUTE),
        timestamp: time(AT - 80 * MINUTE),
      },
      configuration: {
        description: 'Nobody can buy anything.',
        alarmRule: 'ALARM(orders-5xx) OR ALARM(checkout-errors)',
      },
    },
  };
}

/** An alarm on an expression over two metrics. */
function metricMath(number: number): AwsEvent {
  const event = change('checkout-errors', number, 'OK', 'ALARM');
  const metric = (id: string, name: string) => ({
    id,
    metricStat: {
      metric: { namespace: 'AWS/Lambda', name, dimensions: { FunctionName: 'checkout-api' } },
      period: 60,
      stat: 'Sum',
    },
    returnData: false,
  });
  const rate = { id: 'e1', expression: 'errors / invocations * 100', label: 'Error rate', returnData: true };
  const metrics = [rate, metric('errors', 'Errors'), metric('invocations', 'Invocations')];
  return { ...event, detail: { ...event.detail, configuration: { description: 'Too many errors.', metrics } } };
}

const HOUR_AGO = AT - 60 * MINUTE;

/** An alarm on the band in which anomaly detection expects a metric. */
function anomaly(number: number): AwsEvent {
  const event = change('checkout-errors', number, 'OK', 'ALARM');
  const reasonData = JSON.stringify({
    version: '1.0',
    queryDate: time(AT),
    startDate: time(AT - 2 * MINUTE),
    period: 60,
    recentDatapoints: [3.2, 812.5],
    recentLowerThresholds: [101.5, 104.25],
    recentUpperThresholds: [340.75, 344.5],
    evaluatedDatapoints: [
      { timestamp: time(AT - 2 * MINUTE), sampleCount: 60, value: 3.2 },
      { timestamp: time(AT - MINUTE), sampleCount: 60, value: 812.5 },
    ],
  });
  const reason =
    'Thresholds Crossed: 2 out of the last 2 datapoints [812.5 (20/11/26 09:40:00), 3.2 (20/11/26 09:39:00)] was less than ' +
    'the lower thresholds [104.25, 101.5] or greater than the upper thresholds [344.5, 340.75] (minimum 2 datapoints for OK ' +
    '-> ALARM transition).';
  const metric = { namespace: 'AWS/Lambda', name: 'Invocations', dimensions: { FunctionName: 'checkout-api' } };
  const metrics = [
    { id: 'm1', metricStat: { metric, period: 60, stat: 'Sum' }, returnData: true },
    { id: 'ad1', expression: 'ANOMALY_DETECTION_BAND(m1, 2)', label: 'Invocations (expected)', returnData: true },
  ];
  const state = { value: 'ALARM', reason, reasonData, timestamp: time(AT) };
  const configuration = { description: 'Unusual load.', metrics };
  return { ...event, detail: { ...event.detail, state, configuration } };
}

/** An alarm that treats missing data as breaching, about a metric that nobody sends any more. */
function missingData(number: number): AwsEvent {
  const event = change('catalog-memory', number, 'OK', 'ALARM');
  const reason =
    'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].';
  const reasonData = JSON.stringify({
    version: '1.0',
    queryDate: time(AT),
    statistic: 'Average',
    period: 1800,
    recentDatapoints: [],
    threshold: 85,
    evaluatedDatapoints: [{ timestamp: time(AT - 30 * MINUTE) }, { timestamp: time(HOUR_AGO) }],
  });
  const state = { value: 'ALARM', reason, reasonData, timestamp: time(AT) };
  return { ...event, detail: { ...event.detail, state } };
}

function configurationChange(number: number): AwsEvent {
  const event = change('ledger-latency', number, 'unknown', 'unknown');
  const { configuration } = event.detail as { configuration: object };
  return {
    ...event,
    'detail-type': 'CloudWatch Alarm Configuration Change',
    detail: {
      alarmName: 'ledger-latency',
      operation: 'create',
      state: { value: 'INSUFFICIENT_DATA', timestamp: time(AT) },
      configuration: {
        ...configuration,
        alarmName: 'ledger-latency',
        evaluationPeriods: 1,
        threshold: 3000,
        comparisonOperator: 'GreaterThanThreshold',
        treatMissingData: 'notBreaching',
        actionsEnabled: true,
        timestamp: time(AT),
        okActions: [],
        alarmActions: [],
        insufficientDataActions: [],
      },
    },
  };
}

/** Events as EventBridge carries them, by the name of their sample. */
export const CLOUDWATCH_EVENTS: Readonly<Record<string, AwsEvent>> = {
  'alarm-raised': change('checkout-errors', 1, 'OK', 'ALARM'),
  'alarm-raised-from-insufficient-data': change('ledger-latency', 2, 'unknown', 'ALARM'),
  'alarm-cleared': change('checkout-errors', 3, 'ALARM', 'OK'),
  'alarm-insufficient-data': change('orders-5xx', 4, 'OK', 'unknown'),
  'composite-alarm-raised': composite(5, {}),
  'composite-alarm-raised-suppressed': composite(6, {
    actionsSuppressedBy: 'WaitPeriod',
    actionsSuppressedReason: 'Actions suppressed by WaitPeriod',
  }),
  'metric-math-alarm-raised': metricMath(7),
  'alarm-configuration-changed': configurationChange(8),
  'anomaly-alarm-raised': anomaly(9),
  'missing-data-alarm-raised': missingData(10),
};
