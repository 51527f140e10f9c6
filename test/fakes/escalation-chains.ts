import { EscalationChain } from '#shared/domain/on-call/escalation-chain.ts';
import type { EscalationChains } from '#shared/ports/escalation-chains.ts';

/** Chains in memory, under the conditions of the real store. */
export function makeMemoryEscalationChains(): EscalationChains & { all(): readonly EscalationChain[] } {
  const kept = new Map<string, EscalationChain & { claimedUntil?: string }>();
  const keyOf = ({ incidentId, attempt }: Pick<EscalationChain, 'incidentId' | 'attempt'>) =>
    `${incidentId}#${attempt}`;
  const plain = ({ claimedUntil, ...chain }: EscalationChain & { claimedUntil?: string }): EscalationChain =>
    structuredClone(EscalationChain.parse(chain));
  const change = (chain: EscalationChain, next: (stored: EscalationChain & { claimedUntil?: string }) => object) => {
    const stored = kept.get(keyOf(chain));
    if (stored?.state !== 'calling' || stored.level !== chain.level) return;
    kept.set(keyOf(chain), { ...stored, ...next(stored) });
  };
  return {
    all: () => [...kept.values()].map(plain),
    begin: async (incidentId, attempt, at) => {
      if (kept.has(keyOf({ incidentId, attempt }))) return false;
      const when = at.toISOString();
      const chain = {
        version: 1,
        incidentId,
        attempt,
        startedAt: when,
        nextAt: when,
        level: 0,
        state: 'calling',
        calls: [],
      };
      kept.set(keyOf({ incidentId, attempt }), chain as EscalationChain);
      return true;
    },
    due: async (now, limit) =>
      [...kept.values()]
        .filter(({ state, nextAt }) => state === 'calling' && nextAt <= now.toISOString())
        .sort((a, b) => (a.nextAt < b.nextAt ? -1 : 1))
        .slice(0, limit)
        .map(plain),
    get: async (incidentId, attempt) => {
      const stored = kept.get(keyOf({ incidentId, attempt }));
      return stored === undefined ? null : plain(stored);
    },
    claim: async (chain, now, until) => {
      const stored = kept.get(keyOf(chain));
      if (stored?.state !== 'calling' || stored.level !== chain.level) return false;
      if ((stored.claimedUntil ?? '') > now.toISOString()) return false;
      kept.set(keyOf(chain), { ...stored, claimedUntil: until.toISOString() });
      return true;
    },
    note: async (chain, call) => change(chain, ({ calls }) => ({ calls: [...calls, call] })),
    advance: async (chain, level, nextAt) =>
      change(chain, () => ({ level, nextAt: nextAt.toISOString(), claimedUntil: undefined })),
    close: async (chain, state) => change(chain, () => ({ state, claimedUntil: undefined })),
  };
}
