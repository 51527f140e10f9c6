import { expect, it } from 'vitest';
import { dynamodbActions } from '../../src/gateway/actions/dynamodb.ts';

const table = { KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] };
const deployment = { region: 'us-east-1', accountId: '000000000000', byArn: () => ({ properties: table }) } as never;

/** The partitions that a batch touches, which conditions on `dynamodb:LeadingKeys` are judged by. */
const partitionsOf = (operation: string, requests: unknown) =>
  dynamodbActions({ operation, input: { RequestItems: { Control: requests } } } as never, deployment)?.[0]?.context?.[
    'dynamodb:LeadingKeys'
  ];
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'META' } });

it('knows every partition that a batch reads, each once', () => {
  const Keys = [key('POLICY'), key('CONTROLS'), key('POLICY')];
  expect(partitionsOf('BatchGetItem', { Keys, ConsistentRead: true })).toEqual(['POLICY', 'CONTROLS']);
});

it('knows every partition that a batch writes to or deletes from', () => {
  const requests = [{ PutRequest: { Item: key('LEASE#a') } }, { DeleteRequest: { Key: key('APIKEY') } }];
  expect(partitionsOf('BatchWriteItem', requests)).toEqual(['LEASE#a', 'APIKEY']);
});
