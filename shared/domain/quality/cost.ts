import type { Prediction, Spending } from './prediction.ts';

/** Usage of language models over ended incidents. Money in microdollars (a millionth of a US dollar). */
export interface CostReport {
  /** Ended incidents; the cost is spread over all of them. */
  readonly incidents: number;
  /** Incidents for which a language model was asked. */
  readonly asked: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly microdollars: number;
  /** Incidents whose model has no price: their cost is not in the sums. */
  readonly unpriced: number;
  /** Mean over all ended incidents; null without any, or when a price is missing for one. */
  readonly microdollarsPerIncident: number | null;
  /** Mean over incidents that used a model with a price; null without any. */
  readonly microdollarsPerAsked: number | null;
  readonly tokensPerAsked: number | null;
  readonly byModel: readonly { readonly modelId: string; readonly asked: number; readonly microdollars: number }[];
}

const ratio = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);

function byModel(spent: readonly Spending[]): CostReport['byModel'] {
  const models = new Map<string, { asked: number; microdollars: number }>();
  for (const { modelId, microdollars } of spent) {
    const known = models.get(modelId) ?? { asked: 0, microdollars: 0 };
    models.set(modelId, { asked: known.asked + 1, microdollars: known.microdollars + (microdollars ?? 0) });
  }
  return [...models].map(([modelId, sums]) => ({ modelId, ...sums })).sort((a, b) => b.microdollars - a.microdollars);
}

/**
 * A later attempt without a diagnosis of its own shows the previous one: equal spending of two attempts is counted
 * once.
 */
function spendingsOf(ended: readonly Prediction[]): Spending[] {
  const known = new Map<string, Spending>();
  for (const { incidentId, ending } of ended) {
    const { spending = null } = ending ?? {};
    if (spending !== null) known.set(`${incidentId} ${JSON.stringify(spending)}`, spending);
  }
  return [...known.values()];
}

/** Cost of each incident. Attempts of one incident are one incident. */
export function costOf(predictions: readonly Prediction[]): CostReport {
  const ended = predictions.filter(({ ending }) => ending !== undefined);
  const spent = spendingsOf(ended);
  const sum = (part: (one: Spending) => number): number => spent.reduce((total, one) => total + part(one), 0);
  const priced = spent.filter(({ microdollars }) => microdollars !== null);
  const incidents = new Set(ended.map(({ incidentId }) => incidentId)).size;
  const microdollars = sum((one) => one.microdollars ?? 0);
  const tokens = sum((one) => one.inputTokens + one.outputTokens);
  const unpriced = spent.length - priced.length;
  return {
    incidents,
    asked: spent.length,
    inputTokens: sum((one) => one.inputTokens),
    cachedInputTokens: sum((one) => one.cachedInputTokens),
    outputTokens: sum((one) => one.outputTokens),
    microdollars,
    unpriced,
    microdollarsPerIncident: unpriced > 0 ? null : ratio(microdollars, incidents),
    microdollarsPerAsked: ratio(microdollars, priced.length),
    tokensPerAsked: ratio(tokens, spent.length),
    byModel: byModel(spent),
  };
}
