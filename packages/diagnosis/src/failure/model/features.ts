import type { Evidence, EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { scoreLine } from '@selfheal/log-reading/logs/line-score.ts';
import { bucketOf, WORD_BUCKETS } from '@selfheal/log-reading/logs/line-words.ts';
import { templateOf } from '../fingerprint.ts';
import type { SignatureMatch } from '../matching.ts';

/** Buckets that are present, ascending, and their values. */
export interface SparseVector {
  readonly buckets: Uint16Array;
  readonly values: Float32Array;
}

/**
 * Number of buckets into which words are hashed (K. Weinberger et al., "Feature hashing for large scale multitask
 * learning", ICML 2009).
 */
export const BUCKETS = WORD_BUCKETS;
/** Lines of each source, by relevance: further lines mostly repeat the same failure. */
const MAX_LINES = 40;
const MAX_WORDS_OF_LINE = 40;
const MAX_WORD_LENGTH = 40;
/** Weight of job and step names relative to the whole text. */
const NAME_SHARE = 0.3;

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/<[a-z]{1,10}>|[a-z][a-z_']{0,60}|[^\w\s<>]{2,4}/g) ?? [];
  return words.slice(0, MAX_WORDS_OF_LINE).map((word) => word.slice(0, MAX_WORD_LENGTH));
}

function raise(features: Map<number, number>, feature: string, value: number): void {
  const bucket = bucketOf(feature);
  features.set(bucket, Math.max(features.get(bucket) ?? 0, value));
}

const FUNCTION_WORD =
  /^(?:a|an|and|any|are|as|at|be|been|but|by|can|do|does|for|from|had|has|have|how|i|if|in|is|it|its|me|my|of|on|or|our|please|should|so|some|than|that|the|their|them|then|there|these|they|this|to|us|was|we|were|what|when|which|who|will|with|would|you|your)$/;
const MIN_PROSE_WORDS = 6;
const MIN_FUNCTION_SHARE = 0.25;

/**
 * Whether a line is a sentence for a reader and not a program's report of a failure. Whoever may write into a log could tip an answer at the threshold
 * with such lines, so they weigh nothing.
 */
export function isProse(text: string): boolean {
  const words = text.toLowerCase().match(/[a-z']+/g) ?? [];
  if (words.length < MIN_PROSE_WORDS) return false;
  const { score } = scoreLine(text);
  if (ADDRESSED.test(text)) return score < MIN_STRONG_SCORE;
  if (score >= MIN_REPORT_SCORE) return false;
  const functions = words.filter((word) => FUNCTION_WORD.test(word)).length;
  return functions >= words.length * MIN_FUNCTION_SHARE;
}
/** Speaks to a reader, or hands code over. */
const ADDRESSED = /\b(?:please|you|your|don't hesitate)\b|```/i;
/** Keyword scores from which a line reports something, whatever its style, and from which it does although it speaks to a reader. */
const MIN_REPORT_SCORE = 3;
const MIN_STRONG_SCORE = 7;

/** Single words and pairs of neighbours, each as relevant as its most relevant line. */
function addText(features: Map<number, number>, lines: readonly EvidenceLine[]): void {
  const ranked: EvidenceLine[] = [];
  // Most relevant first: only as many as are needed are read.
  for (const line of lines.toSorted((a, b) => b.score - a.score)) {
    if (ranked.length === MAX_LINES) break;
    if (!isProse(line.text)) ranked.push(line);
  }
  const best = Math.max(1e-9, ranked[0]?.score ?? 0);
  for (const line of ranked) {
    const relevance = Math.max(0.1, line.score / best);
    let before = '';
    for (const word of wordsOf(templateOf(line.text))) {
      raise(features, word, relevance);
      if (before !== '') raise(features, `${before} ${word}`, relevance);
      before = word;
    }
  }
}

function scaleTo(features: Map<number, number>, length: number): void {
  let squares = 0;
  for (const value of features.values()) squares += value * value;
  if (squares === 0) return;
  const factor = length / Math.sqrt(squares);
  for (const [bucket, value] of features) features.set(bucket, value * factor);
}

/**
 * Features of a failure: words and word pairs of the masked lines, names of jobs, and the strength of matching
 * signatures. The text part has length 1, so that long logs count no more than short ones.
 */
export function featuresOf(evidence: Evidence, matches: readonly SignatureMatch[]): SparseVector {
  const features = new Map<number, number>();
  for (const source of evidence.sources) addText(features, source.lines);
  scaleTo(features, 1);
  for (const source of evidence.sources) {
    for (const word of wordsOf(source.name)) raise(features, `name:${word}`, NAME_SHARE);
  }
  for (const { compiled, strength } of matches) {
    raise(features, `signature:${compiled.signature.id}`, strength);
    raise(features, `class:${compiled.signature.class}`, strength);
  }
  const sorted = [...features].sort(([a], [b]) => a - b);
  return {
    buckets: Uint16Array.from(sorted, ([bucket]) => bucket),
    values: Float32Array.from(sorted, ([, value]) => value),
  };
}
