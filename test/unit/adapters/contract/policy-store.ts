import { describe, expect, it } from 'vitest';
import type { PolicyStore } from '#shared/ports/policy-store.ts';
import { aPolicyOverlay } from '#test/builders/index.ts';

const overlay = (revision: number, change: Parameters<typeof aPolicyOverlay>[0] = {}) =>
  aPolicyOverlay({ revision, settings: { policy: { maxActionsPerHour: revision } }, ...change });

/** What every store of the policy does, whatever it is made of. */
export function policyStoreContract(name: string, open: () => Promise<PolicyStore>): void {
  describe(name, () => {
    it('has no policy until somebody writes one, then the newest, beyond nine revisions too', async () => {
      const store = await open();
      expect(await store.current()).toEqual({ kind: 'none' });
      for (let revision = 1; revision <= 11; revision++) expect(await store.add(overlay(revision))).toBe(true);
      expect(await store.current()).toEqual({ kind: 'stored', overlay: overlay(11) });
      expect(await store.revision(2)).toEqual(overlay(2));
      expect(await store.revision(12)).toBeNull();
    });

    it('has the newest at every read, also when more than one was written since, by others too', async () => {
      const store = await open();
      const revisions = [1, 2, 3, 6, 7];
      let written = 0;
      for (const revision of revisions) {
        while (written < revision) expect(await store.add(overlay(++written))).toBe(true);
        expect(await store.current()).toMatchObject({ overlay: { revision } });
        expect(await store.current()).toMatchObject({ overlay: { revision } });
      }
    });

    it('lets one of two writers of the same revision be first, and overwrites none', async () => {
      const store = await open();
      const both = await Promise.all([store.add(overlay(1)), store.add(overlay(1, { reason: 'another' }))]);
      expect(both.toSorted()).toEqual([false, true]);
      expect(await store.current()).toMatchObject({ overlay: { reason: both[0] ? 'a test' : 'another' } });
    });
  });
}
