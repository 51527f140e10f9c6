import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';
import type { Experiment, Variant } from './experiment.ts';
import { evidenceOfDifference } from './sequential-test.ts';

/** Outcome of one incident of an experiment; only verified outcomes count. */
export const ExperimentOutcome = z.strictObject({
  version: z.literal(1),
  experimentId: z.string(),
  variantId: z.string(),
  incidentId: z.string(),
  success: z.boolean(),
  /** From the incident's opening to its end. */
  minutes: z.number().nonnegative(),
  /** Other things that happened: `undone`, `refused`, `recurred`. */
  sideEffects: z.array(z.string().max(60)).max(10),
  at: z.iso.datetime(),
});
export type ExperimentOutcome = z.infer<typeof ExperimentOutcome>;

/** With fewer attempts an interval would claim too much. */
const MIN_ATTEMPTS = 30;
/** Probability of naming a winner where there is none. */
const FALSE_WINNERS = 0.05;

export const VariantResult = z.object({
  id: z.string(),
  attempts: z.number().int(),
  successes: z.number().int(),
  /** Null without attempts. */
  rate: z.number().nullable(),
  interval: z.tuple([z.number(), z.number()]).readonly().meta({ description: 'Of 95 %; 0 to 1 below 30 attempts.' }),
  /** Median of the successes, in minutes; null without one. */
  minutesToHeal: z.number().nullable(),
  /** How often each happened. */
  sideEffects: z.record(z.string(), z.number().int()),
});
export type VariantResult = z.infer<typeof VariantResult>;

type Recommendation =
  | { readonly kind: 'too-early'; readonly reason: string }
  | { readonly kind: 'no-difference-yet'; readonly reason: string }
  | { readonly kind: 'prefer'; readonly variantId: string; readonly reason: string };

export interface ExperimentResults {
  readonly variants: readonly VariantResult[];
  readonly recommendation: Recommendation;
}

/**
 * Results of an experiment so far. Outcomes may come in any order and repeatedly: an incident counts once, by its first
 * outcome. A winner is named only by a test that stays valid however often one looks, divided among the comparisons
 * with the control (Bonferroni).
 */
export function resultsOf(experiment: Experiment, outcomes: readonly ExperimentOutcome[]): ExperimentResults {
  const counted = countedOnce(experiment.id, outcomes);
  const of = ({ id }: Variant) => counted.filter(({ variantId }) => variantId === id);
  const variants = experiment.variants.map((variant) => resultOf(variant.id, of(variant)));
  return { variants, recommendation: recommend(experiment, variants, of) };
}

function countedOnce(experimentId: string, outcomes: readonly ExperimentOutcome[]): ExperimentOutcome[] {
  const own = outcomes.filter((outcome) => outcome.experimentId === experimentId);
  const inOrder = own.sort((a, b) => compare(a.at, b.at) || compare(a.incidentId, b.incidentId));
  const first = new Map<string, ExperimentOutcome>();
  for (const outcome of inOrder) if (!first.has(outcome.incidentId)) first.set(outcome.incidentId, outcome);
  return [...first.values()];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function resultOf(id: string, outcomes: readonly ExperimentOutcome[]): VariantResult {
  const attempts = outcomes.length;
  const healed = outcomes.filter(({ success }) => success);
  const sideEffects: Record<string, number> = {};
  for (const effect of outcomes.flatMap((outcome) => outcome.sideEffects)) {
    sideEffects[effect] = (sideEffects[effect] ?? 0) + 1;
  }
  return {
    id,
    attempts,
    successes: healed.length,
    rate: attempts === 0 ? null : healed.length / attempts,
    interval: attempts < MIN_ATTEMPTS ? [0, 1] : wilsonInterval(healed.length, attempts),
    minutesToHeal: median(healed.map(({ minutes }) => minutes)),
    sideEffects,
  };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) return null;
  return sorted.length % 2 === 1 ? middle : (middle + (sorted[sorted.length / 2 - 1] ?? middle)) / 2;
}

function recommend(
  { variants }: Experiment,
  results: readonly VariantResult[],
  of: (variant: Variant) => ExperimentOutcome[],
): Recommendation {
  const [control, ...others] = variants;
  const fewest = Math.min(...results.map(({ attempts }) => attempts));
  if (control === undefined || fewest < MIN_ATTEMPTS) {
    return { kind: 'too-early', reason: `A variant has ${fewest} outcomes; at least ${MIN_ATTEMPTS} are needed.` };
  }
  const bound = others.length / FALSE_WINNERS;
  const successes = (variant: Variant) => of(variant).map(({ success }) => success);
  const rate = ({ id }: Variant): number => results.find((one) => one.id === id)?.rate ?? 0;
  const different = others.filter((other) => evidenceOfDifference(successes(control), successes(other)) >= bound);
  if (different.length === 0)
    return { kind: 'no-difference-yet', reason: 'No variant differs significantly from the control.' };
  const best = [control, ...different].reduce((one, other) => (rate(other) > rate(one) ? other : one));
  const reason = `It succeeds at ${shareText(rate(best))}; ${best === control ? 'others' : 'the control'} at ${shareText(
    best === control ? Math.max(...different.map(rate)) : rate(control),
  )}. ${sideEffectsOf(results, best)}`;
  return { kind: 'prefer', variantId: best.id, reason };
}

function sideEffectsOf(results: readonly VariantResult[], { id }: Variant): string {
  const effects = Object.entries(results.find((one) => one.id === id)?.sideEffects ?? {});
  if (effects.length === 0) return 'It had no side effects.';
  return `Side effects: ${effects.map(([effect, times]) => `${effect} ${times === 1 ? 'once' : `${times} times`}`).join(', ')}.`;
}
