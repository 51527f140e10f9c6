import * as z from 'zod';

const Metric = z.strictObject({
  name: z.string().max(200),
  value: z.number(),
  cases: z.number().int(),
  interval: z.tuple([z.number(), z.number()]).optional(),
});

/** Origin of a model's numbers: `shared/data/models/failure.provenance.json`. Contains no text of any log. */
export const Provenance = z.strictObject({
  version: z.literal(1),
  /** The model's id. */
  model: z.string().regex(/^[0-9a-f]{16}$/),
  trainedAt: z.iso.datetime(),
  parameters: z.record(z.string(), z.number()),
  sources: z.array(z.strictObject({ source: z.string(), cases: z.number().int(), groups: z.number().int() })),
  /** Digest of all cases. */
  data: z.string().max(64),
  /** On repositories that were held back. */
  metrics: z.array(Metric).max(200),
  /** Digests of the training logs, 16 digits each, joined. */
  learned: z.string(),
  /**
   * The answer to each of them while it was held back, in the same order: see `encodeAnswers`. Older versions have
   * none.
   */
  answers: z.string().optional(),
  /**
   * For a version adapted from another: that other one, and its answers to the newer failures, in the same order. It
   * had not learned from them either, so the two can be compared.
   */
  adapts: z.strictObject({ model: z.string().regex(/^[0-9a-f]{16}$/), answers: z.string() }).optional(),
});
export type Provenance = z.infer<typeof Provenance>;

/** A figure of the report: how many answers of a claim were right. */
export const PROMISES = {
  class: 'all: right when it answered',
  /** Re-runs only judge failures that were said to pass: the promise is about these alone. */
  verdict: 'passes when run again: right when it said so',
} as const;

/** Right answers by claim, as the report counted them; null where it has no such figure. */
export function promisedBy({ metrics }: Pick<Provenance, 'metrics'>) {
  const promise = (name: string): { hits: number; cases: number } | null => {
    const metric = metrics.find((one) => one.name === name);
    return metric === undefined ? null : { hits: Math.round(metric.value * metric.cases), cases: metric.cases };
  };
  return { class: promise(PROMISES.class), verdict: promise(PROMISES.verdict) };
}
