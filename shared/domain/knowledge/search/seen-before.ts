import type { SeenBefore } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import { present } from '@selfheal/kernel/present.ts';
import type { PastIncident, RememberedIncident } from './past-incident.ts';
import type { Hit } from './recall.ts';

/**
 * Minimum score for showing a failure that is only similar: of the best matches of breaking dependency updates, nine in
 * ten above it are of the same kind and of the same maker's packages; below .15 less than half.
 */
const SIMILAR_FROM = 0.25;
const MAX_SHOWN = 3;

/**
 * Past failures to show, best first, at most three. The incidents of one failure are one entry, represented by the
 * newest one that helped, otherwise by the newest.
 */
export function seenBefore(
  found: readonly Hit<RememberedIncident>[],
  similarFrom: number = SIMILAR_FROM,
): SeenBefore[] {
  const failures = new Map<string, Hit<RememberedIncident>[]>();
  for (const one of found) {
    if (!one.sameFailure && one.score < similarFrom) continue;
    const key = one.item.past.fingerprint ?? one.item.id;
    failures.set(key, [...(failures.get(key) ?? []), one]);
  }
  return [...failures.values()].slice(0, MAX_SHOWN).map(seenBeforeOf);
}

function seenBeforeOf(incidents: readonly Hit<RememberedIncident>[]): SeenBefore {
  const newestFirst = [...incidents].sort((a, b) => (endedAt(a) < endedAt(b) ? 1 : -1));
  // The list is never empty: it was created with its first member.
  const speaker =
    newestFirst.find(({ item }) => item.past.helped === true) ?? (newestFirst[0] as (typeof incidents)[0]);
  const { id, title, resolution, outcome, helped, reportedBy } = speaker.item.past;
  return {
    incidentId: id,
    endedAt: endedAt(speaker),
    title,
    resolution,
    outcome,
    helped,
    ...present({ reportedBy }),
    sameFailure: speaker.sameFailure,
    times: incidents.length,
    helpedTimes: incidents.filter(({ item }) => item.past.helped === true && item.past.reportedBy === undefined).length,
    failedTimes: incidents.filter(({ item }) => item.past.helped === false && item.past.reportedBy === undefined)
      .length,
    score: Math.round(speaker.score * 1000) / 1000,
    reasons: speaker.reasons.map(({ text }) => text.slice(0, 400)),
  };
}

const endedAt = ({ item }: Hit<RememberedIncident>): string => item.past.endedAt;

/**
 * Its outcome at that time, as far as known: a fact about the past, to be shown with its date. A proposal that is the
 * present `advice` again is left out.
 */
export function outcomeWords(
  { outcome, helped, resolution, reportedBy }: Pick<PastIncident, 'outcome' | 'helped' | 'resolution' | 'reportedBy'>,
  advice = '',
): string {
  const done = resolution.trim() === '' ? 'no remedy was known' : resolution.trim();
  if (helped !== null && reportedBy !== undefined)
    return `reported as ${helped ? '' : 'not '}helpful by ${reportedBy}: ${done}`;
  if (helped === true) return `this helped then: ${done}`;
  if (helped === false) return `this was tried then and did not help: ${done}`;
  if (outcome === 'resolved') return 'it passed again without an action of Selfheal';
  const left = `${outcome === 'escalated' ? 'it went to a person' : 'it was left to people'}, what helped is not known.`;
  return advice.includes(resolution.trim()) ? left : `${left} Proposed then: ${done}`;
}
