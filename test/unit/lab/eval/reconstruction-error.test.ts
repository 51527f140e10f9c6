import { describe, expect, it } from 'vitest';
import { reconstructionScores } from '#lab/eval/reconstruction-error.ts';

/** A wave with a period of 50 rows and a little noise that repeats for the same row. */
const wave = (row: number): number => Math.sin((2 * Math.PI * row) / 50) + 0.05 * Math.sin(row * row);
const ROWS = 4_000;
const SERIES = Array.from({ length: ROWS }, (_, row) => wave(row));

describe('reconstruction error of a linear autoencoder', () => {
  it('is low while the windows look like those before, and above the threshold where they do not', () => {
    const broken = SERIES.map((value, row) => (row >= 2_500 && row < 2_540 ? 3 : value));
    const scores = reconstructionScores(broken);
    expect(Math.max(...scores.slice(2_505, 2_540))).toBeGreaterThan(0.9);
    const before = scores.slice(700, 2_500);
    expect(before.filter((score) => score >= 0.5).length / before.length).toBeLessThan(0.15);
  });

  it('uses no later row', () => {
    const changed = SERIES.map((value, row) => (row < 3_000 ? value : 9));
    expect(reconstructionScores(changed).slice(0, 3_000)).toEqual(reconstructionScores(SERIES).slice(0, 3_000));
  });

  it('takes a given threshold in place of the 95th percentile', () => {
    const [own, given] = [reconstructionScores(SERIES), reconstructionScores(SERIES, 1_000)];
    expect(Math.max(...given)).toBeLessThan(Math.max(...own));
    expect(Math.max(...given)).toBeLessThan(0.01);
  });

  it('says nothing of a series that is too short to learn from', () => {
    expect(new Set(reconstructionScores(SERIES.slice(0, 900)))).toEqual(new Set([0]));
  });
});
