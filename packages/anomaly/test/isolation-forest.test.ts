import { makeIsolationForest } from '@selfheal/anomaly/isolation-forest.ts';
import { describe, expect, it } from 'vitest';
import { normals } from './series.ts';

function cloud(count: number, seed: number): number[][] {
  const normal = normals(seed);
  return Array.from({ length: count }, () => [normal(), normal(), normal()]);
}

describe('an isolation forest', () => {
  it('scores points far off well above those of the crowd', () => {
    const forest = makeIsolationForest(cloud(400, 1), { seed: 7 });
    const ordinary = cloud(100, 2).map((point) => forest.score(point));
    expect(ordinary.reduce((sum, one) => sum + one, 0) / 100).toBeLessThan(0.5);
    expect(forest.score([0, 0, 0])).toBeLessThan(0.45);
    expect(forest.score([6, -6, 6])).toBeGreaterThan(0.65);
  });

  it('ranks planted outliers first, by the area under the curve', () => {
    const forest = makeIsolationForest([...cloud(500, 3), [5, 5, 5], [-5, 5, 0], [0, -6, 5]], { seed: 1 });
    const inner = cloud(200, 4).map((point) => forest.score(point));
    const outer = [
      [5, 5, 5],
      [-5, 5, 0],
      [0, -6, 5],
    ].map((point) => forest.score(point));
    const wins = outer.flatMap((high) => inner.map((low) => (high > low ? 1 : 0)));
    expect(wins.reduce<number>((sum, one) => sum + one, 0) / wins.length).toBeGreaterThan(0.98);
  });

  it('grows the same forest from the same seed and another one from another', () => {
    const points = cloud(100, 5);
    const score = (seed: number): number => makeIsolationForest(points, { seed }).score([1, 2, 3]);
    expect(score(3)).toBe(score(3));
    expect(score(3)).not.toBe(score(4));
  });

  it('scores the middle where there is nothing to tell apart', () => {
    expect(makeIsolationForest([]).score([1, 2])).toBe(0.5);
    const same = makeIsolationForest(Array.from({ length: 50 }, () => [1, 1]));
    expect(same.score([1, 1])).toBeCloseTo(0.5, 5);
  });
});
