import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { type Call, EscalationChain } from '#shared/domain/on-call/escalation-chain.ts';
import type { EscalationChains } from '#shared/ports/escalation-chains.ts';
import { systemClock } from '../system/clock.ts';
import { DEFAULT_RETENTION } from './dynamo-incident-store.ts';
import { retaining } from './dynamo-retention.ts';
import { dynamoClient, type Item, type Key, openItems, openTable, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

/** Of chains with something to do, in the sparse index `open`, sorted by when. */
const CALLING = 'ON-CALL';

const keyOf = (incidentId: string, attempt: number): Key => ({ pk: `INC#${incidentId}`, sk: `ON-CALL#${attempt}` });

/** In the Incidents table, beside their incident. `nextAt` is stored as `updatedAt`, by which the index sorts. */
export function makeDynamoEscalationChains(options: {
  readonly table: string;
  readonly retention?: Configuration['retention'];
  readonly client?: DynamoDBDocumentClient;
  readonly clock?: Clock;
}): EscalationChains {
  const { table: name, retention = DEFAULT_RETENTION, client = dynamoClient(), clock = systemClock } = options;
  const table = retaining(openTable({ table: name, client }), retention.incidentDays, clock);
  const change = async (
    { incidentId, attempt, level }: EscalationChain,
    update: string,
    { condition = '#level = :seen', values = {} }: { readonly condition?: string; readonly values?: Item },
  ) =>
    (await table.update(keyOf(incidentId, attempt), {
      update,
      condition: `#state = :calling AND ${condition}`,
      names: { '#state': 'state', '#level': 'level' },
      values: { ':calling': 'calling', ':seen': level, ...values },
    })) !== null;
  return {
    begin: (incidentId, attempt, at) =>
      table.putOnce(
        {
          ...keyOf(incidentId, attempt),
          version: 1,
          incidentId,
          attempt,
          startedAt: at.toISOString(),
          updatedAt: at.toISOString(),
          openPk: CALLING,
          level: 0,
          state: 'calling',
          calls: [],
        },
        { condition: 'attribute_not_exists(pk)' },
      ),
    due: async (now, limit) =>
      (await openItems({ table: name, client }, { partition: CALLING, until: now, limit }))
        .map(chainOf)
        .filter(({ state }) => state === 'calling'),
    get: async (incidentId, attempt) => {
      const item = await table.get(keyOf(incidentId, attempt));
      return item && chainOf(item);
    },
    claim: (chain, now, until) =>
      change(chain, 'SET claimedUntil = :until', {
        condition: '#level = :seen AND (attribute_not_exists(claimedUntil) OR claimedUntil <= :now)',
        values: { ':now': now.toISOString(), ':until': until.toISOString() },
      }),
    note: async (chain, call: Call) => {
      await change(chain, 'SET calls = list_append(calls, :call)', { values: { ':call': [call] } });
    },
    advance: async (chain, level, nextAt) => {
      await change(chain, 'SET #level = :level, updatedAt = :nextAt REMOVE claimedUntil', {
        values: { ':level': level, ':nextAt': nextAt.toISOString() },
      });
    },
    close: async (chain, state) => {
      await change(chain, 'SET #state = :state REMOVE openPk, claimedUntil', { values: { ':state': state } });
    },
  };
}

function chainOf(item: Item): EscalationChain {
  const { updatedAt, claimedUntil, ...stored } = withoutStorage(item);
  const what = `The calls ${String(item.pk)} ${String(item.sk)}`;
  return parseRecord(EscalationChain, { ...stored, nextAt: updatedAt }, what);
}
