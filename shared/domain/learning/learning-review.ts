import * as z from 'zod';

/** What a review of learning does. Nothing of it lets a pattern do more than its outcomes allow. */
export const ReviewAction = z.enum(['update_confidence', 'prune_ineffective_patterns', 'suggest_new_patterns']);
export type ReviewAction = z.infer<typeof ReviewAction>;

/** When learning is reviewed, by itself, and what is done then. */
export const LearningReview = z.strictObject({
  everyDays: z.number().int().min(1).max(90),
  actions: z
    .array(ReviewAction)
    .min(1)
    .max(ReviewAction.options.length)
    .refine((all) => new Set(all).size === all.length, 'Names an action twice'),
  /** For whom the mail is; it reaches the subscribers of the deployment's topic. */
  recipient: z.email().max(200).nullable().default(null),
});
export type LearningReview = z.infer<typeof LearningReview>;

/** Reviews are started by a schedule of half hours; one that is due within that time is not put off to the next. */
const TOLERANCE_MILLISECONDS = 15 * 60_000;
const DAY_MILLISECONDS = 24 * 60 * 60_000;

/** Whether a review is due. `last`: ISO 8601 instant of the last one; null before the first. */
export function isReviewDue({ everyDays }: Pick<LearningReview, 'everyDays'>, last: string | null, now: Date): boolean {
  if (last === null) return true;
  return now.getTime() - Date.parse(last) >= everyDays * DAY_MILLISECONDS - TOLERANCE_MILLISECONDS;
}
