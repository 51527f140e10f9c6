import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';
import { TargetContext } from './target-context.ts';

/**
 * Texts that outsiders can word: branch, title, workflow name, alarm reason. Redacted, then cut, where they arrive. Display and evidence
 * only; no decision may depend on them.
 */
export const TaintedText = z.strictObject({
  title: recordText({ max: 300 }),
  branch: recordText({ max: 300 }).nullable(),
  /** Keyed hash of the branch as it is called (`keyedHashOf`): equal for equal branches. Null where there is none, or none was kept. */
  branchKey: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .nullable()
    .default(null),
  reason: recordText({ max: 2000 }).nullable(),
});
export type TaintedText = z.infer<typeof TaintedText>;

/** Something arrived: one authenticated, parsed report about one target. Travels over the intake queue. */
export const Signal = z.strictObject({
  version: z.literal(1),
  /** GitHub's delivery GUID or EventBridge's event id: equal for re-deliveries of the same report. */
  deliveryId: z.string().min(1).max(200),
  /** Id of the source plug-in that made it. */
  source: z.string().max(40),
  kind: z.enum(['run-failed', 'run-succeeded', 'alarm-raised', 'alarm-cleared']),
  /** ISO 8601 instant at which the sender says it happened. */
  occurredAt: z.iso.datetime({ offset: true }),
  target: TargetContext,
  tainted: TaintedText,
});
export type Signal = z.infer<typeof Signal>;
