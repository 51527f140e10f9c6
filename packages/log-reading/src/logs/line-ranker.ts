import { bufferOf, type PackedTrees, type TreeEnsemble, unpackTrees } from '@selfheal/kernel/numbers/tree-ensemble.ts';
import packed from './line-ranker.json' with { type: 'json' };
import { WORD_BUCKETS, type WordWeights } from './line-words.ts';

/** What was learned about lines that explain a failure, from the logs of many tools and systems (`npm run lab -- train-ranker`). */
export interface LineRanker {
  readonly words: WordWeights;
  /** Log-odds that a person needs the line to understand the failure. */
  readonly needed: TreeEnsemble;
  /** Log-odds that the line by itself says what went wrong. */
  readonly cause: TreeEnsemble;
}

/** A ranker as JSON: numbers only, no text of any log. */
export interface PackedRanker {
  readonly words: PackedWords;
  readonly needed: PackedTrees;
  readonly cause: PackedTrees;
}

/** Known words: their buckets, ascending, 16 bits each, and their weights in steps, one signed byte each. Both in base64. */
export interface PackedWords {
  readonly buckets: string;
  readonly weights: string;
  readonly step: number;
}

function unpackWords({ buckets, weights, step }: PackedWords): WordWeights {
  const words = new Float32Array(WORD_BUCKETS);
  const known = new Uint16Array(bufferOf(buckets));
  const steps = new Int8Array(bufferOf(weights));
  known.forEach((bucket, at) => {
    words[bucket] = (steps[at] ?? 0) * step;
  });
  return words;
}

/** Throws `RangeError` when the tables do not fit together. */
function unpackRanker({ words, needed, cause }: PackedRanker): LineRanker {
  return { words: unpackWords(words), needed: unpackTrees(needed), cause: unpackTrees(cause) };
}

let shipped: LineRanker | undefined;

/** The ranker that ships with Selfheal, decoded when it is first needed. */
export function shippedRanker(): LineRanker {
  shipped ??= unpackRanker(packed);
  return shipped;
}
