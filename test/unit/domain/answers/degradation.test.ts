import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { degradationOf } from '#shared/domain/answers/degradation.ts';

/** Right answers with a chance each, the same every time. */
function answers(chances: readonly number[], seed: number): boolean[] {
  const random = numbersFrom(seed);
  return chances.map((chance) => random() < chance);
}

const PROMISE = { hits: 900, cases: 1000 };
const AGAINST = degradationOf([], PROMISE).against;
const times = (count: number, chance: number): number[] => Array.from({ length: count }, () => chance);
/** The first answer after which it alarms when it is looked at after each; null when it never does. */
function firstAlarm(rights: readonly boolean[]): number | null {
  for (let at = 1; at <= rights.length; at++) if (degradationOf(rights.slice(0, at), PROMISE).degraded) return at;
  return null;
}
/** The rule of thumb it replaces: five points between the first and the last five. */
function ruleOfThumb(rights: readonly boolean[]): boolean {
  const mean = (some: readonly boolean[]) => some.filter((right) => right).length / some.length;
  return rights.length >= 10 && mean(rights.slice(0, 5)) - mean(rights.slice(-5)) > 0.05;
}

describe('the degradation test', () => {
  it('tests against the lower end of what was promised', () => {
    expect(AGAINST).toBeGreaterThan(0.87);
    expect(AGAINST).toBeLessThan(0.9);
    expect(degradationOf([], { hits: 9, cases: 10 }).against).toBeLessThan(AGAINST);
  });

  it('[C70] is silent on noise though it is looked at after every answer: 150 streams of 200 answers as good as promised', () => {
    const streams = Array.from({ length: 150 }, (_, seed) => answers(times(200, AGAINST), seed));
    const alarms = streams.filter((rights) => firstAlarm(rights) !== null).length;
    // At most 200 / 4000 by the theory.
    expect(alarms / streams.length).toBeLessThanOrEqual(0.05);
    const byThumb = streams.filter((rights) => ruleOfThumb(rights.slice(0, 10))).length;
    expect(byThumb / streams.length).toBeGreaterThan(0.25);
  });

  it('[C70] finds a loss of twenty points within a hundred answers, also after a long good time', () => {
    const delays = Array.from({ length: 30 }, (_, seed) => {
      const rights = answers([...times(300, AGAINST), ...times(100, AGAINST - 0.2)], 1000 + seed);
      const found = firstAlarm(rights);
      return found === null ? Number.POSITIVE_INFINITY : found - 300;
    }).sort((a, b) => a - b);
    expect(delays[15]).toBeLessThanOrEqual(60);
    expect(delays[26]).toBeLessThanOrEqual(100);
  });

  it('[C70] needs ten judged answers and a loss of five points', () => {
    expect(
      degradationOf(
        times(9, 0).map(() => false),
        PROMISE,
      ).degraded,
    ).toBe(false);
    expect(
      degradationOf(
        times(10, 0).map(() => false),
        PROMISE,
      ).degraded,
    ).toBe(true);
    // A small loss over very long is certain, and yet not worth telling.
    const long = Array.from({ length: 20_000 }, (_, at) => at % 100 < Math.floor((AGAINST - 0.03) * 100));
    const small = degradationOf(long, PROMISE);
    expect(small.statistic).toBeGreaterThan(small.limit);
    expect(small.degraded).toBe(false);
  });

  it('never alarms on right answers, and one more wrong answer never lowers the statistic against a right one', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 80 }), (rights) => {
        expect(
          degradationOf(
            rights.map(() => true),
            PROMISE,
          ).degraded,
        ).toBe(false);
        const worse = degradationOf([...rights, false], PROMISE).statistic;
        expect(worse).toBeGreaterThanOrEqual(degradationOf([...rights, true], PROMISE).statistic);
      }),
    );
  });
});
