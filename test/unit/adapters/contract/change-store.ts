import { redactName } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { Change } from '#shared/domain/changes/change.ts';
import type { ChangeStore } from '#shared/ports/change-store.ts';

const PLACE = 'repository:acme/shop';
const DEPLOYED = 'aws:123456789012/eu-west-1/ecs/shop/orders';
const at = (hour: number) => `2026-11-20T${String(hour).padStart(2, '0')}:00:00.000Z`;
const range = (from: number, until: number, limit = 50) => ({
  from: new Date(at(from)),
  until: new Date(at(until)),
  limit,
});

function aChange(id: string, hour: number, change: Partial<Change> = {}): Change {
  return Change.parse({
    version: 1,
    id,
    kind: 'deployment',
    places: [PLACE],
    at: at(hour),
    source: 'github',
    title: redactName(`Change ${id}`, 300),
    by: null,
    url: null,
    state: 'done',
    files: [],
    reason: 'of a test',
    edges: [],
    ...change,
  });
}

/** What every store of the change graph does. */
export function changeStoreContract(name: string, open: () => Promise<ChangeStore>): void {
  describe(`the change graph ${name}`, () => {
    it('gives the changes of a place in a time, newest first', async () => {
      const store = await open();
      for (const [id, hour] of [
        ['a', 8],
        ['b', 12],
        ['c', 10],
        ['d', 15],
      ] as const)
        await store.record(aChange(id, hour));
      const idsIn = async (...one: Parameters<typeof range>) =>
        (await store.at(PLACE, range(...one))).map(({ id }) => id);
      expect(await idsIn(9, 13)).toEqual(['b', 'c']);
      expect(await idsIn(0, 23)).toEqual(['d', 'b', 'c', 'a']);
      expect(await store.at('repository:acme/other', range(0, 23))).toEqual([]);
    });

    it('keeps one record of a fact, however often it is told, and each fact about a change', async () => {
      const store = await open();
      const began = aChange('a', 8, { state: 'started' });
      await Promise.all([store.record(began), store.record(began)]);
      await store.record(aChange('a', 9));
      expect(await store.at(PLACE, range(0, 23))).toEqual([aChange('a', 9), began]);
    });

    it('has a change at each of its places, with its edges', async () => {
      const store = await open();
      const edge = { kind: 'built-from' as const, to: 'commit:acme/shop@1', reason: 'GitHub names it' };
      const change = aChange('a', 8, { places: [PLACE, DEPLOYED], edges: [edge] });
      await store.record(change);
      expect(await store.at(DEPLOYED, range(0, 23))).toEqual([change]);
      expect(await store.edgesOf('a')).toEqual([edge]);
    });

    it('adds an edge from an incident once', async () => {
      const store = await open();
      const edge = { kind: 'rang-after' as const, to: 'a', reason: 'The first of the changes before it' };
      await store.link('incident:1', edge, new Date(at(9)));
      await store.link('incident:1', edge, new Date(at(10)));
      expect(await store.edgesOf('incident:1')).toEqual([edge]);
      expect(await store.edgesOf('incident:2')).toEqual([]);
    });
  });
}
