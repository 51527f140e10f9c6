import { describe, expect, it } from 'vitest';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { connectVectorSearch, withVectors } from '#shared/app/knowledge/recall-vectors.ts';
import type { MemoryVector } from '#shared/domain/knowledge/search/memory-vector.ts';
import type { PastIncident } from '#shared/domain/knowledge/search/past-incident.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';
import type { VectorMemory, VectorSearch } from '#shared/ports/memory-vectors.ts';
import { aConfiguration, aPastIncident } from '#test/builders/index.ts';
import { makeMemoryKnowledgeStore } from '#test/fakes/index.ts';

const SCOPE = 'repository#501';
const NOW = new Date('2026-11-21T12:00:00.000Z');
const HOUR = 3_600_000;
const idOf = (n: number) => `gh-${String(n).padStart(24, '0')}`;
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR).toISOString();
const VECTORS = aConfiguration({ recall: { vectors: true } }).recall;

/** An index of vectors in memory: exact cosines. */
function memoryVectors(): VectorMemory & VectorSearch & { readonly kept: () => number; asked: number } {
  const held = new Map<string, { past: PastIncident; scope: string; vector: MemoryVector }>();
  return {
    asked: 0,
    kept: () => held.size,
    keep: async (past, scope, vector) => {
      held.set(past.id, { past, scope, vector });
      return { kind: 'kept' };
    },
    async nearest({ scope, vector, endedAfter, limit }) {
      this.asked++;
      const found = [...held.values()]
        .filter((one) => one.scope === scope && one.vector.space === vector.space)
        .filter(({ past }) => Date.parse(past.endedAt) > endedAfter.getTime())
        .map((one) => ({ ...one, near: product(one.vector.values, vector.values) }))
        .sort((a, b) => b.near - a.near);
      return { kind: 'found', incidents: found.slice(0, limit).map(({ past }) => past) };
    },
  };
}

/** Over what one of them has: most numbers of a vector of terms are 0. */
function product(one: readonly number[], other: readonly number[]): number {
  return other.reduce((sum, value, at) => (value === 0 ? sum : sum + value * (one[at] ?? 0)), 0);
}

const logged = () => {
  const warnings: unknown[] = [];
  return { warnings, log: { warn: (...all: unknown[]) => void warnings.push(all) } };
};
const query = (text: string) => ({
  incidentId: idOf(999_999),
  class: 'unknown' as const,
  fingerprint: null,
  terms: termsOfText(text),
  now: NOW,
});
const OLD = 'Error: frobnicator handshake refused by quuxd@7.3.1';

/** Places of `most` memories: the newest ones speak of something else than the oldest, which is what is asked for. */
async function aPlace(many: number, { most, search }: { most?: number; search?: VectorSearch } = {}) {
  const vectors = memoryVectors();
  const inner = makeMemoryKnowledgeStore();
  const store = withVectors(inner, VECTORS, { memory: () => vectors, log: logged().log });
  await store.remember(aPastIncident({ id: idOf(0), endedAt: hoursAgo(8000), class: 'unknown', text: OLD }), SCOPE);
  for (let n = 1; n <= many; n++) {
    const endedAt = new Date(NOW.getTime() - n * 60_000).toISOString();
    const text = `Error: test ${n % 97} of module m${n % 31} failed: expected ${n % 7} widgets`;
    await store.remember(aPastIncident({ id: idOf(n), endedAt, class: 'unknown', fingerprint: null, text }), SCOPE);
  }
  const bounded = most === undefined ? {} : { most };
  const recallWith = (old: ReturnType<typeof connectVectorSearch>) => makeLocalRecall(inner, [], { old, ...bounded });
  const recall = recallWith(connectVectorSearch(VECTORS, () => search ?? vectors));
  return { store, vectors, recall, alone: recallWith(null) };
}

