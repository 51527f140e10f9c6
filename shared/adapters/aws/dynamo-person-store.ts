import { Person } from '#shared/domain/access/person.ts';
import type { PersonStore } from '#shared/ports/access.ts';
import { type Item, type Key, openTable, type TableOptions, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

export const PERSON_PARTITION = 'PERSON';

const keyOf = (id: string): Key => ({ pk: PERSON_PARTITION, sk: id });

/** In the Control table: one item for each person who signed in, all in one partition. */
export function makeDynamoPersonStore(options: TableOptions): PersonStore {
  const table = openTable(options);
  return {
    get: async (id) => {
      const item = await table.get(keyOf(id));
      return item && personFrom(item);
    },
    list: async () => (await table.query(PERSON_PARTITION)).map(personFrom),
    put: async (person) => {
      await table.put({ ...keyOf(person.id), ...Person.parse(person) });
    },
    setAccount: async (id, host, account, ifLogin) => {
      const isKnown = 'attribute_exists(pk)';
      const written = await table.update(keyOf(id), {
        update: 'SET #host = :account',
        condition: ifLogin === undefined ? isKnown : `${isKnown} AND #host.#login = :login`,
        names: { '#host': host, ...(ifLogin === undefined ? {} : { '#login': 'login' }) },
        values: { ':account': account, ...(ifLogin === undefined ? {} : { ':login': ifLogin }) },
      });
      return written === null ? null : personFrom(written);
    },
  };
}

const personFrom = (item: Item): Person => parseRecord(Person, withoutStorage(item), `person ${String(item.sk)}`);
