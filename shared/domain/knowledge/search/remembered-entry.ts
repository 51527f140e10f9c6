import type { KnowledgeEntry } from '../knowledge-entry.ts';
import type { Remembered } from './recall.ts';
import { joinTerms, termsOfText } from './terms.ts';

/** What an entry's root cause says counts less than the words that were chosen to be found by. */
const OF_ROOT_CAUSE = 0.5;

/** A knowledge entry as recall takes it. */
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
