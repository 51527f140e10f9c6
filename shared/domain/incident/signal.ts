import * as z from 'zod';
import { TargetContext } from './target-context.ts';

/**
 * Texts that outsiders can word: branch, title, workflow name, alarm reason. Display and evidence only;
 * no decision may depend on them. Cut to 300 characters at ingest.
 */
export const TaintedText = z.strictObject({
  title: z.string().max(300),
  branch: z.string().max(300).nullable(),
  reason: z.string().max(2000).nullable(),
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
