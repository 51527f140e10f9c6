import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { REPEATABLE } from './clients.ts';

let client: DynamoDBDocumentClient | undefined;

/** One client for all stores of a function. */
export function dynamoClient(): DynamoDBDocumentClient {
  client ??= DynamoDBDocumentClient.from(new DynamoDBClient(REPEATABLE), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return client;
}
