import { beforeEach, describe, expect, it } from 'vitest';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import { aKnowledgeEntry, aPastIncident } from '#test/builders/index.ts';

const AT = new Date('2026-11-21T12:00:00.000Z');
const FINGERPRINT = '0123456789abcdef';
const SCOPE = 'repository#501';
const ELSEWHERE = 'repository#502';

/** What every knowledge store does, whatever it is made of. */
export function knowledgeStoreContract(name: string, open: () => Promise<KnowledgeStore>): void {
  let store: KnowledgeStore;
  beforeEach(async () => {
    store = await open();
  });

  describe(name, () => {
    it('learns an entry with its first outcome and finds it by its fingerprint', async () => {
      expect(await store.findByFingerprint(FINGERPRINT, SCOPE)).toBeNull();
      await store.recordOutcome(aKnowledgeEntry({ successes: 40 }), 'gh-1', 'success', AT, SCOPE);
      const expected = aKnowledgeEntry({ successes: 1, updatedAt: AT.toISOString() });
      expect(await store.findByFingerprint(FINGERPRINT, SCOPE)).toEqual(expected);
    });

    it('counts an incident once, also when twenty report it at once', async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.recordOutcome(aKnowledgeEntry(), `gh-${index % 5}`, 'success', AT, SCOPE),
        ),
      );
      await store.recordOutcome(aKnowledgeEntry(), 'gh-9', 'failure', AT, SCOPE);
      expect(await store.findByFingerprint(FINGERPRINT, SCOPE)).toMatchObject({ successes: 5, failures: 1 });
    });

    it('replaces the words of an entry with those of the newest incident', async () => {
      await store.recordOutcome(aKnowledgeEntry(), 'gh-1', 'success', AT, SCOPE);
      await store.recordOutcome(aKnowledgeEntry({ resolution: 'Use the mirror.' }), 'gh-2', 'success', AT, SCOPE);
      const found = await store.findByFingerprint(FINGERPRINT, SCOPE);
      expect(found).toMatchObject({ resolution: 'Use the mirror.', successes: 2 });
    });

    it('lists what it learned, each entry once, what changed last first, of which a part can be asked for', async () => {
      const at = (minute: number) => new Date(AT.getTime() + minute * 60_000);
      for (const [minute, fingerprint] of [...'abca'].entries()) {
        const entry = aKnowledgeEntry({ id: `learned-${fingerprint}`, fingerprints: [fingerprint] });
        await store.recordOutcome(entry, `gh-${minute}`, 'success', at(minute), SCOPE);
      }
      const ids = async (after: string | null, limit = 10): Promise<string[]> =>
        (await store.learned(SCOPE, { after, limit })).map(({ id }) => id);
      expect(await ids(null)).toEqual(['learned-a', 'learned-c', 'learned-b']);
      expect(await ids(null, 2)).toEqual(['learned-a', 'learned-c']);
      expect(await ids(at(1).toISOString())).toEqual(['learned-a', 'learned-c']);
      expect(await ids(at(3).toISOString())).toEqual([]);
      const [newest] = await store.learned(SCOPE, { after: null, limit: 1 });
      expect(newest).toMatchObject({ successes: 2, updatedAt: at(3).toISOString() });
    });

    it('keeps what one repository taught from every other, though the failure is the same', async () => {
      await store.recordOutcome(aKnowledgeEntry(), 'gh-1', 'success', AT, SCOPE);
      expect(await store.findByFingerprint(FINGERPRINT, ELSEWHERE)).toBeNull();
      expect(await store.learned(ELSEWHERE, { after: null, limit: 10 })).toEqual([]);
      await store.recordOutcome(aKnowledgeEntry({ resolution: 'Theirs.' }), 'gh-1', 'failure', AT, ELSEWHERE);
      const own = await store.findByFingerprint(FINGERPRINT, SCOPE);
      expect(own).toMatchObject({ resolution: aKnowledgeEntry().resolution, successes: 1, failures: 0 });
    });

    it('remembers incidents of a place, the newest end first, of which a part can be asked for', async () => {
      const ends = [10, 11, 12].map((hour) => `2026-11-21T${hour}:00:00.000Z`);
      const past = ends.map((endedAt, n) => aPastIncident({ id: `gh-${String(n).repeat(24)}`, endedAt }));
      for (const one of past) await store.remember(one, SCOPE);
      await store.remember(aPastIncident(), ELSEWHERE);
      const [first, second, third] = past;
      expect(await store.remembered(SCOPE, { after: null, limit: 10 })).toEqual([third, second, first]);
      expect(await store.remembered(SCOPE, { after: null, limit: 2 })).toEqual([third, second]);
      expect(await store.remembered(SCOPE, { after: ends[0] ?? '', limit: 10 })).toEqual([third, second]);
      expect(await store.remembered('repository#503', { after: null, limit: 10 })).toEqual([]);
    });

    it('remembers an end once, however often it is told', async () => {
      await store.remember(aPastIncident(), SCOPE);
      await store.remember(aPastIncident({ title: 'Told again' }), SCOPE);
      expect(await store.remembered(SCOPE, { after: null, limit: 10 })).toMatchObject([{ title: 'Told again' }]);
    });

    it('refuses an entry without a fingerprint', async () => {
      const recording = store.recordOutcome(aKnowledgeEntry({ fingerprints: [] }), 'gh-1', 'success', AT, SCOPE);
      await expect(recording).rejects.toMatchObject({ name: 'InvalidInput' });
    });
  });
}
