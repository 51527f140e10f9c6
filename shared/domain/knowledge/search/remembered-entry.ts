import type { KnowledgeEntry } from '../knowledge-entry.ts';
import type { RememberedIncident } from './past-incident.ts';
import type { Hit, Remembered } from './recall.ts';
import { joinTerms, termsOfText } from './terms.ts';

/** Weight of an entry's root cause relative to its keywords, which were chosen for the search. */
const OF_ROOT_CAUSE = 0.5;

/** A knowledge entry in the form that recall uses. */
export type RememberedEntry = Remembered & { readonly entry: KnowledgeEntry };

export function rememberedEntry(entry: KnowledgeEntry): RememberedEntry {
  const { id, class: failureClass, fingerprints, title, keywords, rootCause, updatedAt } = entry;
  const terms = joinTerms(
    termsOfText([title, ...keywords].join('\n')),
    termsOfText(keywords.join('\n'), OF_ROOT_CAUSE),
    termsOfText(rootCause, OF_ROOT_CAUSE),
  );
  return { id, class: failureClass, fingerprints, terms, at: updatedAt, entry };
}

/** All that one index holds of a place: its past incidents, what they taught, and the playbooks that ship with the code. */
export type Memory = RememberedIncident | RememberedEntry;

export const isIncident = (memory: Memory): memory is RememberedIncident => 'past' in memory;
export const isEntry = (memory: Memory): memory is RememberedEntry => 'entry' in memory;

export const ofIncident = (one: Hit<Memory>): one is Hit<RememberedIncident> => isIncident(one.item);
export const ofEntry = (one: Hit<Memory>): one is Hit<RememberedEntry> => isEntry(one.item);
