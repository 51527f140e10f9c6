import type { Classification } from '../failure/failure-class.ts';
import type { KnowledgeEntry } from './knowledge-entry.ts';
import { frequenciesOf, inverseFrequencies, wordsOf } from './words.ts';

export interface KnowledgeQuery {
  readonly classification: Classification;
  /** Texts of the evidence lines. */
  readonly lines: readonly string[];
}

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

/** Robertson and Zaragoza, The Probabilistic Relevance Framework (2009): saturation of repeated words. */
const SATURATION = 1.2;
const WEIGHTS = { keyword: 3, title: 2, rootCause: 1 } as const;
const SAME_CLASS = 1.4;
/** The score at which two texts are called half similar. */
const HALF = 20;
/** From here on, with the class, an entry fits by its words alone; its confidence is capped below that of a verified fix. */
const FITS_BY_WORDS = 0.55;
const MOST_BY_WORDS = 0.8;
const SIMILAR_FROM = 0.25;
const MOST_SIMILAR = 5;
const MOST_LINES = 200;

/** The words of an entry with their weights. */
function termsOf(entry: KnowledgeEntry): Map<string, number> {
  const terms = new Map<string, number>();
  const add = (text: string, weight: number): void => {
    for (const word of wordsOf(text)) terms.set(word, Math.max(terms.get(word) ?? 0, weight));
  };
  add(entry.rootCause, WEIGHTS.rootCause);
  add(entry.title, WEIGHTS.title);
  for (const keyword of entry.keywords) add(keyword, WEIGHTS.keyword);
  return terms;
}

/** Verified outcomes move the stated confidence, which counts like two of them. */
function confidenceFromOutcomes(entry: KnowledgeEntry): number {
  const outcomes = entry.successes + entry.failures;
  return (entry.confidence * 2 + entry.successes) / (2 + outcomes);
}

function whyOf(shared: readonly string[], sameClass: boolean): string {
  const words = shared.length === 0 ? '' : `shares the words ${shared.slice(0, 5).join(', ')}`;
  return [sameClass ? 'same class' : '', words].filter((part) => part !== '').join('; ');
}

function rankByWords(query: KnowledgeQuery, entries: readonly KnowledgeEntry[]): SimilarEntry[] {
  const asked = frequenciesOf(query.lines.slice(0, MOST_LINES).join('\n'));
  const documents = entries.map(termsOf);
  const rarity = inverseFrequencies(documents);
  const ranked = entries.map((entry, at) => {
    const shared: { word: string; value: number }[] = [];
    for (const [word, weight] of documents[at] ?? []) {
      const count = asked.get(word) ?? 0;
      if (count > 0) shared.push({ word, value: weight * (rarity.get(word) ?? 0) * (count / (count + SATURATION)) });
    }
    const sameClass = entry.class === query.classification.class && entry.class !== 'unknown';
    const sum = shared.reduce((total, { value }) => total + value, 0) * (sameClass ? SAME_CLASS : 1);
    const words = shared.sort((a, b) => b.value - a.value).map(({ word }) => word);
    return { entry, score: sum / (sum + HALF), why: whyOf(words, sameClass) };
  });
  return ranked.sort((a, b) => b.score - a.score || (a.entry.id < b.entry.id ? -1 : 1));
}

/** The learned entry of exactly this failure, the best proven one when there are several. */
function byFingerprint(fingerprint: string | null, entries: readonly KnowledgeEntry[]): KnowledgeEntry | null {
  if (fingerprint === null) return null;
  const exact = entries.filter((entry) => entry.fingerprints.includes(fingerprint));
  return exact.sort((a, b) => confidenceFromOutcomes(b) - confidenceFromOutcomes(a))[0] ?? null;
}

/**
 * Finds what is known about a failure: by exact fingerprint first, then by words (BM25-like over keywords, title and root cause).
 * A match by words needs the same class and never reaches the confidence that spares the model.
 */
export function lookupKnowledge(query: KnowledgeQuery, entries: readonly KnowledgeEntry[]): KnowledgeMatch {
  const ranked = rankByWords(query, entries);
  const similarTo = (match: KnowledgeEntry | null): SimilarEntry[] =>
    ranked.filter(({ entry, score }) => entry !== match && score >= SIMILAR_FROM).slice(0, MOST_SIMILAR);
  const exact = byFingerprint(query.classification.fingerprint, entries);
  if (exact !== null) return { match: exact, confidence: confidenceFromOutcomes(exact), similar: similarTo(exact) };
  const best = ranked.find(({ entry }) => entry.class === query.classification.class && entry.class !== 'unknown');
  if (best === undefined || best.score < FITS_BY_WORDS) return { match: null, confidence: 0, similar: similarTo(null) };
  const confidence = Math.min(MOST_BY_WORDS, confidenceFromOutcomes(best.entry) * best.score);
  return { match: best.entry, confidence, similar: similarTo(best.entry) };
}
