import { canonicalJson, digestOf } from '../../kernel/digest.ts';
import type { AuditEntry, AuditLink, TrailEntry } from './audit-entry.ts';

export type ChainedEntry = TrailEntry & { readonly link: AuditLink };

/** Whether a trail is as it was written. */
export type ChainState =
  | {
      readonly kind: 'intact';
      /** Entries that the chain binds. */
      readonly chained: number;
      /** Entries of before trails were chained: nothing shows whether they were changed. */
      readonly unchained: number;
      /** Digest of the last entry; null without one. Whoever noted it sees whether the end was cut off. */
      readonly head: string | null;
    }
  | {
      readonly kind: 'broken';
      /** The first entry that is not as it was written; for entries that are missing, the first of these. */
      readonly sequence: number;
      readonly reason: string;
    };

/** The entry that follows `last` in the trail of an incident. Pure: the same entry in the same place has the same digest. */
export function chainEntry(
  { incidentId, key, last }: { readonly incidentId: string; readonly key: string; readonly last: AuditLink | null },
  entry: AuditEntry,
): ChainedEntry {
  const content = {
    incidentId,
    key,
    at: entry.at,
    event: entry.event,
    facts: wellFormed(entry.facts),
    sequence: (last?.sequence ?? 0) + 1,
    previous: last?.digest ?? null,
  };
  const { sequence, previous, ...kept } = content;
  return { ...kept, link: { sequence, previous, digest: digestOf(canonicalJson(content)) } };
}

/** Half a character cannot be kept as it is, and would break the digest when it is read back. */
function wellFormed(facts: AuditEntry['facts']): AuditEntry['facts'] {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value.toWellFormed() : value]],
    ),
  );
}

/**
 * Checks a trail in the order of its sequence: each entry fits its own digest, names the one before, and none is missing. Cutting off the
 * end cannot be seen from the trail alone: compare `head` with a noted one for that.
 */
export function verifyChain(incidentId: string, trail: readonly TrailEntry[]): ChainState {
  const chained = trail.filter(isChained).toSorted((a, b) => a.link.sequence - b.link.sequence);
  let last: AuditLink | null = null;
  for (const entry of chained) {
    const problem = problemWith(entry, incidentId, last);
    if (problem !== null) return problem;
    last = entry.link;
  }
  return {
    kind: 'intact',
    chained: chained.length,
    unchained: trail.length - chained.length,
    head: last === null ? null : (last as AuditLink).digest,
  };
}

export function isChained(entry: TrailEntry): entry is ChainedEntry {
  return entry.link !== null;
}

function problemWith(entry: ChainedEntry, incidentId: string, last: AuditLink | null): ChainState | null {
  const expected = (last?.sequence ?? 0) + 1;
  const { sequence, previous, digest } = entry.link;
  const broken = (at: number, reason: string): ChainState => ({ kind: 'broken', sequence: at, reason });
  if (sequence > expected) {
    const missing = sequence - expected === 1 ? `entry ${expected} is` : `entries ${expected} to ${sequence - 1} are`;
    return broken(expected, `${missing} missing: removed, or older than such entries are kept`);
  }
  if (sequence < expected) return broken(sequence, `entry ${sequence} is there twice`);
  if (entry.incidentId !== incidentId) return broken(sequence, `entry ${sequence} is of another incident`);
  if (previous !== (last?.digest ?? null))
    return broken(sequence, `entry ${sequence} does not follow the one before it`);
  const written = chainEntry({ incidentId, key: entry.key, last }, entry);
  return written.link.digest === digest ? null : broken(sequence, `entry ${sequence} was changed after it was written`);
}
