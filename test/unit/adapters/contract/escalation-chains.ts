import { describe, expect, it } from 'vitest';
import type { EscalationChain } from '#shared/domain/on-call/escalation-chain.ts';
import type { EscalationChains } from '#shared/ports/escalation-chains.ts';

const at = (minute: number) => new Date(Date.parse('2026-11-23T23:00:00.000Z') + minute * 60_000);
const ID = `cw-${'1'.repeat(24)}`;

export function escalationChainsContract(name: string, make: () => Promise<EscalationChains>): void {
  describe(name, () => {
    const begun = async (): Promise<{ chains: EscalationChains; chain: EscalationChain }> => {
      const chains = await make();
      await chains.begin(ID, 1, at(0));
      const chain = await chains.get(ID, 1);
      if (chain === null) throw new Error('It was not begun.');
      return { chains, chain };
    };

    it('begins a chain once for each attempt', async () => {
      const { chains, chain } = await begun();
      expect(await chains.begin(ID, 1, at(5))).toBe(false);
      expect(await chains.begin(ID, 2, at(5))).toBe(true);
      expect(chain).toEqual({
        version: 1,
        incidentId: ID,
        attempt: 1,
        startedAt: at(0).toISOString(),
        level: 0,
        nextAt: at(0).toISOString(),
        state: 'calling',
        calls: [],
      });
      expect(await chains.get(ID, 3)).toBeNull();
    });

    it('lists what is due, the longest due first, until it is closed', async () => {
      const { chains, chain } = await begun();
      await chains.begin(ID, 2, at(-5));
      expect((await chains.due(at(0), 10)).map(({ attempt }) => attempt)).toEqual([2, 1]);
      expect((await chains.due(at(0), 1)).map(({ attempt }) => attempt)).toEqual([2]);
      await chains.advance(chain, 1, at(10));
      expect((await chains.due(at(9), 10)).map(({ attempt }) => attempt)).toEqual([2]);
      expect((await chains.due(at(10), 10)).map(({ attempt }) => attempt)).toEqual([2, 1]);
      await chains.close({ ...chain, level: 1 }, 'acknowledged');
      expect((await chains.due(at(10), 10)).map(({ attempt }) => attempt)).toEqual([2]);
      expect(await chains.get(ID, 1)).toMatchObject({ state: 'acknowledged', level: 1 });
    });

    it('lets one round at a time go on, and another one once the claim is over', async () => {
      const { chains, chain } = await begun();
      expect(await chains.claim(chain, at(0), at(1))).toBe(true);
      expect(await chains.claim(chain, at(0), at(1))).toBe(false);
      expect(await chains.claim(chain, at(1), at(2))).toBe(true);
      await chains.advance(chain, 1, at(10));
      expect(await chains.claim(chain, at(10), at(11))).toBe(false);
      expect(await chains.claim({ ...chain, level: 1 }, at(10), at(11))).toBe(true);
    });

    it('keeps every call, and nothing that is said of an earlier level or a closed chain', async () => {
      const { chains, chain } = await begun();
      const call = { level: 1, person: 'ada', way: 'phone', at: at(0).toISOString(), problem: null } as const;
      await chains.note(chain, call);
      await chains.note(chain, { ...call, way: 'email', problem: 'no such mailbox' });
      await chains.advance(chain, 1, at(5));
      await chains.note(chain, { ...call, person: 'ben' });
      await chains.advance(chain, 1, at(50));
      expect(await chains.get(ID, 1)).toMatchObject({
        nextAt: at(5).toISOString(),
        calls: [call, { ...call, way: 'email', problem: 'no such mailbox' }],
      });
      await chains.close({ ...chain, level: 1 }, 'ended');
      await chains.note({ ...chain, level: 1 }, { ...call, person: 'cem' });
      await chains.close({ ...chain, level: 1 }, 'unanswered');
      expect(await chains.get(ID, 1)).toMatchObject({ state: 'ended', calls: [{}, {}] });
    });
  });
}
