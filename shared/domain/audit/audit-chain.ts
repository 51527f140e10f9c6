import { canonicalJson, digestOf } from '@selfheal/kernel/digest.ts';
import type { AuditFact, AuditLink, TrailEntry } from './audit-entry.ts';

/** The written entry; facts left out are absent. */
interface Written {
  readonly at: string;
  readonly event: string;
  readonly facts: Readonly<Record<string, AuditFact | undefined>>;
}

/** Whether a trail is unchanged since it was written. */
export type ChainState =
  | {
      readonly kind: 'intact';
      readonly chained: number;
      /** Digest of the last entry; null without one. Compared with a digest noted earlier, it shows whether the end was cut off. */
      readonly head: string | null;
    }
  | {
      readonly kind: 'broken';
      /** The first entry that was changed; for missing entries, the first of these. */
      readonly sequence: number;
      readonly reason: string;
    };

/**
 * The entry that follows `last` in an incident's trail. Pure: the same entry in the same position has the same digest.
 */
export function chainEntry(
  { incidentId, key, last }: { readonly incidentId: string; readonly key: string; readonly last: AuditLink | null },
  entry: Written,
): TrailEntry {
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

/** A lone surrogate cannot be stored unchanged and would break the digest when read back. */
function wellFormed(facts: Written['facts']): TrailEntry['facts'] {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value.toWellFormed() : value]],
    ),
  );
}

/**
 * Checks a trail by sequence: each entry matches its own digest and names the previous one, and none is missing. A
 * cut-off end cannot be seen from the trail alone: compare `head` with a noted digest.
 */
export function verifyChain(incidentId: string, trail: readonly TrailEntry[]): ChainState {
  const ordered = trail.toSorted((a, b) => a.link.sequence - b.link.sequence);
  let last: AuditLink | null = null;
  for (const entry of ordered) {
    const problem = problemWith(entry, incidentId, last);
    if (problem !== null) return problem;
    last = entry.link;
  }
  return { kind: 'intact', chained: trail.length, head: ordered.at(-1)?.link.digest ?? null };
}

function problemWith(entry: TrailEntry, incidentId: string, last: AuditLink | null): ChainState | null {
  const expected = (last?.sequence ?? 0) + 1;
  const { sequence, previous, digest } = entry.link;
  const broken = (at: number, reason: string): ChainState => ({ kind: 'broken', sequence: at, reason });
  if (sequence > expected) {
    const missing = sequence - expected === 1 ? `entry ${expected} is` : `entries ${expected} to ${sequence - 1} are`;
    return broken(expected, `${missing} missing: removed, or older than such entries are kept`);
  }
  if (sequence < expected) return broken(sequence, `entry ${sequence} exists twice`);
  if (entry.incidentId !== incidentId) return broken(sequence, `entry ${sequence} is of another incident`);
  if (previous !== (last?.digest ?? null))
    return broken(sequence, `entry ${sequence} does not follow the one before it`);
  const written = chainEntry({ incidentId, key: entry.key, last }, entry);
  return written.link.digest === digest ? null : broken(sequence, `entry ${sequence} was changed after it was written`);
}
