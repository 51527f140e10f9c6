import type { FailureClass } from '#shared/domain/failure/failure-class.ts';
import { normalFrom, numbersFrom } from '#shared/domain/kernel/seeded-numbers.ts';
import type { ActionOutcome } from '#shared/domain/learning/action-experience.ts';
import { rankByBenefit } from '#shared/domain/learning/rank-by-benefit.ts';
import type { Candidate } from '#shared/domain/remediation/candidates.ts';

export interface YearOptions {
  readonly seed: number;
  readonly incidents: number;
  /** Share of the actions that fit an incident. */
  readonly fitting: number;
}

export interface Year {
  /** How much likelier the best actions that fitted would have helped than those that were taken, summed over the year. */
  readonly regret: number;
  /** The same of a learner that takes a random action one time in ten, and otherwise the one with the best average. */
  readonly greedyRegret: number;
  /** Of the chance to help that was expected of the action taken, in ten bins (expected calibration error). */
  readonly calibrationError: number;
}

const CLASSES = 20;
const ACTIONS = 12;
/** How far a plug-in's confidence is off, as a standard deviation. */
const PROPOSAL_ERROR = 0.2;
/** Times a year that something changes and an effect becomes another one. */
const CHANGES_A_YEAR = 1;
const EPSILON = 0.1;
const START = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** A year of failures of twenty kinds, each of twelve actions helping with a chance of its own that changes at times. */
export function simulateYear({ seed, incidents, fitting }: YearOptions): Year {
  const random = numbersFrom(seed);
  const effects = grid(() => within(random()));
  const proposals = effects.map((row) => row.map((effect) => within(effect + PROPOSAL_ERROR * normalFrom(random))));
  const known = Array.from({ length: CLASSES }, (): ActionOutcome[] => []);
  const greedy = grid(() => ({ tries: 0, mean: 0 }));
  const bins = Array.from({ length: 10 }, () => ({ expected: 0, helped: 0 }));
  const sums = { regret: 0, greedyRegret: 0, cases: 0 };
  for (let incident = 0; incident < incidents; incident += 1) {
    for (const row of effects) {
      row.forEach((_, action) => {
        if (random() < CHANGES_A_YEAR / incidents) row[action] = within(random());
      });
    }
    const kind = Math.floor(random() * CLASSES);
    const row = effects[kind] ?? [];
    const fits = row.map((_, action) => action).filter(() => random() < fitting);
    if (fits.length === 0) continue;
    const now = new Date(START + (incident / incidents) * YEAR_MS);
    const best = Math.max(...fits.map((action) => row[action] ?? 0));
    const history = known[kind] ?? [];
    const context = { class: 'unknown', scope: 's', now, circumstances: null } as const;
    const [first] = rankByBenefit(candidatesOf(fits, proposals[kind] ?? []), history, context);
    const taken = Number(first?.actionId);
    const helped = random() < (row[taken] ?? 0);
    history.push(outcomeOf(taken, helped, now));
    const bin = bins[Math.min(9, Math.floor((first?.expected ?? 0) * 10))];
    if (bin !== undefined) bin.expected += first?.expected ?? 0;
    if (bin !== undefined && helped) bin.helped += 1;
    sums.cases += 1;
    sums.regret += best - (row[taken] ?? 0);
    const other = greedyChoice(fits, greedy[kind] ?? [], random);
    learnGreedily(greedy[kind]?.[other], random() < (row[other] ?? 0));
    sums.greedyRegret += best - (row[other] ?? 0);
  }
  const off = bins.reduce((sum, { expected, helped }) => sum + Math.abs(expected - helped), 0);
  return { regret: sums.regret, greedyRegret: sums.greedyRegret, calibrationError: off / sums.cases };
}

const grid = <T>(cell: () => T): T[][] =>
  Array.from({ length: CLASSES }, () => Array.from({ length: ACTIONS }, () => cell()));
const within = (chance: number): number => Math.min(0.97, Math.max(0.03, chance));

/** All of low risk, so that ranking alone decides. */
function candidatesOf(fits: readonly number[], proposals: readonly number[]): Candidate[] {
  const candidates = fits.map((action): Candidate => {
    const actionId = String(action);
    const words = { label: actionId, actionId, targetKey: '', description: '', reason: '' };
    return { ...words, family: 'github', risk: 'low', parameters: {}, confidence: proposals[action] ?? 0.5 };
  });
  return candidates.sort((a, b) => b.confidence - a.confidence);
}

function outcomeOf(action: number, helped: boolean, now: Date): ActionOutcome {
  const failureClass: FailureClass = 'unknown';
  const keys = { version: 1, incidentId: 'i', digest: 'd', class: failureClass, scope: 's' } as const;
  const verified = helped ? 'recovered' : 'failed';
  return { ...keys, actionId: String(action), verified, trusted: true, at: now.toISOString() };
}

interface Average {
  tries: number;
  mean: number;
}

function greedyChoice(fits: readonly number[], averages: readonly Average[], random: () => number): number {
  const any = fits[Math.floor(random() * fits.length)] ?? 0;
  if (random() < EPSILON) return any;
  const meanAt = (action: number): number => averages[action]?.mean ?? 0;
  return fits.reduce((best, action) => (meanAt(action) > meanAt(best) ? action : best));
}

function learnGreedily(average: Average | undefined, helped: boolean): void {
  if (average === undefined) return;
  average.tries += 1;
  average.mean += ((helped ? 1 : 0) - average.mean) / average.tries;
}
