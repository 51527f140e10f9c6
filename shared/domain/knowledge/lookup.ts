import type { Classification } from '../incident/failure-class.ts';
import type { KnowledgeEntry } from './knowledge-entry.ts';
import type { Recalled } from './search/recall.ts';
import type { RememberedEntry } from './search/remembered-entry.ts';

export interface SimilarEntry {
  readonly entry: KnowledgeEntry;
  /** 0 to 1. */
  readonly score: number;
  /** Why it is similar, in plain words. */
  readonly why: string;
}

export interface KnowledgeMatch {
  /** An entry known to fit this very failure, or null. */
  readonly match: KnowledgeEntry | null;
  /** 0 to 1; 0 without a match. */
  readonly confidence: number;
  /** Best first, at most five, the match left out. */
  readonly similar: readonly SimilarEntry[];
}

/** The score of recall at which an entry is called half similar: it is some words, a log is hundreds. */
const HALF = 0.2;
/** From here on, with the class, an entry fits by its words alone; its confidence is capped below that of a verified fix. */
const FITS_BY_WORDS = 0.55;
const MOST_BY_WORDS = 0.8;
/** Of playbooks found for 266 logs of real tools, half of those from here on are of the log's class (all from .55 on), below not a fifth. */
const SIMILAR_FROM = 0.4;
const MOST_SIMILAR = 5;

/** Verified outcomes move the stated confidence, which counts like two of them. */
function confidenceFromOutcomes(entry: KnowledgeEntry): number {
  const outcomes = entry.successes + entry.failures;
  return (entry.confidence * 2 + entry.successes) / (2 + outcomes);
}

/**
 * What is known about a failure: the entry of its very fingerprint first (of several the best proven one), then what recall found by
 * words. A match by words needs the same class and a shared word, and never reaches the confidence that spares the model.
 */
export function lookupKnowledge(
  { class: failureClass }: Pick<Classification, 'class'>,
  recalled: readonly Recalled<RememberedEntry>[],
): KnowledgeMatch {
  const ranked = recalled.map(({ item, score, reasons, sameFailure }) => ({
    entry: item.entry,
    score: score / (score + HALF),
    why: reasons.join('; '),
    sameFailure,
    fits: reasons.some((reason) => !reason.startsWith('same class')),
  }));
  const similarTo = (match: KnowledgeEntry | null): SimilarEntry[] =>
    ranked
      .filter(({ entry, score, fits }) => entry !== match && fits && score >= SIMILAR_FROM)
      .slice(0, MOST_SIMILAR)
      .map(({ entry, score, why }) => ({ entry, score, why }));
  const exact = ranked.filter(({ sameFailure }) => sameFailure).map(({ entry }) => entry);
  const [proven] = exact.sort((a, b) => confidenceFromOutcomes(b) - confidenceFromOutcomes(a));
  if (proven !== undefined)
    return { match: proven, confidence: confidenceFromOutcomes(proven), similar: similarTo(proven) };
  const best = ranked.find(({ entry, fits }) => fits && entry.class === failureClass && entry.class !== 'unknown');
  if (best === undefined || best.score < FITS_BY_WORDS) return { match: null, confidence: 0, similar: similarTo(null) };
  const confidence = Math.min(MOST_BY_WORDS, confidenceFromOutcomes(best.entry) * best.score);
  return { match: best.entry, confidence, similar: similarTo(best.entry) };
}
