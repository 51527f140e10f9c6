import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';
import { FailureClass, Verdict } from '../incident/failure-class.ts';

/** Errors of all jobs of a run that have one root cause. Texts are redacted and tainted. */
export const CauseSummary = z.strictObject({
  cause: recordText({ min: 1, max: 500 }),
  class: FailureClass,
  verdict: Verdict,
  /** Calibrated probability that class and cause are right. */
  confidence: z.number().min(0).max(1),
  jobs: z
    .array(recordText({ min: 1, max: 200 }))
    .min(1)
    .max(100),
  /** What to do next: one sentence. */
  nextStep: recordText({ max: 500 }).nullable(),
});
export type CauseSummary = z.infer<typeof CauseSummary>;