describe('recall beyond what a function holds', () => {
  it('finds an incident older than the newest 20,000 through its vector, and only so', async () => {
    const { recall, alone, vectors } = await aPlace(20_010);
    expect(vectors.kept()).toBe(20_011);
    const ids = async (one: typeof recall) =>
      (await one.find(SCOPE, query(OLD), 5)).incidents.map(({ item }) => item.id);
    expect(await ids(alone)).not.toContain(idOf(0));
    expect((await ids(recall))[0]).toBe(idOf(0));
  });

  it('ranks and explains an old incident as if it were held, and lets it go again', async () => {
    const held = await aPlace(30);
    const beyond = await aPlace(30, { most: 20 });
    const whole = await held.alone.find(SCOPE, query(OLD), 1);
    const first = await beyond.recall.find(SCOPE, query(OLD), 1);
    const again = await beyond.recall.find(SCOPE, query(OLD), 1);
    expect(first.incidents[0]?.item.id).toBe(idOf(0));
    expect(first.incidents[0]?.reasons).toEqual(whole.incidents[0]?.reasons);
    expect(again).toEqual(first);
    expect(first.limits).toEqual([]);
  });

  it('asks for no vectors where all memories fit', async () => {
    const { recall, vectors } = await aPlace(10, { most: 20 });
    expect((await recall.find(SCOPE, query(OLD), 1)).incidents[0]?.item.id).toBe(idOf(0));
    expect(vectors.asked).toBe(0);
  });

  it('answers out of what is held when the index fails, and says what was not searched', async () => {
    const search: VectorSearch = {
      nearest: async () => ({ kind: 'unavailable', reason: 'The index of vectors refused the request.' }),
    };
    const { recall } = await aPlace(30, { most: 20, search });
    const { incidents, limits } = await recall.find(SCOPE, query('widgets of module m3'), 5);
    expect(incidents.length).toBeGreaterThan(0);
    expect(limits).toEqual([
      'Past incidents beyond the newest 20 were not searched. The index of vectors refused the request.',
    ]);
  });

  it('says so too when there is nothing to make a vector of, and asks nothing', async () => {
    const { recall, vectors } = await aPlace(30, { most: 20 });
    const { limits } = await recall.find(SCOPE, { ...query(''), terms: new Map() }, 5);
    expect(limits).toEqual([
      'Past incidents beyond the newest 20 were not searched. There was no vector to search them by.',
    ]);
    expect(vectors.asked).toBe(0);
  });

  it('never finds the incident that asks, nor one older than a year', async () => {
    const { recall, store } = await aPlace(30, { most: 20 });
    const ancient = aPastIncident({ id: idOf(500), endedAt: hoursAgo(366 * 24), class: 'unknown', text: OLD });
    await store.remember(ancient, SCOPE);
    const found = await recall.find(SCOPE, { ...query(OLD), incidentId: idOf(0) }, 5);
    expect(found.incidents.map(({ item }) => item.id)).not.toContain(idOf(0));
    expect(found.incidents.map(({ item }) => item.id)).not.toContain(idOf(500));
  });
});

describe('remembering with vectors', () => {
  it('keeps the record when its vector could not be kept, and logs that', async () => {
    const store = makeMemoryKnowledgeStore();
    const { log, warnings } = logged();
    const memory: VectorMemory = { keep: async () => ({ kind: 'unavailable', reason: 'Busy.' }) };
    await withVectors(store, VECTORS, { memory: () => memory, log }).remember(aPastIncident(), SCOPE);
    expect(await store.remembered(SCOPE, { after: null, limit: 5 })).toHaveLength(1);
    expect(warnings).toEqual([
      ['The vector of an incident was not kept.', { incidentId: aPastIncident().id, reason: 'Busy.' }],
    ]);
  });

  it('connects to nothing unless the configuration keeps vectors', () => {
    const { recall } = aConfiguration();
    const never = () => {
      throw new Error('connected');
    };
    const store = makeMemoryKnowledgeStore();
    expect(connectVectorSearch(recall, never)).toBeNull();
    expect(withVectors(store, recall, { memory: never, log: logged().log })).toBe(store);
  });
});
