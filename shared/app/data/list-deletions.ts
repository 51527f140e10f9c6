import { DATA_TRAIL, DataEvent } from '#shared/domain/audit/access-event.ts';
import { verifyChain } from '#shared/domain/audit/audit-chain.ts';
import type { AuditReader } from '#shared/ports/audit-reader.ts';
import { HeldKind } from '#shared/ports/held-data.ts';
import type { DataAnswer, HeldCounts, PastDeletion } from '#shared/ports/repository-data.ts';

const MAX_LISTED = 500;

/**
 * What was deleted on request, the newest first, of one repository or, with null, of all; and whether the trail is as it was written. An entry that
 * this version cannot read is left out of the list.
 */
export async function listDeletions(repository: string | null, trail: AuditReader): Promise<DataAnswer> {
  const entries = await trail.auditTrail(DATA_TRAIL);
  const chain = verifyChain(DATA_TRAIL, entries);
  const deletions = entries
    .flatMap(({ at, event, facts }) => DataEvent.safeParse({ at, event, facts }).data ?? [])
    .filter(({ facts }) => repository === null || facts.repository === repository.toLowerCase())
    .map(pastDeletion)
    .reverse();
  return {
    kind: 'history',
    deletions: deletions.slice(0, MAX_LISTED),
    broken: chain.kind === 'broken' ? chain.reason : null,
  };
}

function pastDeletion({ at, facts: { repository, startedAt, counts, by, byId, byKind } }: DataEvent): PastDeletion {
  return { repository, startedAt, endedAt: at, by: { kind: byKind, id: byId, name: by }, counts: countsIn(counts) };
}

/** Of `incident: 3, audit: 41`. */
function countsIn(text: string): HeldCounts {
  const pairs = text.split(', ').flatMap((part) => {
    const [kind = '', count] = part.split(': ');
    const known = HeldKind.safeParse(kind).data;
    return known === undefined ? [] : [[known, Number(count)] as const];
  });
  return Object.fromEntries(pairs);
}
