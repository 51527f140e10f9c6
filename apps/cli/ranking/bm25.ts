import { frequenciesOf, inverseFrequencies } from '#shared/domain/knowledge/words.ts';

/** A document's position in the list that was indexed, with its score; higher is better. */
export interface Ranked {
  readonly at: number;
  readonly score: number;
}

export interface WordIndex {
  /** Documents that share a word with the query, best first. */
  search(query: string): Ranked[];
}

/** Saturation of repeated words and weight of a document's length, as the paper suggests. */
const K1 = 1.2;
const B = 0.75;

/** Indexes texts for ranking by words: Okapi BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009). */
export function makeWordIndex(texts: readonly string[]): WordIndex {
  const documents = texts.map(frequenciesOf);
  const rarity = inverseFrequencies(documents);
  const lengths = documents.map((counts) => [...counts.values()].reduce((sum, count) => sum + count, 0));
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  const postings = new Map<string, { at: number; weight: number }[]>();
  documents.forEach((counts, at) => {
    const longer = 1 - B + (B * (lengths[at] ?? 0)) / Math.max(1, meanLength);
    for (const [word, count] of counts) {
      const weight = ((rarity.get(word) ?? 0) * count * (K1 + 1)) / (count + K1 * longer);
      const list = postings.get(word);
      if (list === undefined) postings.set(word, [{ at, weight }]);
      else list.push({ at, weight });
    }
  });
  return {
    search(query) {
      const scores = new Map<number, number>();
      for (const word of frequenciesOf(query).keys()) {
        for (const { at, weight } of postings.get(word) ?? []) scores.set(at, (scores.get(at) ?? 0) + weight);
      }
      return [...scores].map(([at, score]) => ({ at, score })).sort((a, b) => b.score - a.score || a.at - b.at);
    },
  };
}
