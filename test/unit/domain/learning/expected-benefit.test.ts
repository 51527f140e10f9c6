import { describe, expect, it } from 'vitest';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { expectBenefits } from '#shared/domain/learning/expected-benefit.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';
import { anActionOutcome } from '#test/builders/index.ts';

const now = new Date('2026-11-21T12:00:00Z');
const context = { scope: 'repository#1', now, circumstances: null };
const daysAgo = (days: number) => new Date(now.getTime() - days * 24 * 60 * 60 * 1000).toISOString();

function outcomes(helped: number, failed: number, change: Partial<ActionOutcome> = {}): ActionOutcome[] {
  return Array.from({ length: helped + failed }, (_, at) =>
    anActionOutcome({ verified: at < helped ? 'recovered' : 'failed', at: daysAgo(0), ...change }),
  );
}

function expected(stated: number, known: ActionOutcome[], circumstances: Circumstances | null = null) {
  return expectBenefits([{ stated, outcomes: known }], { ...context, circumstances })[0] ?? { mean: -1, deviation: -1 };
}

describe('the expected benefit of an action', () => {
  it('lies between what the plug-in states and even odds while nothing was verified', () => {
    expect(expected(0.5, []).mean).toBeCloseTo(0.5);
    expect(expected(0.9, []).mean).toBeCloseTo(0.7, 1);
    expect(expected(0.9, []).mean).toBeGreaterThan(expected(0.8, []).mean);
  });

  it('[D36] [D198] follows what was verified, and becomes surer with it', () => {
    expect(expected(0.7, outcomes(8, 0)).mean).toBeGreaterThan(0.85);
    expect(expected(0.7, outcomes(0, 8)).mean).toBeLessThan(0.2);
    expect(expected(0.7, outcomes(30, 30)).mean).toBeCloseTo(0.5, 1);
    expect(expected(0.7, outcomes(30, 30)).deviation).toBeLessThan(expected(0.7, outcomes(3, 3)).deviation);
  });

  it('fades: the older an outcome is, the less it says', () => {
    const aged = (days: number) => expected(0.5, outcomes(8, 0, { at: daysAgo(days) })).mean;
    expect(aged(0)).toBeGreaterThan(aged(60));
    expect(aged(60)).toBeGreaterThan(aged(365));
    expect(aged(365)).toBeGreaterThan(0.5);
  });

  it('forgets what was before a change as soon as outcomes show one', () => {
    const before = outcomes(40, 0, { at: daysAgo(40) });
    const since = Array.from({ length: 5 }, (_, day) => outcomes(0, 1, { at: daysAgo(5 - day) })).flat();
    expect(expected(0.9, [...before, ...since]).mean).toBeLessThan(0.3);
    expect(expected(0.9, [...before, ...since.slice(0, 1)]).mean).toBeGreaterThan(0.4);
    expect(expected(0.9, before).mean).toBeGreaterThan(0.8);
  });

  it('learns from other places too, but never more than six outcomes are worth', () => {
    const elsewhere = outcomes(1000, 0, { scope: 'repository#2' });
    expect(expected(0.5, elsewhere).mean).toBeCloseTo(expected(0.5, outcomes(6, 0)).mean, 5);
    expect(expected(0.5, [...elsewhere, ...outcomes(0, 8)]).mean).toBeLessThan(0.5);
  });

  it('learns from other actions what stated confidences are worth', () => {
    const others = (good: boolean) =>
      Array.from({ length: 8 }, (_, at) => {
        const stated = at % 2 === 0 ? 0.9 : 0.1;
        return { stated, outcomes: stated > 0.5 === good ? outcomes(3, 0) : outcomes(0, 3) };
      });
    const untried = { stated: 0.9, outcomes: [] };
    const mean = (good: boolean) => expectBenefits([untried, ...others(good)], context)[0]?.mean ?? -1;
    expect(mean(true)).toBeGreaterThan(mean(false) + 0.05);
  });
});

const ordinary: Circumstances = {
  partOfWeek: 'working-hours',
  load: 'normal',
  recentDeployments: 0,
  minutesSinceDeployment: null,
  incidentsInDay: 0,
};
const night: Circumstances = { ...ordinary, partOfWeek: 'night' };

describe('circumstances of outcomes', () => {
  it('leave an expectation as it is while outcomes do not differ by them', () => {
    const alike = [...outcomes(10, 10, { circumstances: ordinary }), ...outcomes(10, 10, { circumstances: night })];
    const unknown = expected(0.5, outcomes(20, 20)).mean;
    expect(Math.abs(expected(0.5, alike, night).mean - unknown)).toBeLessThan(0.03);
  });

  it('count when outcomes differ by them: what helps by day and fails by night is expected to do so again', () => {
    const differing = [...outcomes(10, 0, { circumstances: ordinary }), ...outcomes(0, 10, { circumstances: night })];
    expect(expected(0.5, differing, ordinary).mean).toBeGreaterThan(0.8);
    expect(expected(0.5, differing, night).mean).toBeLessThan(0.2);
  });

  it('may be unknown: outcomes from before they were kept still count', () => {
    const old = outcomes(20, 1);
    expect(expected(0.5, old, ordinary).mean).toBe(expected(0.5, old).mean);
  });
});
