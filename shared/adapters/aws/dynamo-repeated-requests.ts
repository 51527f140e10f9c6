import { Retryable } from '@selfheal/kernel/errors.ts';
import { REQUEST_SECONDS, RepeatedRequest, successorOf } from '#shared/domain/access/repeated-request.ts';
import type { RepeatedRequests } from '#shared/ports/access.ts';
import { type Item, type Key, openTable, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

export const REQUEST_PARTITION = 'REQUEST';

const keyOf = (name: string): Key => ({ pk: REQUEST_PARTITION, sk: name });

/** In the Control table: one item for each request, which DynamoDB deletes after a day. */
export function makeDynamoRepeatedRequests(options: TableOptions): RepeatedRequests {
  const table = openTable(options);
  const itemOf = (name: string, request: RepeatedRequest): Item & Key => ({
    ...keyOf(name),
    ...RepeatedRequest.parse(request),
    expiresAt: ttlOf(new Date(Date.parse(request.begunAt) + REQUEST_SECONDS * 1000)),
  });
  const read = async (name: string): Promise<RepeatedRequest> => {
    const item = await table.get(keyOf(name));
    if (item === null) throw new Retryable('The earlier request with this key has just been deleted.');
    return requestFrom(item);
  };
  return {
    begin: async (name, request) => {
      if (await table.putOnce(itemOf(name, request), { condition: 'attribute_not_exists(pk)' }))
        return { kind: 'begun', request };
      const first = await read(name);
      const begun = successorOf(first, request);
      if (begun === null) return { kind: 'earlier', request: first };
      const taken = await table.putOnce(itemOf(name, begun), {
        condition: 'begunAt = :begunAt AND busyUntil = :busyUntil AND (answer = :none OR begunAt <= :old)',
        values: {
          ':begunAt': first.begunAt,
          ':busyUntil': first.busyUntil,
          ':none': null,
          ':old': new Date(Date.parse(request.begunAt) - REQUEST_SECONDS * 1000).toISOString(),
        },
      });
      return taken ? { kind: 'begun', request: begun } : { kind: 'earlier', request: await read(name) };
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
