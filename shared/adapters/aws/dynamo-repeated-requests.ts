import { REQUEST_SECONDS, RepeatedRequest } from '#shared/domain/access/repeated-request.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';
import { type Item, type Key, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

export const REQUEST_PARTITION = 'REQUEST';

const keyOf = (name: string): Key => ({ pk: REQUEST_PARTITION, sk: name });

/** In the Control table: one item for each request, which DynamoDB deletes after a day. */
export function makeDynamoRepeatedRequests(options: TableOptions): RepeatedRequests {
  const table = openTable(options);
  return {
    begin: async (name, request) => {
      const begunAt = Date.parse(request.begunAt);
      const item = {
        ...keyOf(name),
        ...RepeatedRequest.parse(request),
        expiresAt: ttlOf(new Date(begunAt + REQUEST_SECONDS * 1000)),
      };
      // The condition is `givesWay`.
      const begun = await table.putOnce(item, {
        condition: 'attribute_not_exists(pk) OR begunAt <= :old OR (answer = :none AND busyUntil <= :now)',
        values: {
          ':old': new Date(begunAt - REQUEST_SECONDS * 1000).toISOString(),
          ':none': null,
          ':now': request.begunAt,
        },
      });
      if (begun) return null;
      const earlier = await table.get(keyOf(name));
      if (earlier === null) throw new Retryable('The earlier request with this key has just been deleted.');
      return requestFrom(earlier);
    },
    finish: async (name, begunAt, answer) => {
      await table.update(keyOf(name), {
        update: 'SET answer = :answer',
        condition: 'begunAt = :begunAt',
        values: { ':answer': answer, ':begunAt': begunAt },
      });
    },
    abandon: async (name, begunAt) => {
      await table.update(keyOf(name), {
        update: 'SET busyUntil = :begunAt',
        condition: 'begunAt = :begunAt AND answer = :none',
        values: { ':begunAt': begunAt, ':none': null },
      });
    },
  };
}

const requestFrom = (item: Item): RepeatedRequest =>
  parseRecord(RepeatedRequest, withoutStorage(item), `request ${String(item.sk)}`);
