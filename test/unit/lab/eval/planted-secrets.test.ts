import { describe, expect, it } from 'vitest';
import { halfOf, isWhollyRedacted, plantedLookalikes, plantedSecrets } from '../../../../lab/secrets/planted-cases.ts';

describe('planted secrets', () => {
  const cases = plantedSecrets(1);

  it('are of at least 60 kinds in at least 20 notations, and the same at each run', () => {
    expect(new Set(cases.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(60);
    expect(new Set(cases.map(({ notation }) => notation)).size).toBeGreaterThanOrEqual(20);
    expect(plantedSecrets(1)).toEqual(cases);
  });

  it('stay in the half of their kind and notation', () => {
    for (const half of ['developed', 'unseen'] as const) expect(cases.some((one) => one.half === half)).toBe(true);
    expect(cases.filter(({ kind, notation, half }) => halfOf(kind) !== half || halfOf(notation) !== half)).toEqual([]);
  });

  it('stand in their text, and nobody would count that as redacted', () => {
    expect(cases.filter(({ text, parts }) => isWhollyRedacted(text, parts)).map(({ text }) => text)).toEqual(
      cases.filter(({ notation }) => notation === 'kubernetes-secret').map(({ text }) => text),
    );
  });

  it('have lookalikes in the same notations', () => {
    expect(plantedLookalikes().length).toBeGreaterThan(500);
  });
});

describe('a secret', () => {
  it('is not wholly redacted as long as eight characters of it are left', () => {
    expect(isWhollyRedacted('token=[redacted:assigned-secret:1]', ['abcdefghijkl'])).toBe(true);
    expect(isWhollyRedacted('token=abcdefgh[redacted:assigned-secret:1]', ['abcdefghijkl'])).toBe(false);
    expect(isWhollyRedacted('token=abcdefg[redacted:assigned-secret:1]', ['abcdefghijkl'])).toBe(true);
  });
});
