import type { SeenBefore } from '../../diagnosis/seen-before.ts';
import type { PastIncident, RememberedIncident } from './past-incident.ts';
import type { Recalled } from './recall.ts';

/**
 * What is only similar is worth telling from here on: of the best matches of breaking dependency updates, nine in ten that score so
 * high are of the same kind and of the same maker's packages, below .15 not half of them.
 */
const SIMILAR_FROM = 0.25;
const MOST_TOLD = 3;

/**
 * What is told of the past, best first, at most three failures. The incidents of one failure are one entry: the newest one that helped
 * speaks for them, else the newest.
 */
export function seenBefore(
  found: readonly Recalled<RememberedIncident>[],
  similarFrom: number = SIMILAR_FROM,
): SeenBefore[] {
  const failures = new Map<string, Recalled<RememberedIncident>[]>();
  for (const one of found) {
    if (!one.sameFailure && one.score < similarFrom) continue;
    const key = one.item.past.fingerprint ?? one.item.id;
    failures.set(key, [...(failures.get(key) ?? []), one]);
  }
  return [...failures.values()].slice(0, MOST_TOLD).map(told);
}

function told(incidents: readonly Recalled<RememberedIncident>[]): SeenBefore {
  const newestFirst = [...incidents].sort((a, b) => (endedAt(a) < endedAt(b) ? 1 : -1));
  // The list is never empty: it was made with its first member.
  const speaker =
    newestFirst.find(({ item }) => item.past.helped === true) ?? (newestFirst[0] as (typeof incidents)[0]);
  const { id, title, resolution, outcome, helped } = speaker.item.past;
  return {
    incidentId: id,
    endedAt: endedAt(speaker),
    title,
    resolution,
    outcome,
    helped,
    sameFailure: speaker.sameFailure,
    times: incidents.length,
    score: Math.round(speaker.score * 1000) / 1000,
    reasons: speaker.reasons.map((reason) => reason.slice(0, 400)),
  };
}

const endedAt = ({ item }: Recalled<RememberedIncident>): string => item.past.endedAt;

/** What came of it, as far as it is known. */
export function outcomeWords({
  outcome,
  helped,
  resolution,
}: Pick<PastIncident, 'outcome' | 'helped' | 'resolution'>): string {
  const done = resolution.trim() === '' ? 'no remedy was known' : resolution.trim();
  if (helped === true) return `this helped, verified: ${done}`;
  if (helped === false) return `this was tried and did not help: ${done}`;
  if (outcome === 'resolved') return 'it passed again without an action of Selfheal';
  return `${outcome === 'escalated' ? 'it went to a person' : 'it was left to people'}, what helped is not known. Proposed then: ${done}`;
}
