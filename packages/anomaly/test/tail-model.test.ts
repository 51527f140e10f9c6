import { makeRankedValues, placeOf } from '@selfheal/anomaly/ranked-values.ts';
import { makeTailModel } from '@selfheal/anomaly/tail-model.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
    for (const draw of [
      () => 10 + normal(),
      () => Math.abs(normal()),
      random,
      () => -Math.log(1 - random()),
      () => (1 - random()) ** -0.4,
    ]) {
      const share = shareAbove(draw, 2);
      expect(share).toBeGreaterThan(0.004);
      expect(share).toBeLessThan(0.018);
    }
  });

  it('is surprised by three decades about once in a thousand values', () => {
    const normal = normals(3);
    const share = shareAbove(() => 10 + normal(), 3);
    expect(share).toBeGreaterThan(0.0002);
    expect(share).toBeLessThan(0.003);
  });

  it('is surprised more by a higher value, and never beyond 30 decades', () => {
    const surpriseOf = (last: number): number => {
      const model = makeTailModel(500);
      const normal = normals(4);
      for (let at = 0; at < 500; at += 1) model.next(10 + normal());
      return model.next(last);
    };
    const surprises = [0, 1, 10, 11, 12, 13, 15, 19, 1e300].map(surpriseOf);
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

describe('ranked values', () => {
  it('stay sorted and countable while values come and go', () => {
    const anyValue = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 9, noNaN: true }));
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 1, maxLength: 1200, size: 'max' }), fc.nat(600), (values, memory) => {
        const ranked = makeRankedValues();
        const held: number[] = [];
        for (const value of values) {
          expect(ranked.add(value)).toBe(held.filter((other) => other < value).length);
          held.push(value);
          if (held.length > memory) ranked.remove(held.shift() ?? Number.NaN);
        }
        const sorted = Float64Array.from(held).sort();
        const rank = Math.floor(held.length / 3);
        const into = new Float64Array(held.length);
        expect(ranked.size()).toBe(held.length);
        expect([...into.subarray(0, ranked.from(rank, into))]).toEqual([...sorted.slice(rank)]);
        expect(placeOf(5, sorted, 0, sorted.length)).toBe(held.filter((other) => other < 5).length);
        expect(placeOf(5, sorted, 0, sorted.length, 1)).toBe(held.filter((other) => other <= 5).length);
      }),
      { numRuns: 30 },
    );
  });
});
