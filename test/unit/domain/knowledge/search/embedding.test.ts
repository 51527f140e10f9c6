import { describe, expect, it } from 'vitest';
import {
  EMBEDDED_CHARACTERS,
  embeddingOf,
  embeddingVectorOf,
  nearnessOf,
  textToEmbed,
} from '#shared/domain/knowledge/search/embedding.ts';
import { makeRecall, type Remembered } from '#shared/domain/knowledge/search/recall.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';

const meaning = (...values: number[]) => embeddingVectorOf(embeddingOf('m', values));
const AWAY = [0.1, 0.9, -0.4];

describe('an embedding', () => {
  it('is as near as its vector after it was kept in a byte for each dimension', () => {
    expect(nearnessOf(meaning(1, 0.5, -0.25), meaning(2, 1, -0.5))).toBeCloseTo(1, 3);
    expect(nearnessOf(meaning(1, 0, 0), meaning(...AWAY))).toBe(0);
  });

  it('is not compared with one of another model or size, nor with nothing', () => {
    const one = meaning(1, 2, 3);
    expect(nearnessOf(one, embeddingVectorOf(embeddingOf('other', [1, 2, 3])))).toBe(0);
    expect(nearnessOf(one, meaning(1, 2))).toBe(0);
    expect(nearnessOf(one, meaning(0, 0, 0))).toBe(0);
  });

  it('is of the surest lines, each once, in as many characters as a model reads', () => {
    const lines = [
      { text: 'at x', weight: 0.02 },
      { text: 'ERROR full', weight: 1 },
      { text: 'ERROR full', weight: 1 },
    ];
    expect(textToEmbed(lines)).toBe('ERROR full\nat x');
    expect(textToEmbed([{ text: 'x'.repeat(9000), weight: 1 }])).toHaveLength(EMBEDDED_CHARACTERS);
    expect(textToEmbed([])).toBe('');
  });
});

describe('recall by meaning', () => {
  const item = (id: string, text: string, ...values: number[]): Remembered => ({
    id,
    class: 'unknown',
    fingerprints: [],
    terms: termsOfText(text),
    at: null,
    embedding: values.length === 0 ? null : meaning(...values),
  });
  const recall = makeRecall<Remembered>();
  recall.put(item('words', 'no space left on device /var', ...AWAY));
  recall.put(item('meaning', 'quota of volume exhausted', 1, 0.1, 0.2));
  recall.put(item('nothing', 'certificate expired', ...AWAY));
  recall.put(item('without', 'certificate renewed'));
  const query = {
    class: 'unknown',
    fingerprint: null,
    terms: termsOfText('no space left on device'),
    now: new Date(0),
  } as const;

  it('[E4] finds what shares no word, says why, and takes nothing from what shares words', () => {
    const [byWords] = recall.find(query, { limit: 5 });
    const found = recall.find({ ...query, embedding: meaning(1, 0.1, 0.1) }, { limit: 5 });
    expect(found.map(({ item: { id } }) => id)).toEqual(['words', 'meaning']);
    expect(found[0]?.score).toBe(byWords?.score);
    expect(found[1]?.reasons).toEqual([{ code: 'meaning', text: 'similar in meaning' }]);
  });

  it('is left out by the same filters', () => {
    const keep = ({ id }: Remembered) => id !== 'meaning';
    const found = recall.find({ ...query, embedding: meaning(1, 0.1, 0.1) }, { limit: 5, keep });
    expect(found.map(({ item: { id } }) => id)).toEqual(['words']);
  });
});
