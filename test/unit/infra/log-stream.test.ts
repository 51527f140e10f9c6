import { describe, expect, it } from 'vitest';
import { resourcesOf, rightsOf, synthesize, templatesFor, words } from './assembly.ts';

const SERVICES = [{ id: 'shop', alarms: ['shop-slow'] }];
const group = (logGroup: string, stream: boolean) => ({ logGroup, service: 'shop', stream });
const { selfheal } = synthesize(
  {
    version: 1,
    services: SERVICES,
    logSubscriptions: [group('/shop/busy', true), group('/shop/quiet', false)],
    logStream: { shards: 3 },
  },
  {},
);

describe('the stream of log groups', () => {
  it('is not there unless a log group goes through it', () => {
    const straight = synthesize(
      { version: 1, services: SERVICES, logSubscriptions: [group('/shop/quiet', false)] },
      {},
    );
    for (const template of [templatesFor().selfheal, straight.selfheal]) {
      expect(resourcesOf(template, 'AWS::Kinesis::Stream')).toEqual([]);
      expect(JSON.stringify(rightsOf(template))).not.toContain('kinesis:');
    }
  });

  it('is encrypted, keeps 24 hours, and has the shards that are configured', () => {
    expect(resourcesOf(selfheal, 'AWS::Kinesis::Stream').map(([, { Properties }]) => Properties)).toMatchObject([
      {
        ShardCount: 3,
        RetentionPeriodHours: 24,
        StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      },
    ]);
  });

  it('is read by one function, and written by CloudWatch Logs on behalf of its log groups', () => {
    const rights = Object.entries(rightsOf(selfheal)).flatMap(([role, all]) =>
      all.filter((right) => right.includes('kinesis:')).map((right) => [role, right.split(' on ')[0]]),
    );
    expect(rights).toEqual([
      [
        'FunctionsLogSubscriptionRole',
        'kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:GetRecords kinesis:GetShardIterator kinesis:ListShards',
      ],
      [expect.stringMatching(/^LogSubscriptionsStreamWriter/), 'kinesis:PutRecord'],
    ]);
    const trust = resourcesOf(selfheal, 'AWS::IAM::Role')
      .filter(([id]) => id.startsWith('LogSubscriptionsStreamWriter'))
      .map(([, { Properties }]) => JSON.stringify(Properties.AssumeRolePolicyDocument));
    expect(trust).toEqual([expect.stringContaining('log-group:/shop/busy:*')]);
    expect(trust[0]).not.toContain('/shop/quiet');
  });

  it('gets the lines of its log groups alone; the others go straight to the function', () => {
    const filters = resourcesOf(selfheal, 'AWS::Logs::SubscriptionFilter').map(([, { Properties }]) => [
      Properties.LogGroupName,
      words(Properties.DestinationArn)
        .split('.')[0]
        ?.replace(/[0-9A-F]{8}$/, ''),
    ]);
    expect(Object.fromEntries(filters)).toEqual({
      '/shop/busy': expect.stringMatching(/^LogStream/),
      '/shop/quiet': expect.stringMatching(/^FunctionsLogSubscriptionHandler/),
    });
  });

  it('is read in order, again from the record that failed, and tells of what stays unread for hours', () => {
    const mappings = resourcesOf(selfheal, 'AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties);
    const reader = mappings.find(({ EventSourceArn }) => words(EventSourceArn).startsWith('LogStream'));
    expect(reader).toMatchObject({
      ParallelizationFactor: 1,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRecordAgeInSeconds: 21_600,
      StartingPosition: 'TRIM_HORIZON',
    });
    expect(reader?.TumblingWindowInSeconds).toBeUndefined();
    expect(JSON.stringify(reader?.DestinationConfig)).toContain('DeadLetters');
  });
});
