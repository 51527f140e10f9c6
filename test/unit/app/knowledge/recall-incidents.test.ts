import { describe, expect, it } from 'vitest';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';
import { aKnowledgeEntry, aPastIncident } from '#test/builders/index.ts';
import { makeMemoryKnowledgeStore } from '#test/fakes/index.ts';

const SCOPE = 'repository#501';
const NOW = new Date('2026-11-21T12:00:00.000Z');
const idOf = (n: number) => `gh-${String(n).padStart(24, '0')}`;
const query = (text: string, incidentId = idOf(999)) => ({
  incidentId,
  class: 'network_connectivity' as const,
  fingerprint: null,
  terms: termsOfText(text),
  now: NOW,
});

/** A store that counts what was read of it. */
function countingStore() {
  const store = makeMemoryKnowledgeStore();
  const reads: { after: string | null; records: number }[] = [];
  const remembered: typeof store.remembered = async (scope, range) => {
    const read = await store.remembered(scope, range);
    reads.push({ after: range.after, records: read.length });
    return read;
  };
  return {
    store,
    reads,
    recall: makeLocalRecall({ remembered, learned: store.learned }, [
      aKnowledgeEntry({ id: 'registry', fingerprints: [] }),
    ]),
  };
}
const at = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

describe('recall out of memory', () => {
  it('reads a place whole once and then only what ended since, some minutes of it again', async () => {
    const { store, reads, recall } = countingStore();
    for (let n = 1; n <= 30; n++) await store.remember(aPastIncident({ id: idOf(n), endedAt: at(n * 10) }), SCOPE);
    const found = async () => (await recall.find(SCOPE, query('ECONNRESET registry'), 50)).incidents.length;
    expect(await found()).toBe(30);
    await store.remember(aPastIncident({ id: idOf(31), endedAt: at(1) }), SCOPE);
    expect(await found()).toBe(31);
    expect(reads).toEqual([
      { after: null, records: 30 },
      { after: at(15), records: 2 },
    ]);
  });

  it('takes the newest end of an incident that was opened again, and never the incident that asks', async () => {
    const { store, recall } = countingStore();
    await store.remember(aPastIncident({ endedAt: at(60), helped: null, outcome: 'escalated' }), SCOPE);
    await store.remember(aPastIncident({ endedAt: at(20) }), SCOPE);
    const found = await recall.find(SCOPE, query('ECONNRESET registry'), 5);
    expect(found.incidents.map(({ item }) => item.past.endedAt)).toEqual([at(20)]);
    const asked = await recall.find(SCOPE, query('ECONNRESET registry', aPastIncident().id), 5);
    expect(asked.incidents).toEqual([]);
  });

  it('[D26] finds playbooks, what was learned and what was gone through in one search, each with its reasons', async () => {
    const { store, recall } = countingStore();
    await store.remember(aPastIncident({ endedAt: at(60) }), SCOPE);
    const proxy = aKnowledgeEntry({ id: 'proxy', title: 'ECONNRESET from the proxy', class: 'unknown' });
    await store.recordOutcome(proxy, idOf(1), 'success', new Date(at(30)), SCOPE);
    await store.recordOutcome({ ...proxy, id: 'theirs' }, idOf(1), 'success', new Date(at(30)), 'repository#502');
    const found = await recall.find(SCOPE, query('ECONNRESET registry'), 5);
    expect(found.incidents.map(({ item, reasons }) => [item.id, reasons[0]?.text])).toEqual([
      [aPastIncident().id, 'both have the error econnreset'],
    ]);
    expect(found.entries.map(({ item, reasons }) => [item.id, reasons.map(({ text }) => text)])).toEqual([
      ['proxy', ['both have the error econnreset', 'both contain econnreset, registry']],
      ['registry', ['the same kind of failure, network connectivity', 'both contain econnreset, registry']],
    ]);
    expect(found.limits).toEqual([]);
  });

  it('takes an entry anew when an outcome changed it', async () => {
    const { store, recall } = countingStore();
    const learned = async () => (await recall.find(SCOPE, query('registry'), 5)).entries.map(({ item }) => item.entry);
    const entry = aKnowledgeEntry({ id: 'learned', class: 'unknown' });
    await store.recordOutcome(entry, idOf(1), 'success', new Date(at(30)), SCOPE);
    expect(await learned()).toContainEqual(expect.objectContaining({ id: 'learned', successes: 1 }));
    await store.recordOutcome(entry, idOf(2), 'success', new Date(at(1)), SCOPE);
    expect(await learned()).toContainEqual(expect.objectContaining({ id: 'learned', successes: 2 }));
    expect(await learned()).toHaveLength(2);
  });

  it('never finds what another place went through', async () => {
    const { store, recall } = countingStore();
    await store.remember(aPastIncident(), 'repository#502');
    expect((await recall.find(SCOPE, query('ECONNRESET registry'), 5)).incidents).toEqual([]);
  });

  it('recalls nothing that is older than a year', async () => {
    const { store, recall } = countingStore();
    await store.remember(aPastIncident({ endedAt: at(366 * 24 * 60) }), SCOPE);
    expect((await recall.find(SCOPE, query('ECONNRESET registry'), 5)).incidents).toEqual([]);
  });

  it('lets go of the place that was not asked for longest when all are more than it may hold', async () => {
    const reads: string[] = [];
    const ten = Array.from({ length: 10 }, (_, n) => aPastIncident({ id: idOf(n) }));
    const remembered: Parameters<typeof makeLocalRecall>[0]['remembered'] = async (scope, { after }) => {
      reads.push(`${scope} ${after === null ? 'whole' : 'since'}`);
      return after === null ? ten : [];
    };
    const recall = makeLocalRecall({ remembered, learned: async () => [] }, [], { most: 20 });
    for (const scope of ['a', 'b', 'a', 'c', 'a', 'b']) await recall.find(scope, query('registry'), 1);
    expect(reads).toEqual(['a whole', 'b whole', 'a since', 'c whole', 'a since', 'b whole']);
  });
});
