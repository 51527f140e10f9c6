import { Retryable } from '@selfheal/kernel/errors.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { LAST_NUMBER, numberKeyOf } from './dynamo-incident-keys.ts';
import type { Table } from './dynamo-table.ts';

type Numbers = Pick<Table, 'put' | 'update'>;

/**
 * Takes the next numbers, one for each id in this order, and stores whose they are before any incident has them: a crash leaves a gap in the
 * numbers, never an incident that its number does not find. None of these records expires, so that a number never comes to mean another incident.
 */
export async function takeNumbers(ids: readonly string[], table: Numbers): Promise<number[]> {
  const values = { ':count': ids.length };
  const counted = await table.update(LAST_NUMBER, { update: 'ADD lastNumber :count', values });
  const first = Number(counted?.lastNumber) - ids.length + 1;
  const numbers = ids.map((_, at) => first + at);
  await Promise.all(ids.map((id, at) => table.put({ ...numberKeyOf(first + at), version: 1, incidentId: id })));
  return numbers;
}

/**
 * Gives numbers to those that were stored before incidents had them, the oldest first. Whoever comes second keeps the number that the first one
 * gave; its own then names the same incident. While the table is busy they are returned as they are, to be numbered by the next reader.
 */
export async function numbered(
  incidents: readonly Incident[],
  table: Numbers & Pick<Table, 'get'>,
): Promise<readonly Incident[]> {
  const without = incidents.filter(({ number }) => number === undefined);
  if (without.length === 0) return incidents;
  without.sort((a, b) => Date.parse(a.openedAt) - Date.parse(b.openedAt));
  try {
    const taken = await takeNumbers(
      without.map(({ id }) => id),
      table,
    );
    const given = await Promise.all(without.map(({ id }, at) => giveNumber(id, taken[at] ?? 0, table)));
    const byId = new Map(without.map(({ id }, at) => [id, given[at]]));
    return incidents.map((incident) => {
      const number = byId.get(incident.id);
      return number === undefined ? incident : { ...incident, number };
    });
  } catch (error) {
    if (error instanceof Retryable) return incidents;
    throw error;
  }
}

/** The number that the incident has then; undefined when it is no longer stored. */
async function giveNumber(
  id: string,
  number: number,
  table: Numbers & Pick<Table, 'get'>,
): Promise<number | undefined> {
  const key = { pk: `INC#${id}`, sk: 'META' };
  const written = await table.update(key, {
    update: 'SET #number = :number',
    condition: 'attribute_exists(pk) AND attribute_not_exists(#number)',
    names: { '#number': 'number' },
    values: { ':number': number },
  });
  const stored = (written ?? (await table.get(key)))?.number;
  return typeof stored === 'number' ? stored : undefined;
}
