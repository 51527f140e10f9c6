import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { dynamoClient } from './dynamo-client.ts';
import { callAws } from './errors.ts';

/**
 * Ids of incidents with this prefix, at most `limit`. May read the whole table: for a person with the beginning of an
 * id, never for the service itself.
 */
export async function findIncidentIds(
  beginning: string,
  { table, limit, client = dynamoClient() }: { table: string; limit: number; client?: DynamoDBDocumentClient },
): Promise<string[]> {
  const request = {
    TableName: table,
    ProjectionExpression: 'pk',
    FilterExpression: 'begins_with(pk, :beginning) AND sk = :sk',
    ExpressionAttributeValues: { ':beginning': `INC#${beginning}`, ':sk': 'META' },
  };
  const found: string[] = [];
  await callAws(`Scan of ${table}`, async () => {
    for await (const { Items = [] } of paginateScan({ client }, request)) {
      found.push(...Items.map(({ pk }) => String(pk).slice('INC#'.length)));
      if (found.length >= limit) break;
    }
  });
  return found.slice(0, limit);
}
