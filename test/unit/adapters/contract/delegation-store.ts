import { describe, expect, it } from 'vitest';
import type { Delegation } from '#shared/domain/policy/approval-levels.ts';
import type { DelegationStore } from '#shared/ports/approval-queue.ts';

const at = (hour: number): Date => new Date(Date.UTC(2026, 10, 21, hour));
const aDelegation = (change: Partial<Delegation> = {}): Delegation => ({
  version: 1,
  from: 'lead-1',
  fromGithub: 'octo-lead',
  groups: ['leads'],
  to: 'deputy@example.com',
  createdAt: at(12).toISOString(),
  until: at(14).toISOString(),
  ...change,
});

/** What every store of delegations does, whatever it is made of. */
export function delegationStoreContract(name: string, open: () => Promise<DelegationStore>): void {
  describe(name, () => {
    it('gives what is in force for a person, however their address is written, and the newest of two people', async () => {
      const store = await open();
      await store.put(aDelegation({ until: at(20).toISOString() }));
      await store.put(aDelegation());
      await store.put(aDelegation({ from: 'lead-2', until: at(13).toISOString() }));
      await store.put(aDelegation({ to: 'another@example.com' }));
      const from = async (hour: number) => (await store.inForce('Deputy@Example.com', at(hour))).map((one) => one.from);
      expect((await from(12)).sort()).toEqual(['lead-1', 'lead-2']);
      expect(await from(13)).toEqual(['lead-1']);
      expect(await from(14)).toEqual([]);
      expect(await from(11)).toEqual([]);
    });
  });
}
