import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { ApprovalQueue } from '#shared/ports/approval-queue.ts';
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
import { dynamoClient, type Item, openItems, openTable } from './dynamo-table.ts';

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
  const listed = async <T>(partition: string, limit: number, of: (item: Item) => T | null): Promise<T[]> =>
    (await openItems({ table: name, client }, { partition, limit })).map(of).filter((one) => one !== null);
  return {
    ...dynamoNotices(table),
    pending: (limit) => listed(WAITING, limit, waitingApproval),
    unanswered: (limit) => listed(UNANSWERED, limit, unansweredApproval),
  };
}
