import { describe, expect, it } from 'vitest';
import type { Person } from '#shared/domain/access/person.ts';
import type { PersonStore } from '#shared/ports/access.ts';

const AT = '2026-11-21T12:00:00.000Z';
const aPerson = (id: string, login: string | null = null): Person => ({
  version: 1,
  id,
  username: `name-${id}`,
  email: `${id}@example.com`,
  roles: ['approver'],
  claimedGithub: login,
  github: login === null ? null : { login, id: null, isGone: false, linkedBy: null, linkedAt: AT },
  seenAt: AT,
});

export function personStoreContract(name: string, make: () => Promise<PersonStore>): void {
  describe(name, () => {
    it('are kept by their id and listed', async () => {
      const persons = await make();
      expect(await persons.get('u-1')).toBeNull();
      for (const person of [aPerson('u-1'), aPerson('u-2', 'octo-2')]) await persons.put(person);
      await persons.put({ ...aPerson('u-1'), roles: ['admin'] });
      expect(await persons.get('u-1')).toEqual({ ...aPerson('u-1'), roles: ['admin'] });
      expect((await persons.list()).map(({ id }) => id).sort()).toEqual(['u-1', 'u-2']);
    });

    it('are linked while they are known, and numbered only while the link is the same', async () => {
      const persons = await make();
      const github = { login: 'octo-1', id: null, isGone: false, linkedBy: null, linkedAt: AT };
      expect(await persons.setAccount('u-9', 'github', github)).toBeNull();
      expect(await persons.get('u-9')).toBeNull();
      await persons.put(aPerson('u-1'));
      expect(await persons.setAccount('u-1', 'github', github, 'octo-other')).toBeNull();
      expect(await persons.setAccount('u-1', 'github', github)).toEqual({ ...aPerson('u-1'), github });
      const numbered = { ...github, id: 7 };
      expect(await persons.setAccount('u-1', 'github', numbered, 'octo-1')).toMatchObject({ github: numbered });
      expect(await persons.setAccount('u-1', 'github', numbered, 'octo-9')).toBeNull();
      const gitlab = { ...github, login: 'tanuki-1' };
      expect(await persons.setAccount('u-1', 'gitlab', gitlab, 'tanuki-1')).toBeNull();
      expect(await persons.setAccount('u-1', 'gitlab', gitlab)).toMatchObject({ github: numbered, gitlab });
      expect(await persons.setAccount('u-1', 'gitlab', { ...gitlab, id: 8 }, 'tanuki-1')).toMatchObject({
        gitlab: { id: 8 },
      });
      expect(await persons.setAccount('u-1', 'github', null)).toMatchObject({ github: null, gitlab: { id: 8 } });
    });
  });
}
