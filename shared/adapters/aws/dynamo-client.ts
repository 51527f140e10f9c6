import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { REPEATABLE } from './client-settings.ts';
import type { Condition } from './dynamo-table.ts';

let client: DynamoDBDocumentClient | undefined;

/** One client for all stores of a function. */
export function dynamoClient(): DynamoDBDocumentClient {
  client ??= DynamoDBDocumentClient.from(new DynamoDBClient(REPEATABLE), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return client;
}

/** Holds when the stored record has the previous revision; the first revision requires that there is none. */
export function overRevisionBefore(revision: number): Condition {
  if (revision === 1) return { condition: 'attribute_not_exists(pk)' };
  return {
    condition: '#revision = :before',
    names: { '#revision': 'revision' },
    values: { ':before': revision - 1 },
  };
}
