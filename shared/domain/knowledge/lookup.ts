import type { Classification } from '@selfheal/kernel/failure-class.ts';
import type { KnowledgeEntry } from './knowledge-entry.ts';
import type { Hit } from './search/recall.ts';
import type { RememberedEntry } from './search/remembered-entry.ts';

export interface SimilarEntry {
  readonly entry: KnowledgeEntry;
  /** 0 to 1. */
  readonly score: number;
  /** Why it is similar. */
  readonly why: string;
}

export interface KnowledgeMatch {
  /** An entry known to match this failure, or null. */
  readonly match: KnowledgeEntry | null;
  /** 0 to 1; 0 without a match. */
  readonly confidence: number;
  /** Best first, at most five, without the match. */
  readonly similar: readonly SimilarEntry[];
}

/** Recall score at which an entry counts as half similar: an entry has few words, a log has hundreds. */
const HALF = 0.2;
/** From this confidence on, a match needs no model to confirm it. */
const SURE_FROM = 0.85;
/** Maximum for entries that only resemble the failure: a match by words, or a pattern that may not act yet. */
export const MAX_UNSURE_CONFIDENCE = 0.8;
/** From this score on, an entry of the same class matches by its words alone. */
const FITS_BY_WORDS = 0.55;
/**
 * Of the entries found for 266 logs of real tools, half of those above this score have the log's class (all from .55
 * on), below it less than a fifth.
 */
const SIMILAR_FROM = 0.4;
const MAX_SIMILAR = 5;

/** Verified outcomes adjust the stated confidence, which counts as two of them. */
function confidenceFromOutcomes(entry: KnowledgeEntry): number {
  const outcomes = entry.successes + entry.failures;
  return (entry.confidence * 2 + entry.successes) / (2 + outcomes);
}

/** Whether a known fix is proven well enough that no model needs to look at the failure. */
export function isSureMatch({ match, confidence }: Pick<KnowledgeMatch, 'match' | 'confidence'>): boolean {
  return match !== null && confidence >= SURE_FROM;
}

/**
 * Knowledge about a failure: first the entry with its fingerprint (of several the best proven one), then what recall
 * finds by words. A match by words needs the same class and a shared word, and never reaches the confidence at which no
 * model is asked.
 */
export function lookupKnowledge(
  { class: failureClass }: Pick<Classification, 'class'>,
  recalled: readonly Hit<RememberedEntry>[],
): KnowledgeMatch {
  const ranked = recalled.map(({ item, score, reasons, sameFailure }) => ({
    entry: item.entry,
    score: score / (score + HALF),
    why: reasons.map(({ text }) => text).join('; '),
    sameFailure,
    fits: reasons.some(({ code }) => code !== 'class'),
  }));
  const similarTo = (match: KnowledgeEntry | null): SimilarEntry[] =>
    ranked
      .filter(({ entry, score, fits }) => entry !== match && fits && score >= SIMILAR_FROM)
      .slice(0, MAX_SIMILAR)
      .map(({ entry, score, why }) => ({ entry, score, why }));
  const exact = ranked.filter(({ sameFailure }) => sameFailure).map(({ entry }) => entry);
  const [proven] = exact.sort((a, b) => confidenceFromOutcomes(b) - confidenceFromOutcomes(a));
  if (proven !== undefined)
    return { match: proven, confidence: confidenceFromOutcomes(proven), similar: similarTo(proven) };
  const best = ranked.find(({ entry, fits }) => fits && entry.class === failureClass && entry.class !== 'unknown');
  if (best === undefined || best.score < FITS_BY_WORDS) return { match: null, confidence: 0, similar: similarTo(null) };
  const confidence = Math.min(MAX_UNSURE_CONFIDENCE, confidenceFromOutcomes(best.entry) * best.score);
  return { match: best.entry, confidence, similar: similarTo(best.entry) };
}
