import { describe, expect, it } from 'vitest';
import { makeTailModel } from '#shared/domain/anomaly/tail-model.ts';
import { normals, seeded } from './series.ts';

function shareAbove(draw: () => number, decades: number): number {
  const model = makeTailModel(2000);
  const surprises = Array.from({ length: 20_000 }, () => model.next(draw())).slice(2000);
  return surprises.filter((surprise) => surprise > decades).length / surprises.length;
}

describe('a tail model', () => {
  it('is surprised by two decades about once in a hundred values, whatever their distribution', () => {
    const normal = normals(1);
    const random = seeded(2);
    for (const draw of [normal, random, () => -Math.log(1 - random()), () => (1 - random()) ** -0.4]) {
      const share = shareAbove(draw, 2);
      expect(share).toBeGreaterThan(0.004);
      expect(share).toBeLessThan(0.018);
    }
  });

  it('is surprised by three decades about once in a thousand values', () => {
    const share = shareAbove(normals(3), 3);
    expect(share).toBeGreaterThan(0.0002);
    expect(share).toBeLessThan(0.003);
  });

  it('is surprised more by a higher value, and never beyond 30 decades', () => {
    const surpriseOf = (last: number): number => {
      const model = makeTailModel(500);
      const normal = normals(4);
      for (let at = 0; at < 500; at += 1) model.next(normal());
      return model.next(last);
    };
    const surprises = [-9, 0, 1, 2, 3, 5, 9, 1e300].map(surpriseOf);
    expect(surprises).toEqual([...surprises].sort((a, b) => a - b));
    expect(surprises.at(-1)).toBeLessThanOrEqual(30);
  });

  it('forgets what is older than its memory', () => {
    const model = makeTailModel(100);
    for (let at = 0; at < 200; at += 1) model.next(1000 + (at % 10));
    for (let at = 0; at < 200; at += 1) model.next(at % 10);
    expect(model.next(500)).toBeGreaterThan(5);
  });

  it('says nothing before it has seen twenty values', () => {
    const model = makeTailModel(100);
    for (let at = 0; at < 20; at += 1) expect(model.next(at === 19 ? 1e9 : 0)).toBe(0);
  });
});
