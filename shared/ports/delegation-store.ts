import type { Delegation } from '#shared/domain/policy/delegation.ts';

/** Who may approve in whose place. Every write is one single-item write. */
export interface DelegationStore {
  /** In place of an earlier one between the same two people. */
  put(delegation: Delegation): Promise<void>;
  /** Those to an e-mail address that are in force. */
  inForce(to: string, at: Date): Promise<Delegation[]>;
}
