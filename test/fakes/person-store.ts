import { Person } from '#shared/domain/access/person.ts';
import type { PersonStore } from '#shared/ports/access.ts';

export function makeMemoryPersonStore(known: readonly Person[] = []): PersonStore {
  const people = new Map(known.map((person) => [person.id, person]));
  return {
    get: async (id) => people.get(id) ?? null,
    list: async () => [...people.values()],
    put: async (person) => void people.set(person.id, Person.parse(person)),
    setAccount: async (id, host, account, ifLogin) => {
      const person = people.get(id);
      if (person === undefined || (ifLogin !== undefined && person[host]?.login !== ifLogin)) return null;
      const changed = Person.parse({ ...person, [host]: account });
      people.set(id, changed);
      return changed;
    },
  };
}
