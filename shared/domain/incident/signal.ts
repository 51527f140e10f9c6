import { canonicalJson } from '@selfheal/kernel/digest.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { ActionRequest } from './action-request.ts';
import { TargetContext } from './target-context.ts';

/**
 * Texts that outsiders can word: branch, title, workflow name, alarm reason. Redacted and cut where they arrive. For
 * display and evidence; no decision may depend on them.
 */
export const TaintedText = z.strictObject({
  title: recordText({ max: 300 }),
  branch: recordText({ max: 300 }).nullable(),
  /**
   * Keyed hash of the original branch name (`keyedHashOf`): equal for equal branches. Null where there is none or none
   * was stored.
   */
  branchKey: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .nullable()
    .default(null),
  reason: recordText({ max: 2000 }).nullable(),
});
export type TaintedText = z.infer<typeof TaintedText>;

/** One authenticated, parsed report about one target. Sent over the intake queue. */
export const Signal = z.strictObject({
  version: z.literal(1),
  /** GitHub's delivery GUID or EventBridge's event id: equal for re-deliveries of the same report. */
  deliveryId: z.string().min(1).max(200),
  /** Id of the source plug-in that created it. */
  source: z.string().max(40),
  kind: z.enum([
    'run-failed',
    'run-succeeded',
    /** Cancelled by somebody, or stopped by GitHub: see `completeSignal`. */
    'run-cancelled',
    'alarm-raised',
    'alarm-cleared',
    'reported',
    'action-requested',
  ]),
  /** ISO 8601 instant at which the sender says it happened. */
  occurredAt: z.iso.datetime({ offset: true }),
  target: TargetContext,
  tainted: TaintedText,
  /** Of `action-requested` only. */
  request: ActionRequest.optional(),
});
export type Signal = z.infer<typeof Signal>;

/**
 * Whether two targets are the same. The people behind a run are ignored: only plans that need an approval know them.
 */
export function isSameTarget(a: TargetContext, b: TargetContext): boolean {
  return canonicalJson(withoutPeople(a)) === canonicalJson(withoutPeople(b));
}

function withoutPeople(target: TargetContext): TargetContext {
  if (target.kind !== 'run') return target;
  const { people: _people, ...identity } = target;
  return identity;
}
