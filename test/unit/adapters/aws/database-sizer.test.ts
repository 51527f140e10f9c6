import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ModifyDBClusterCommand, ModifyDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { makeDatabaseSizeWriter } from '#shared/adapters/aws/database-size-writer.ts';
import { DatabaseSize, makeDatabaseSizer } from '#shared/adapters/aws/database-sizer.ts';

const SIZER = 'arn:aws:lambda:eu-west-1:111122223333:function:set-database-size';
const CLASS = { instance: 'orders-db', instanceClass: 'db.r8g.xlarge' };
const CAPACITY = { cluster: 'orders', minCapacity: 0.5, maxCapacity: 8 };
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)) as never;

function sizing() {
  const client = new LambdaClient({ region: 'eu-west-1' });
  return { lambda: mockClient(client), sizer: makeDatabaseSizer({ databaseSizerArn: SIZER, client }) };
}

describe('whoever executes an action', () => {
  it('asks the function that sets the size of databases for it, and makes no other call', async () => {
    const { lambda, sizer } = sizing();
    lambda.on(InvokeCommand).resolves({ Payload: bytes('requested') });
    await sizer.setInstanceClass('orders-db', 'db.r8g.xlarge');
    await sizer.setClusterCapacity('orders', { min: 0.5, max: 8 });
    expect(lambda.calls().map(({ args }) => args[0].input)).toEqual([
      { FunctionName: SIZER, Payload: JSON.stringify(CLASS) },
      { FunctionName: SIZER, Payload: JSON.stringify(CAPACITY) },
    ]);
  });

  it.each([
    ['Refused', Refused],
    ['InvalidInput', Refused],
    ['Retryable', Retryable],
    ['Sandbox.Timedout', OutcomeUnknown],
  ])('learns from its error %s whether the size may have changed', async (errorType, expected) => {
    const { lambda, sizer } = sizing();
    const Payload = bytes({ errorType, errorMessage: 'the reason' });
    lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled', Payload });
    await expect(sizer.setInstanceClass('orders-db', 'db.r8g.xlarge')).rejects.toThrow(expected);
  });
});

describe('the function that sets the size of databases', () => {
  it('sends the size, and no other setting of the database', async () => {
    const client = new RDSClient({ region: 'eu-west-1' });
    const rds = mockClient(client);
    rds.on(ModifyDBInstanceCommand).resolves({}).on(ModifyDBClusterCommand).resolves({});
    const set = makeDatabaseSizeWriter(client);
    await set(CLASS);
    await set(CAPACITY);
    expect(rds.calls().map(({ args }) => args[0].input)).toEqual([
      { DBInstanceIdentifier: 'orders-db', DBInstanceClass: 'db.r8g.xlarge', ApplyImmediately: true },
      {
        DBClusterIdentifier: 'orders',
        ServerlessV2ScalingConfiguration: { MinCapacity: 0.5, MaxCapacity: 8 },
        ApplyImmediately: true,
      },
    ]);
  });

  it.each([
    ...['MasterUserPassword', 'PubliclyAccessible', 'BackupRetentionPeriod', 'DeletionProtection'].flatMap(
      (setting) => [
        { ...CLASS, [setting]: 'x' },
        { ...CAPACITY, [setting]: 'x' },
      ],
    ),
    { ...CLASS, ...CAPACITY },
    { ...CLASS, instance: 'arn:aws:rds:eu-west-1:999988887777:db:theirs' },
    { ...CLASS, instanceClass: 'db.serverless' },
    { ...CLASS, instanceClass: 'x' },
    { ...CAPACITY, maxCapacity: 257 },
    { ...CAPACITY, maxCapacity: 8.3 },
    { ...CAPACITY, minCapacity: 9 },
    { instance: 'orders-db' },
  ])('takes nothing else: %j', (size) => {
    expect(DatabaseSize.safeParse(CLASS).success && DatabaseSize.safeParse(CAPACITY).success).toBe(true);
    expect(DatabaseSize.safeParse(size).success).toBe(false);
  });
});
