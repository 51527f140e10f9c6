import { CorruptRecord } from '@selfheal/kernel/errors.ts';
import { isIntact } from '#shared/domain/plan/bind-action.ts';
import { ActionRecord, BoundAction } from '#shared/domain/plan/bound-action.ts';
import { PlanRecord } from '#shared/domain/policy/plan-record.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { type Item, type Key, type Table, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

type Actions = Pick<
  IncidentStore,
  'putPlan' | 'getPlan' | 'recordPlan' | 'listPlans' | 'intend' | 'getAction' | 'listActions' | 'commitAction'
>;
const planKey = (id: string, digest: string): Key => ({ pk: `INC#${id}`, sk: `PLAN#${digest}` });
/** In the order of plans: an attempt's rounds, and within a round a hold first. */
const roundKey = ({ incidentId, attempt, round, decision }: PlanRecord): Key => ({
  pk: `INC#${incidentId}`,
  sk: `ROUND#${String(attempt).padStart(6, '0')}#${String(round).padStart(3, '0')}#${decision === 'hold' ? 0 : 1}`,
});
const actionKey = (id: string, digest: string): Key => ({ pk: `INC#${id}`, sk: `ACTION#${digest}` });

/** Plans (named by their content, so writing one twice changes nothing) and their actions. */
export function dynamoActions(table: Table): Actions {
  return {
    putPlan: async (action) => {
      await table.put({ ...planKey(action.incidentId, action.digest), ...action });
    },
    getPlan: async (incidentId, digest) => {
      const item = await table.get(planKey(incidentId, digest));
      return item && planOf(item, incidentId, digest);
    },
    recordPlan: async (plan) => {
      const record = PlanRecord.parse(plan);
      await table.put({ ...roundKey(record), ...record });
    },
    listPlans: async (incidentId) => {
      const items = await table.query(`INC#${incidentId}`, { prefix: 'ROUND#' });
      return items.map((item) =>
        parseRecord(PlanRecord, withoutStorage(item), `Plan ${String(item.sk)} of incident ${incidentId}`),
      );
    },
    intend: async (record) => {
      const item = { ...actionKey(record.incidentId, record.digest), ...ActionRecord.parse(record) };
      if (await table.putOnce(item, { condition: 'attribute_not_exists(pk)' })) return { kind: 'intended' };
      return { kind: 'exists', record: await requireAction(table, record.incidentId, record.digest) };
    },
    getAction: async (incidentId, digest) => {
      const item = await table.get(actionKey(incidentId, digest));
      return item && actionOf(item);
    },
    listActions: async (incidentId) => {
      const items = await table.query(`INC#${incidentId}`, { prefix: 'ACTION#' });
      return items.map(actionOf).sort((a, b) => (a.intendedAt < b.intendedAt ? -1 : 1));
    },
    commitAction: async (incidentId, digest, change) => {
      const given = Object.entries(change).filter(([, value]) => value !== undefined);
      if (given.length === 0) return;
      const written = await table.update(actionKey(incidentId, digest), {
        update: `SET ${given.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        condition: 'attribute_exists(pk)',
        names: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
        values: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
      });
      if (!written) throw new CorruptRecord(`There is no action ${digest} of incident ${incidentId}.`);
    },
  };
}

async function requireAction(table: Table, incidentId: string, digest: string): Promise<ActionRecord> {
  const item = await table.get(actionKey(incidentId, digest));
  if (!item) throw new CorruptRecord(`Action ${digest} of incident ${incidentId} no longer exists.`);
  return actionOf(item);
}

/** Null when the content was changed since planning: its digest does not match. */
function planOf(item: Item, incidentId: string, digest: string): BoundAction | null {
  const plan = parseRecord(BoundAction, withoutStorage(item), `Plan ${digest} of incident ${incidentId}`);
  return plan.incidentId === incidentId && isIntact({ ...plan, digest }) ? plan : null;
}

const actionOf = (item: Item): ActionRecord =>
  parseRecord(ActionRecord, withoutStorage(item), `Action record ${String(item.pk)} ${String(item.sk)}`);
