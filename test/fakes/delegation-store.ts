import { Delegation } from '#shared/domain/policy/approval-levels.ts';
import type { DelegationStore } from '#shared/ports/approval-queue.ts';

export function makeMemoryDelegationStore(): DelegationStore {
  const delegations = new Map<string, Delegation>();
  return {
    put: async (delegation) =>
      void delegations.set(`${delegation.to}#${delegation.from}`, Delegation.parse(delegation)),
    inForce: async (to, at) =>
      [...delegations.values()].filter(
        (one) => one.to === to.toLowerCase() && one.createdAt <= at.toISOString() && at.toISOString() < one.until,
      ),
  };
}
