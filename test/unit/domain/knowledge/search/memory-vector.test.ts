import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embeddingOf, meaningOf } from '#shared/domain/knowledge/search/embedding.ts';
import { memoryVectorOf, VECTOR_DIMENSIONS, vectorOfPast } from '#shared/domain/knowledge/search/memory-vector.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';
import { aPastIncident } from '#test/builders/index.ts';

const TITAN = 'amazon.titan-embed-text-v2:0';
const WORDS = { embeddings: null };
const MEANINGS = { embeddings: { modelId: TITAN, timeoutSeconds: 3, maxTokensPerDay: 1000 } } as const;
const ofText = (text: string) => memoryVectorOf({ terms: termsOfText(text), meaning: null }, WORDS);
const cosine = (a: readonly number[] = [], b: readonly number[] = []) =>
  a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

describe('the vector of a failure', () => {
  it('has length 1 and as many dimensions as an index, whatever the terms', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{3,12}@\d\.\d$/), { minLength: 1, maxLength: 60 }), (words) => {
        const { values } = ofText(words.join('\n')) ?? { values: [] };
        expect(values).toHaveLength(VECTOR_DIMENSIONS);
        expect(cosine(values, values)).toBeCloseTo(1, 3);
      }),
    );
  });

  it('lies near that of a failure with the same names and away from all others', () => {
    const asked = ofText('npm ERR! could not resolve lodash@4.17.21 from the registry')?.values;
    const same = ofText('npm ERR! ERESOLVE could not resolve dependency lodash@4.17.21')?.values;
    const other = ofText('fatal error: openssl/ssl.h: No such file or directory')?.values;
    expect(cosine(asked, same)).toBeGreaterThan(0.5);
    expect(Math.abs(cosine(asked, other))).toBeLessThan(0.2);
  });

  it('is none for a failure without words, or without a meaning where a model is configured', () => {
    expect(memoryVectorOf({ terms: new Map(), meaning: null }, WORDS)).toBeNull();
    expect(vectorOfPast(aPastIncident(), MEANINGS)).toBeNull();
  });

  it('is the meaning where a model is configured, filled up, and in a space of its own', () => {
    const embedding = embeddingOf(
      TITAN,
      Array.from({ length: 256 }, (_, at) => at - 100),
    );
    const vector = vectorOfPast(aPastIncident({ embedding }), MEANINGS);
    expect(vector?.space).toBe(TITAN);
    expect(vector?.values.slice(0, 256)).toEqual([...meaningOf(embedding).values]);
    expect(vector?.values.slice(256).every((value) => value === 0)).toBe(true);
    expect(vector?.values).toHaveLength(VECTOR_DIMENSIONS);
    expect(vectorOfPast(aPastIncident({ embedding }), WORDS)?.space).not.toBe(TITAN);
  });

  it('is none when another model made the meaning', () => {
    const embedding = embeddingOf('cohere.embed-english-v3', [1, 2, 3]);
    expect(vectorOfPast(aPastIncident({ embedding }), MEANINGS)).toBeNull();
  });
});
