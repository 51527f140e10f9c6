import * as z from 'zod';
import type { Prediction, Spending } from './prediction.ts';

/** Usage of language models over ended incidents. Money in microdollars (a millionth of a US dollar). */
export const CostReport = z.object({
  /** Ended incidents; the cost is spread over all of them. */
  incidents: z.number().int(),
  asked: z.number().int().meta({ description: 'Incidents for which a language model was asked.' }),
  inputTokens: z.number().int(),
  cachedInputTokens: z.number().int(),
  outputTokens: z.number().int(),
  microdollars: z.number(),
  unpriced: z.number().int().meta({ description: 'Incidents whose model has no price: not in the sums.' }),
  /** Mean over all ended incidents; null without any, or when a price is missing for one. */
  microdollarsPerIncident: z.number().nullable(),
  /** Mean over incidents that used a model with a price; null without any. */
  microdollarsPerAsked: z.number().nullable(),
  tokensPerAsked: z.number().nullable(),
  byModel: z.array(z.object({ modelId: z.string(), asked: z.number().int(), microdollars: z.number() })).readonly(),
});
export type CostReport = z.infer<typeof CostReport>;

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
