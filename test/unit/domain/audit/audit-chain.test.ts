import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainEntry, verifyChain } from '#shared/domain/audit/audit-chain.ts';
import type { AuditLink, TrailEntry } from '#shared/domain/audit/audit-entry.ts';

const ID = 'gh-000000000000000000000001';

function aTrail(length: number, incidentId = ID): TrailEntry[] {
  let last: AuditLink | null = null;
  return Array.from({ length }, (_, index) => {
    const facts = { action: 'rerun-failed-jobs', round: index, confidence: 0.9 };
    const entry: TrailEntry = chainEntry(
      { incidentId, key: `plan#${index}`, last },
      { at: '2026-11-21T12:00:00.000Z', event: 'plan.made', facts },
    );
    last = entry.link;
    return entry;
  });
}

const broken = (sequence: number, reason: RegExp) => ({
  kind: 'broken',
  sequence,
  reason: expect.stringMatching(reason),
});

describe('verifyChain', () => {
  it('[D228] finds a trail intact in whatever order it is read, and names its head', () => {
    const trail = aTrail(5);
    const head = trail.at(-1)?.link.digest ?? '';
    expect(verifyChain(ID, trail.toReversed())).toEqual({ kind: 'intact', chained: 5, head });
    expect(verifyChain(ID, [])).toEqual({ kind: 'intact', chained: 0, head: null });
  });

  it('[D228] names the first entry that is not as it was written, whatever of it was changed', () => {
    const changes = fc.constantFrom<(entry: TrailEntry) => TrailEntry>(
      (entry) => ({ ...entry, facts: { ...entry.facts, confidence: 0.2 } }),
      (entry) => ({ ...entry, facts: { ...entry.facts, by: 'somebody' } }),
      (entry) => ({ ...entry, at: '2026-11-21T12:00:00.001Z' }),
      (entry) => ({ ...entry, event: 'guard.granted' }),
      (entry) => ({ ...entry, key: `${entry.key}#` }),
      (entry) => ({ ...entry, link: { ...entry.link, digest: 'f'.repeat(64) } }),
      (entry) => ({ ...entry, link: { ...entry.link, previous: 'f'.repeat(64) } }),
    );
    const place = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(changes, place, place, (change, first, second) => {
        const trail = aTrail(7).map((entry, at) => (at === first || at === second ? change(entry) : entry));
        expect(verifyChain(ID, trail)).toMatchObject({ kind: 'broken', sequence: Math.min(first, second) + 1 });
      }),
    );
  });

  it('[D228] sees entries that were removed, repeated, put in or taken from another incident', () => {
    const trail = aTrail(5);
    expect(verifyChain(ID, trail.toSpliced(2, 1))).toEqual(broken(3, /entry 3 is missing/));
    expect(verifyChain(ID, trail.slice(2))).toEqual(broken(1, /entries 1 to 2 are missing/));
    expect(verifyChain(ID, [...trail, trail[1] as TrailEntry])).toEqual(broken(2, /exists twice/));
    const strange = aTrail(5, 'gh-000000000000000000000002')[4] as TrailEntry;
    expect(verifyChain(ID, [...trail.slice(0, 4), strange])).toEqual(broken(5, /of another incident/));
    expect(verifyChain(ID, [...trail.slice(0, 4), { ...strange, incidentId: ID }])).toEqual(
      broken(5, /does not follow/),
    );
  });

  it('sees a rewritten entry even when its own digest was made to fit again, at the entry behind it', () => {
    const trail = aTrail(4);
    const [first, second] = trail as [TrailEntry, TrailEntry];
    const forged = chainEntry(
      { incidentId: ID, key: second.key, last: first.link },
      { ...second, event: 'plan.hidden' },
    );
    expect(verifyChain(ID, trail.with(1, forged))).toEqual(broken(3, /does not follow/));
  });

  it('shows a trail that was cut off at its end by its head alone', () => {
    const trail = aTrail(4);
    const cut = verifyChain(ID, trail.slice(0, 3));
    expect(cut).toMatchObject({ kind: 'intact', chained: 3 });
    expect(cut).not.toMatchObject({ head: trail.at(-1)?.link.digest });
  });
});
