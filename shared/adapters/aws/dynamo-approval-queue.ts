import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
import type { Clock } from '#shared/ports/time.ts';
import { systemClock } from '../system/clock.ts';
import {
  dynamoNotices,
  UNANSWERED,
  unansweredApproval,
  WAITING,
  waitingApproval,
} from './dynamo-incident-approvals.ts';
import { DEFAULT_RETENTION } from './dynamo-incident-store.ts';
import { retaining } from './dynamo-retention.ts';
import { dynamoClient, type Item, openTable } from './dynamo-table.ts';
import { callAws } from './errors.ts';

/**
 * Approvals of the Incidents table that are undecided or whose decision no workflow took yet, by its sparse index
 * `open`.
 */
export function makeDynamoApprovalQueue(options: {
  readonly table: string;
  readonly retention?: Configuration['retention'];
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}): ApprovalQueue {
  const { table: name, retention = DEFAULT_RETENTION, client = dynamoClient(), clock = systemClock } = options;
  const table = retaining(openTable({ table: name, client }), retention.incidentDays, clock);
  const listed = async <T>(partition: string, limit: number, of: (item: Item) => T | null): Promise<T[]> => {
    const command = new QueryCommand({
      TableName: name,
      IndexName: 'open',
      KeyConditionExpression: 'openPk = :waiting',
      ExpressionAttributeValues: { ':waiting': partition },
      Limit: limit,
    });
    const page = await callAws('Listing what waits for an approval', () => client.send(command));
    const waiting: T[] = [];
    // The index lags behind, so each hit is read again before it is used.
    for (const { pk, sk } of page.Items ?? []) {
      const item = await table.get({ pk: String(pk), sk: String(sk) });
      const approval = item && of(item);
      if (approval) waiting.push(approval);
    }
    return waiting;
  };
  return {
    ...dynamoNotices(table),
    pending: (limit) => listed(WAITING, limit, waitingApproval),
    unanswered: (limit) => listed(UNANSWERED, limit, unansweredApproval),
  };
}
