import { type Answer, calibrationErrorOf, reliabilityOf } from '@selfheal/kernel/numbers/reliability.ts';
import { normalFrom, numbersFrom } from '@selfheal/kernel/numbers/seeded-numbers.ts';
import type { Circumstances } from '#shared/domain/policy/circumstances/circumstances.ts';
import type { Learner } from './learners.ts';

export interface YearOptions {
  readonly seed: number;
  readonly incidents: number;
  /** Share of the actions that fit an incident. */
  readonly fitting: number;
  /** How often per year an action's chance to help is drawn anew. */
  readonly changesPerYear: number;
  /** Whether actions have other chances to help at night or within a day of a deployment. */
  readonly circumstancesMatter: boolean;
}

export interface Year {
  /** Regret: the chance of the best fitting action minus that of the chosen one, summed over the year. */
  readonly regret: number;
  /** Regret of an epsilon-greedy learner: a random action one time in ten, otherwise the one with the best mean. */
  readonly greedyRegret: number;
  /** Expected calibration error, in ten bins, of the expected chance that the chosen action helps. */
  readonly calibrationError: number;
}

const CLASSES = 20;
const ACTIONS = 12;
/** Standard deviation of the error of a plug-in's confidence. */
export const PROPOSAL_ERROR = 0.2;
const EPSILON = 0.1;
const START = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** Simulates a year of failures of twenty kinds. Each of twelve actions has its own chance to help with each kind, which changes at times. */
export function simulateYear(options: YearOptions, makeLearner: (stated: readonly number[][]) => Learner): Year {
  const { seed, incidents, fitting, changesPerYear, circumstancesMatter } = options;
  const random = numbersFrom(seed);
  const effects = grid(() => within(random()));
  const stated = effects.map((row) => row.map((effect) => within(effect + PROPOSAL_ERROR * normalFrom(random))));
  // A separate generator, so that the rest of the year is the same whether circumstances matter or not.
  const surroundings = numbersFrom(seed + 1000);
  const otherwise = grid(() => within(surroundings()));
  const learner = makeLearner(stated);
  const greedy = grid(() => ({ tries: 0, mean: 0 }));
  const predictions: Answer[] = [];
  const sums = { regret: 0, greedyRegret: 0 };
  for (let incident = 0; incident < incidents; incident += 1) {
    change(effects, changesPerYear / incidents, random);
    const kind = Math.floor(random() * CLASSES);
    const circumstances = someCircumstances(surroundings);
    const row = (circumstancesMatter && isOtherwise(kind, circumstances) ? otherwise : effects)[kind] ?? [];
    const fits = row.map((_, action) => action).filter(() => random() < fitting);
    if (fits.length === 0) continue;
    const now = new Date(START + (incident / incidents) * YEAR_MS);
    const best = Math.max(...fits.map((action) => row[action] ?? 0));
    const { action: taken, expected } = learner.choose({ kind, fits, now, circumstances });
    const helped = random() < (row[taken] ?? 0);
    learner.learn({ kind, action: taken, helped, now, circumstances });
    predictions.push({ confidence: expected, right: helped });
    sums.regret += best - (row[taken] ?? 0);
    const other = greedyChoice(fits, greedy[kind] ?? [], random);
    learnGreedily(greedy[kind]?.[other], random() < (row[other] ?? 0));
    sums.greedyRegret += best - (row[other] ?? 0);
  }
  return { ...sums, calibrationError: calibrationErrorOf(reliabilityOf(predictions)) ?? 0 };
}

const grid = <T>(cell: () => T): T[][] =>
  Array.from({ length: CLASSES }, () => Array.from({ length: ACTIONS }, () => cell()));
const within = (chance: number): number => Math.min(0.97, Math.max(0.03, chance));

function change(effects: number[][], chance: number, random: () => number): void {
  for (const row of effects) {
    row.forEach((_, action) => {
      if (random() < chance) row[action] = within(random());
    });
  }
}

function someCircumstances(random: () => number): Circumstances {
  const [night, deployed] = [random() < 0.4, random() < 0.4];
  return {
    partOfWeek: night ? 'night' : 'working-hours',
    load: random() < 0.5 ? 'low' : 'high',
    recentDeployments: deployed ? 1 : 0,
    minutesSinceDeployment: deployed ? 60 : null,
    incidentsInDay: random() < 0.5 ? 0 : 2,
  };
}

/** Half of the kinds of failures depend on the time of day, half on deployments. */
function isOtherwise(kind: number, { partOfWeek, recentDeployments }: Circumstances): boolean {
  return kind % 2 === 0 ? partOfWeek === 'night' : recentDeployments !== 0;
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
