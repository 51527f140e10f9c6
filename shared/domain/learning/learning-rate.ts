import type { LearnedPattern } from './learned-pattern.ts';
import type { Learning } from './learning-settings.ts';
import { settled, withOutcomes } from './pattern-trust.ts';

/** How well the confidence before each outcome foretold it. */
export const RATE_METRICS = ['brier', 'log-loss', 'accuracy'] as const;
export type RateMetric = (typeof RATE_METRICS)[number];

interface RateResult {
  /** Maximum gain of confidence per week. */
  readonly rate: number;
  /** Outcomes that were foretold. */
  readonly outcomes: number;
  /** Mean over them; null without any. Of Brier score and log loss less is better, of accuracy more. */
  readonly score: number | null;
}

export interface RateAdvice {
  readonly metric: RateMetric;
  /** Maximum gain of confidence per week that holds, and the one that foretold the outcomes best; the same without outcomes or among equals. */
  readonly current: number;
  readonly recommended: number;
  /** Best first. */
  readonly results: readonly RateResult[];
}

const EDGE = 0.001;

/** Compares the rate that holds with others on the patterns' outcomes. */
export function adviseRate(
  patterns: readonly LearnedPattern[],
  { current, rates }: { readonly current: number; readonly rates: readonly number[] },
  basis: { readonly metric: RateMetric; readonly rules: Learning },
): RateAdvice {
  const results = compareRates(patterns, [...new Set([current, ...rates])], basis);
  const [best] = results;
  const now = results.find(({ rate }) => rate === current);
  const recommended = best === undefined || best.score === null || best.score === now?.score ? current : best.rate;
  return { metric: basis.metric, current, recommended, results };
}

/**
 * Lives the patterns' outcomes again with other rates of learning (`maxConfidenceGainPerWeek`): before each outcome the confidence at that time
 * is compared with what came. The best rate comes first; of equals the smallest.
 */
function compareRates(
  patterns: readonly LearnedPattern[],
  rates: readonly number[],
  { metric, rules }: { readonly metric: RateMetric; readonly rules: Learning },
): RateResult[] {
  const better = metric === 'accuracy' ? 1 : -1;
  return rates
    .map((rate): RateResult => {
      const scores = patterns.flatMap((pattern) =>
        livedAgain(pattern, { ...rules, maxConfidenceGainPerWeek: rate }, metric),
      );
      const score = scores.length === 0 ? null : scores.reduce((sum, one) => sum + one, 0) / scores.length;
      return { rate, outcomes: scores.length, score };
    })
    .sort((a, b) => better * ((b.score ?? 0) - (a.score ?? 0)) || a.rate - b.rate);
}

function livedAgain(pattern: LearnedPattern, rules: Learning, metric: RateMetric): number[] {
  const [first] = pattern.history;
  if (first === undefined) return [];
  let now: LearnedPattern = { ...pattern, outcomes: [], history: [first], confidence: pattern.prior, retired: null };
  const scores: number[] = [];
  for (const outcome of [...pattern.outcomes].sort((a, b) => (a.at < b.at ? -1 : 1))) {
    const at = new Date(outcome.at);
    // A pattern that would have been retired by then keeps its confidence: it is compared all the same.
    const before = settled({ ...now, retired: null }, rules, at, 'before the outcome');
    scores.push(scoreOf(before.confidence, outcome.helped, metric));
    now = settled(withOutcomes({ ...before, retired: null }, [outcome]), rules, at, 'the outcome');
  }
  return scores;
}

function scoreOf(confidence: number, helped: boolean, metric: RateMetric): number {
  switch (metric) {
    case 'brier':
      return (confidence - (helped ? 1 : 0)) ** 2;
    case 'log-loss': {
      const share = Math.min(1 - EDGE, Math.max(EDGE, confidence));
      return -Math.log(helped ? share : 1 - share);
    }
    case 'accuracy':
      return confidence >= 0.5 === helped ? 1 : 0;
    default:
      return metric satisfies never;
  }
}
