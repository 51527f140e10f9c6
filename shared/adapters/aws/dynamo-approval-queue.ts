import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { ApprovalQueue, PendingApproval } from '#shared/ports/approval-queue.ts';
import type { Clock } from '#shared/ports/time.ts';
import { systemClock } from '../system/clock.ts';
import { dynamoClient } from './dynamo-client.ts';
import { dynamoNotices, WAITING, waitingApproval } from './dynamo-incident-approvals.ts';
import { DEFAULT_RETENTION } from './dynamo-incident-store.ts';
import { retaining } from './dynamo-retention.ts';
import { openTable } from './dynamo-table.ts';
import { callAws } from './errors.ts';

/** The approvals of the Incidents table that nobody decided, by its sparse index `open`. */
export function makeDynamoApprovalQueue(options: {
  readonly table: string;
  readonly retention?: Configuration['retention'];
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}): ApprovalQueue {
  const { table: name, retention = DEFAULT_RETENTION, client = dynamoClient(), clock = systemClock } = options;
  const table = retaining(openTable({ table: name, client }), retention.incidentDays, clock);
  return {
    ...dynamoNotices(table),
    pending: async (limit) => {
      const command = new QueryCommand({
        TableName: name,
        IndexName: 'open',
        KeyConditionExpression: 'openPk = :waiting',
        ExpressionAttributeValues: { ':waiting': WAITING },
        Limit: limit,
      });
      const page = await callAws('Listing what waits for an approval', () => client.send(command));
      const waiting: PendingApproval[] = [];
      // The index lags behind, so each hit is read again before it is believed.
      for (const { pk, sk } of page.Items ?? []) {
        const item = await table.get({ pk: String(pk), sk: String(sk) });
        const approval = item && waitingApproval(item);
        if (approval) waiting.push(approval);
      }
      return waiting;
    },
  };
}
