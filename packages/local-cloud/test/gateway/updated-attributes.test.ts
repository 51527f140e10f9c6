import { expect, it } from 'vitest';
import { dynamodbActions } from '../../src/gateway/actions/dynamodb.ts';
import type { Deployment } from '../../src/template/deployment.ts';

const deployment = { region: 'us-east-1', account: '000000000000', byArn: () => undefined } as unknown as Deployment;
const attributesOf = (input: object) =>
  dynamodbActions({ operation: 'UpdateItem', input } as never, deployment)?.[0]?.context?.['dynamodb:Attributes'];

it('names the attributes of an update by expression: keys, what it sets and removes, and what its condition looks at', () => {
  expect(
    attributesOf({
      TableName: 'keys',
      Key: { pk: { S: 'APIKEY' }, sk: { S: 'a' } },
      UpdateExpression: 'SET #v = :v, lastUsedAt = :at REMOVE claimedUntil, note.text',
      ConditionExpression: 'attribute_exists(pk) AND (lastUsedAt = :never OR size(roles) > :n) AND #v IN (:v)',
      ExpressionAttributeNames: { '#v': 'version' },
    }),
  ).toEqual(['pk', 'sk', 'version', 'lastUsedAt', 'claimedUntil', 'note', 'roles']);
});

it('names them by the older form, too', () => {
  expect(attributesOf({ TableName: 'keys', Key: { pk: { S: 'a' } }, AttributeUpdates: { roles: {} } })).toEqual([
    'pk',
    'roles',
  ]);
});
