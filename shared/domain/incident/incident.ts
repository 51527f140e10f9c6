import { Classification } from '@selfheal/kernel/failure-class.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { ActionRequest } from './action-request.ts';
import { Annotations } from './annotations.ts';
import { Signal, TaintedText } from './signal.ts';
import { TargetContext } from './target-context.ts';

/**
 * How an incident ended, or `open`. `healed`: resolved and stayed away; `grouped`: member of a storm; `linked`: same
 * failure as `parentId`.
 */
export const IncidentStatus = z.enum(['open', 'resolved', 'healed', 'suggested', 'escalated', 'linked', 'grouped']);
export type IncidentStatus = z.infer<typeof IncidentStatus>;

/** One failure that Selfheal owns, from its first signal to its end. */
export const Incident = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[a-z0-9-]{8,60}$/),
  /** A small number for people, its own for good; absent in records from before incidents were numbered. */
  number: z.number().int().positive().optional(),
  status: IncidentStatus,
  target: TargetContext,
  /** Hash of the place of the failure: see `intakeKeyOf`. */
  intakeKey: z.string(),
  tainted: TaintedText,
  source: Signal.shape.source,
  /** Executions of the workflow started so far; the current one is named `<id>-<attempt>`. */
  attempt: z.number().int().positive(),
  /** Signals that were grouped into it, without re-deliveries. */
  occurrences: z.number().int().positive(),
  /** Highest known `runAttempt` (1 for alarms); signals about earlier attempts are stale. */
  runAttempt: z.number().int().positive(),
  /** Whether a signal reopened it for this attempt. */
  reopened: z.boolean(),
  /** How often its workflow was restarted because it had died. */
  restarts: z.number().int().nonnegative(),
  /** That the failure had been resolved before and came back; null when it had not. */
  recurrence: z
    .strictObject({
      /** The incident in which it was resolved. */
      earlier: z.string(),
      /** How long it stayed away, in words. */
      away: z.string(),
      /** The action that had helped; null when it recovered by itself. */
      actionId: z.string().nullable(),
      /** When something was deployed after the resolution, which undid the action; absent when nothing was. */
      deployedAt: z.iso.datetime({ offset: true }).optional(),
    })
    .nullable(),
  parentId: z.string().nullable(),
  classification: Classification.nullable(),
  /** One line for people: why it ended as it did. */
  outcomeReason: recordText({ max: 2000 }).nullable(),
  /** What failed and why, in one line of the latest diagnosis; absent before the first plan and in older records. Tainted. */
  summary: recordText({ max: 400 }).optional(),
  /** When a signal was last grouped into it; absent while there was only the first. */
  lastSeenAt: z.iso.datetime().optional(),
  /** Requests that each step sent to GitHub so far, in all attempts; absent in records from before they were counted. */
  githubRequests: z.record(z.string().max(40), z.number().int().nonnegative()).optional(),
  /** What people wrote about it; absent until somebody does. */
  annotations: Annotations.optional(),
  /** Of an incident that exists because somebody asked for an action. */
  request: ActionRequest.optional(),
  openedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Incident = z.infer<typeof Incident>;

/** How an incident ended, as told to people. */
export const Ending = z.enum(['resolved', 'suggested', 'escalated']);
export type Ending = z.infer<typeof Ending>;

/**
 * A record that people were notified about one thing through one channel. A repeat with the same key on the same
 * channel is skipped.
 */
export const Notification = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  channel: z.string().min(1).max(100),
  key: z.string().min(1).max(200),
  at: z.iso.datetime(),
  /** Digest of what a mail said, so that an identical next one can be skipped; null on other channels. */
  gist: z
    .strictObject({ ending: Ending, fingerprint: z.string().nullable(), actions: z.number().int().nonnegative() })
    .nullable(),
});
export type Notification = z.infer<typeof Notification>;
