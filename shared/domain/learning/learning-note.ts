import { digestOf } from '@selfheal/kernel/digest.ts';
import * as z from 'zod';

/** One entry of the append-only log of learning: who changed which pattern, and why. */
export const LearningNote = z.strictObject({
  version: z.literal(1),
  scope: z.string().min(1).max(400),
  at: z.iso.datetime(),
  by: z.string().max(200),
  event: z.enum([
    'pattern.learned',
    'pattern.refused',
    'pattern.written',
    'pattern.edited',
    'pattern.restored',
    'pattern.adjusted',
    'pattern.approved',
    'pattern.retired',
    'pattern.merged',
    'pattern.absorbed',
    'pattern.imported',
    'pattern.rolled-back',
    'patterns.exported',
  ]),
  patternId: z.string().max(12).nullable(),
  reason: z.string().max(300),
});
export type LearningNote = z.infer<typeof LearningNote>;

/** Equal for a note that is written again. */
export function noteIdOf({ event, patternId, by, reason }: LearningNote): string {
  return digestOf([event, patternId ?? '', by, reason].join('\n'), 12);
}
