/** Usual settings of BM25. */
const K1 = 1.2;
const B = 0.75;
const WORD = /[\p{L}\p{N}_]+/gu;

/** Ranks documents by words alone. */
export interface PlainIndex {
  /** Positions of all documents, best first; of equal ones the first. */
  rank(query: string): number[];
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];

/**
 * BM25 over lower-case words, without anything else (S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
 * 2009). What a search has to beat.
 */
export function makePlainIndex(documents: readonly string[]): PlainIndex {
  const lengths: number[] = [];
  const postings = new Map<string, Map<number, number>>();
  documents.forEach((text, at) => {
    const words = wordsOf(text);
    lengths.push(words.length);
    for (const word of words) {
      const known = postings.get(word) ?? new Map<number, number>();
      postings.set(word, known.set(at, (known.get(at) ?? 0) + 1));
    }
  });
  const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, documents.length);
  return {
    rank(query) {
      const scores = new Float64Array(documents.length);
      for (const word of new Set(wordsOf(query))) {
        const found = postings.get(word);
        if (found === undefined) continue;
        const rarity = Math.log(1 + (documents.length - found.size + 0.5) / (found.size + 0.5));
        for (const [at, count] of found) {
          const norm = K1 * (1 - B + (B * (lengths[at] ?? 0)) / mean);
          scores[at] = (scores[at] ?? 0) + (rarity * count * (K1 + 1)) / (count + norm);
        }
      }
      return Array.from(scores, (_, at) => at).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
    },
  };
}
