import * as z from 'zod';
import { FAMILY_OF } from './failure-family.ts';

export { FAMILY_OF };

export type FailureClass = keyof typeof FAMILY_OF;
export const FailureClass = z.enum(Object.keys(FAMILY_OF) as [FailureClass, ...FailureClass[]]);

/** Decides between re-run and fix: flaky, a regression of the code, the infrastructure, or unknown. */
export const Verdict = z.enum(['flaky', 'regression', 'infrastructure', 'unknown']);
export type Verdict = z.infer<typeof Verdict>;

/** Whether waiting or repeating can help. A question of its own: of one class, some failures pass and others last. */
export const Chance = z.enum(['may-pass', 'lasts', 'unknown']);
export type Chance = z.infer<typeof Chance>;

/** One of several things that failed together. */
export const Failure = z.strictObject({
  /** The test or job, or the place of a compiler's finding. Tainted. */
  name: z.string().min(1).max(200),
  /** The job it failed in; null when it is the job itself. Tainted. */
  job: z.string().max(200).nullable(),
  /** What it expected and got, or its error, in one line; null when the log does not say. Tainted. */
  says: z.string().max(300).nullable(),
  /** Whether it may pass on a re-run, judged by its text. */
  chance: Chance,
  /** The evidence line that names it. */
  ref: z.string().max(20).nullable(),
});
export type Failure = z.infer<typeof Failure>;

/** The result of classifying a failure's evidence. */
export const Classification = z.strictObject({
  class: FailureClass,
  verdict: Verdict,
  /** Whether waiting or repeating can help; absent in older records: see `chanceOf`. */
  chance: Chance.optional(),
  /** 0 to 1. */
  confidence: z.number().min(0).max(1),
  alternatives: z.array(z.strictObject({ class: FailureClass, confidence: z.number().min(0).max(1) })).max(5),
  /** Id of the signature that decided, or null. */
  signature: z.string().nullable(),
  /** Hash of the masked error template (16 hexadecimal digits), or null when no error line was found. */
  fingerprint: z.string().nullable(),
  /** Refs of the evidence lines that decided (`L12`). */
  evidence: z.array(z.string()).max(20),
  /** Each of several failures, lasting ones first, and their total number; absent when only one thing failed. */
  failures: z.strictObject({ count: z.number().int().positive(), list: z.array(Failure).max(20) }).optional(),
  /** What the run's history shows; absent when nothing is known. */
  history: z
    .strictObject({
      /** Logarithm of the Bayes factor "passes when re-run" against "lasts". */
      support: z.number(),
      passedOnSameCommit: z.boolean(),
      /** Plain words with counts; names of tests in them are tainted. */
      reasons: z.array(z.string().max(300)).max(6),
    })
    .optional(),
});
export type Classification = z.infer<typeof Classification>;

/** Whether waiting or repeating can help; of older records as their verdict says. */
export function chanceOf({
  chance,
  verdict,
}: {
  readonly chance?: Chance | undefined;
  readonly verdict: Verdict;
}): Chance {
  if (chance !== undefined) return chance;
  if (verdict === 'regression') return 'lasts';
  return verdict === 'unknown' ? 'unknown' : 'may-pass';
}
