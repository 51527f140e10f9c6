import type { Call, EscalationChain } from '#shared/domain/on-call/escalation-chain.ts';

/** Calls to who is on call, one chain for each attempt of an incident. Every write is one conditional single-item write. */
export interface EscalationChains {
  /** Begins the chain of an attempt, once: false when it was begun before. */
  begin(incidentId: string, attempt: number, at: Date): Promise<boolean>;
  /** Chains with something to do at `now`, the longest due first, at most `limit`. */
  due(now: Date, limit: number): Promise<EscalationChain[]>;
  get(incidentId: string, attempt: number): Promise<EscalationChain | null>;
  /** Claims the chain until `until`; false when somebody else has, or it went on meanwhile. */
  claim(chain: EscalationChain, now: Date, until: Date): Promise<boolean>;
  /** Adds a call. */
  note(chain: EscalationChain, call: Call): Promise<void>;
  /** The level was called; the next one follows at `nextAt`. Releases the claim. */
  advance(chain: EscalationChain, level: number, nextAt: Date): Promise<void>;
  /** Nothing is left to do. */
  close(chain: EscalationChain, state: Exclude<EscalationChain['state'], 'calling'>): Promise<void>;
}
