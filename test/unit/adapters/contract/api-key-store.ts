import { describe, expect, it } from 'vitest';
import type { ApiKey } from '#shared/domain/access/api-key.ts';
import type { ApiKeyStore } from '#shared/ports/access.ts';
import { anApiKey } from '#test/builders/index.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 21, 12, minute));
const ADMIN = { kind: 'person', id: 'subject-1', name: 'admin@example.com' } as const;
const OTHER = { kind: 'key', id: 'f'.repeat(16), name: 'other' } as const;

/** What every store of API keys does, whatever it is made of. */
export function apiKeyStoreContract(name: string, open: () => Promise<ApiKeyStore>): void {
  describe(name, () => {
    const noted = async (store: ApiKeyStore, { id }: ApiKey) => (await store.get(id))?.lastUsedAt;

    it('gives a key back as it was created, one or all of them, and none for another id', async () => {
      const store = await open();
      const [first, second] = [anApiKey(), anApiKey({ id: 'b'.repeat(16), roles: ['viewer', 'approver'] })];
      expect([await store.create(first), await store.create(second)]).toEqual([true, true]);
      expect([await store.get(first.id), await store.get(second.id)]).toEqual([first, second]);
      expect(await store.get('c'.repeat(16))).toBeNull();
      expect((await store.list()).sort((a, b) => a.id.localeCompare(b.id))).toEqual([first, second]);
    });

    it('creates no second key of an id', async () => {
      const store = await open();
      await store.create(anApiKey());
      expect(await store.create(anApiKey({ name: 'second' }))).toBe(false);
      expect(await store.list()).toEqual([anApiKey()]);
    });

    it('writes the time of use at most once an hour, and of no key that is not there', async () => {
      const store = await open();
      const key = anApiKey();
      await store.create(key);
      await store.noteUse(key.id, at(0));
      expect(await noted(store, key)).toBe(at(0).toISOString());
      await store.noteUse(key.id, at(59));
      expect(await noted(store, key)).toBe(at(0).toISOString());
      await store.noteUse(key.id, at(60));
      expect(await noted(store, key)).toBe(at(60).toISOString());
      await store.noteUse('c'.repeat(16), at(0));
      expect(await store.list()).toHaveLength(1);
    });

    it('revokes once, for good, and keeps who did it first', async () => {
      const store = await open();
      const key = anApiKey();
      await store.create(key);
      const revoked = { ...key, revokedAt: at(1).toISOString(), revokedBy: ADMIN };
      expect(await store.revoke(key.id, ADMIN, at(1))).toEqual(revoked);
      expect(await store.revoke(key.id, OTHER, at(2))).toEqual(revoked);
      await store.noteUse(key.id, at(3));
      expect(await store.get(key.id)).toEqual({ ...revoked, lastUsedAt: at(3).toISOString() });
      expect(await store.revoke('c'.repeat(16), ADMIN, at(1))).toBeNull();
    });
  });
}
