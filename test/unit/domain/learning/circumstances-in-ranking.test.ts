import { numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import { describe, expect, it } from 'vitest';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { rankByBenefit } from '#shared/domain/learning/rank-by-benefit.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';
import { anActionOutcome, someCircumstances } from '#test/builders/index.ts';
import { aCandidate } from '../plan/a-candidate.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const START = Date.UTC(2026, 6, 1);
const CANDIDATES = ['restart', 'rollback'].map((actionId) =>
  aCandidate({ actionId, label: actionId, confidence: 0.7 }),
);

function firstFor(outcomes: readonly ActionOutcome[], circumstances: Circumstances | null, now: Date) {
  const context = { class: 'flaky_tests', scope: 'repository#1', now, circumstances } as const;
  return rankByBenefit(CANDIDATES, outcomes, context)[0]?.actionId;
}

/** A hundred days of an incident each, in which the ranking learns from what came of its own choices. */
function learned(chanceOf: (actionId: string, around: Circumstances) => number, ways: readonly Circumstances[]) {
  const random = numbersFrom(5);
  const outcomes: ActionOutcome[] = [];
  const choices = Array.from({ length: 100 }, (_, day) => {
    const now = new Date(START + day * DAY_MS);
    const circumstances = ways[Math.floor(random() * ways.length)] ?? someCircumstances();
    const actionId = firstFor(outcomes, circumstances, now) ?? '';
    const chance = chanceOf(actionId, circumstances);
    const verified = random() < chance ? 'recovered' : 'failed';
    outcomes.push(anActionOutcome({ actionId, verified, circumstances, at: now.toISOString() }));
    return { chance };
  });
  return { outcomes, after: new Date(START + 100 * DAY_MS), lately: choices.slice(50) };
}

describe('ranking by what helped in like circumstances', () => {
  it.each<[string, Circumstances, Circumstances]>([
    ['the time of the week', someCircumstances(), someCircumstances({ partOfWeek: 'night' })],
    ['the load', someCircumstances(), someCircumstances({ load: 'high' })],
    ['recent deployments', someCircumstances(), someCircumstances({ recentDeployments: 1, minutesSinceDeployment: 9 })],
    ['how often it failed within a day', someCircumstances(), someCircumstances({ incidentsInDay: 6 })],
  ])('[D35] learns which action helps when it depends on %s', (_what, usual, special) => {
    const chanceOf = (actionId: string, around: Circumstances) =>
      (actionId === 'restart') === (JSON.stringify(around) === JSON.stringify(usual)) ? 0.95 : 0.05;
    const { outcomes, after, lately } = learned(chanceOf, [usual, special]);
    expect(firstFor(outcomes, usual, after)).toBe('restart');
    expect(firstFor(outcomes, special, after)).toBe('rollback');
    expect(lately.filter(({ chance }) => chance > 0.5).length).toBeGreaterThan(45);
  });

  it('[D35] learns from a person who rejects an action where it does harm, and keeps to it elsewhere', () => {
    const night = someCircumstances({ partOfWeek: 'night' });
    const known = (actionId: string, circumstances: Circumstances, verified: ActionOutcome['verified'], by?: string) =>
      Array.from({ length: 5 }, () =>
        anActionOutcome({ actionId, circumstances, verified, ...(by === undefined ? {} : { by }) }),
      );
    const after = new Date('2026-11-22T12:00:00Z');
    const helped = [...known('restart', someCircumstances(), 'recovered'), ...known('restart', night, 'recovered')];
    expect(firstFor(helped, night, after)).toBe('restart');
    const rejected = [...helped.slice(0, 5), ...known('restart', night, 'failed', 'github:reviewer')];
    expect(firstFor(rejected, night, after)).toBe('rollback');
    expect(firstFor(rejected, someCircumstances(), after)).toBe('restart');
  });

  it('finds the better action as well where circumstances change nothing', () => {
    const ways = [someCircumstances(), someCircumstances({ partOfWeek: 'night' }), someCircumstances({ load: 'high' })];
    const { lately } = learned((actionId) => (actionId === 'rollback' ? 0.9 : 0.3), ways);
    expect(lately.filter(({ chance }) => chance > 0.5).length).toBeGreaterThan(45);
  });
});
