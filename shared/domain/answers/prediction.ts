import { FailureClass, Verdict } from '@selfheal/kernel/failure-class.ts';
import { FORMER_RUN_KIND } from '@selfheal/log-reading/logs/telemetry.ts';
import * as z from 'zod';

/** Used in place of the linear model's id where signatures decided alone because no model could be read. */
export const SIGNATURES_ALONE = 'signatures';

/** Usage of a language model for one incident. */
export const Spending = z.strictObject({
  provider: z.string().max(60),
  modelId: z.string().max(200),
  /** Digest of the prompt, or null when that was not stored. */
  prompt: z.string().max(64).nullable(),
  turns: z.number().int().nonnegative(),
  inputTokens: z.number().int().nonnegative(),
  cachedInputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  /** Null when the model has no price in the configuration. */
  microdollars: z.number().int().nonnegative().nullable(),
});
export type Spending = z.infer<typeof Spending>;

/** What a verified action showed about the failure: that it is transient, that it lasts, or nothing. */
export const Shown = z.enum(['transient', 'lasting', 'unknown']);
export type Shown = z.infer<typeof Shown>;

/** How the incident ended. Written once, by the workflow. */
export const Ending = z.strictObject({
  at: z.iso.datetime(),
  status: z.enum(['resolved', 'suggested', 'escalated', 'linked']),
  shown: Shown,
  /** Id of the action that showed it, or null. */
  by: z.string().max(60).nullable(),
  /** Null when no language model was asked. */
  spending: Spending.nullable(),
});
export type Ending = z.infer<typeof Ending>;

/** A person's correction. The latest one counts. */
export const Correction = z.strictObject({
  at: z.iso.datetime(),
  by: z.string().min(1).max(200),
  class: FailureClass.exclude(['unknown']),
});
export type Correction = z.infer<typeof Correction>;

/** When people were first told of the incident in its place: by a comment or a mail. */
export const Announced = z.strictObject({ at: z.iso.datetime(), channel: z.string().min(1).max(60) });
export type Announced = z.infer<typeof Announced>;

/** A resolved incident did not stay so: its failure came back before it counted as healed, or a person called the action wrong. */
export const Setback = z.strictObject({ at: z.iso.datetime(), kind: z.enum(['recurred', 'called-wrong']) });
export type Setback = z.infer<typeof Setback>;

/**
 * A classification as it was given, and its outcome. The optional parts are absent until known; a prediction without an outcome counts neither
 * as right nor as wrong.
 */
export const Prediction = z.strictObject({
  version: z.literal(1),
  incidentId: z.string().regex(/^[a-z0-9-]{8,60}$/),
  /** Of the workflow: a reopened incident is predicted again. */
  attempt: z.number().int().positive(),
  openedAt: z.iso.datetime(),
  /** When it was said. */
  at: z.iso.datetime(),
  kind: z.union([
    z.enum(['run', 'alarm', 'alert', 'storm', 'report']),
    z.literal(FORMER_RUN_KIND).transform((): 'run' => 'run'),
  ]),
  /** Where it happened, by ids that nobody can word: see `knowledgeScopeOf`. */
  scope: z.string().max(2000).nullable(),
  class: FailureClass,
  verdict: Verdict,
  confidence: z.number().min(0).max(1),
  /** Id of the signature that decided, or null. */
  signature: z.string().max(200).nullable(),
  /** Id of the linear model that was used, or `signatures`. */
  model: z.string().min(1).max(64),
  ending: Ending.optional(),
  correction: Correction.optional(),
  announced: Announced.optional(),
  setback: Setback.optional(),
});
export type Prediction = z.infer<typeof Prediction>;
