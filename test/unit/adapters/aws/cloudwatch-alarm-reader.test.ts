import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { childrenOf, makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { alarmArnAt } from '#shared/domain/incident/home.ts';
import { HOME } from '#test/builders/index.ts';

const alarmsClient = new CloudWatchClient({ region: 'eu-west-1' });
const alarms = mockClient(alarmsClient);
beforeEach(() => {
  alarms.reset();
});

const own = (name: string) => ({ AlarmName: name, AlarmArn: alarmArnAt(HOME, name) });

describe('the alarm reader', () => {
  const read = (arn = alarmArnAt(HOME, 'checkout-errors')) =>
    makeCloudWatchAlarmReader({ client: alarmsClient }).read(arn);

  it('gives the state of exactly the alarm of this ARN', async () => {
    const at = new Date('2026-11-21T11:58:00Z');
    alarms.on(DescribeAlarmsCommand).resolves({
      MetricAlarms: [
        { ...own('checkout-errors-2'), StateValue: 'OK' },
        { ...own('checkout-errors'), StateValue: 'ALARM', StateTransitionedTimestamp: at },
      ],
    });
    expect(await read()).toEqual({ state: 'ALARM', since: at.toISOString() });
  });

  it.each([
    ['another account', alarmArnAt({ ...HOME, account: '999999999999' }, 'checkout-errors')],
    ['another region', alarmArnAt({ ...HOME, region: 'us-east-1' }, 'checkout-errors')],
    ['another partition', alarmArnAt({ ...HOME, partition: 'aws-cn' }, 'checkout-errors')],
  ] as const)('does not take its own alarm of the same name for one of %s', async (_place, arn) => {
    alarms.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [{ ...own('checkout-errors'), StateValue: 'OK' }] });
    expect(await read(arn)).toBeNull();
  });

  it('reads a log alarm with its query, and asks for log alarms by their type', async () => {
    const at = new Date('2026-11-21T11:58:00Z');
    alarms.on(DescribeAlarmsCommand).resolves({
      LogAlarms: [
        {
          ...own('checkout-errors'),
          StateValue: 'ALARM',
          StateTransitionedTimestamp: at,
          Threshold: 5,
          ComparisonOperator: 'GreaterThanThreshold',
          ScheduledQueryConfiguration: {
            QueryString: 'filter @message like /declined/',
            AggregationExpression: 'count(*)',
            LogGroupIdentifiers: ['/shop/a', 'arn:aws:logs:eu-west-1:123456789012:log-group:/shop/b:*'],
            ScheduledQueryRoleARN: 'arn:aws:iam::123456789012:role/alarm',
            ScheduleConfiguration: { ScheduleExpression: 'rate(1 minute)', StartTimeOffset: 60 },
          },
        },
      ],
    });
    expect(await read()).toEqual({
      state: 'ALARM',
      since: at.toISOString(),
      logQuery: {
        query: 'filter @message like /declined/',
        aggregation: 'count(*)',
        logGroups: ['/shop/a', '/shop/b'],
        limit: 'greater than 5',
      },
    });
    expect(alarms.commandCalls(DescribeAlarmsCommand)[0]?.args[0].input.AlarmTypes).toContain('LogAlarm');
  });

  it('knows no alarm that is not there', async () => {
    alarms.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [], CompositeAlarms: [] });
    expect(await read()).toBeNull();
  });
});

describe('the rule of a composite alarm', () => {
  const composite = alarmArnAt(HOME, 'shop-down');
  it.each([
    ['ALARM(orders-5xx) OR ALARM(checkout-errors)', ['orders-5xx', 'checkout-errors']],
    ['ALARM("orders 5xx (new)") AND NOT OK(\'checkout-errors\')', ['orders 5xx (new)', 'checkout-errors']],
    ['(ALARM( a ) AND INSUFFICIENT_DATA(b)) OR ALARM(a)', ['a', 'b']],
    ['ALARM(shop-down) OR TRUE', []],
    ['TRUE', []],
  ])('%s names its children', (rule, names) => {
    expect(childrenOf(rule, composite)).toEqual(names.map((name) => alarmArnAt(HOME, name)));
  });

  it('keeps the ARN of a child of another account', () => {
    const arn = alarmArnAt({ ...HOME, account: '999999999999' }, 'orders-5xx');
    expect(childrenOf(`ALARM("${arn}")`, composite)).toEqual([arn]);
  });
});
