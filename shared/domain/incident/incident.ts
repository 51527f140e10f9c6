import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';
import { Classification } from './failure-class.ts';
import { Signal, TaintedText } from './signal.ts';
import { TargetContext } from './target-context.ts';

/** How an incident ended, or that it has not. `healed`: resolved, and stayed away; `grouped`: member of a storm; `linked`: same failure as `parentId`. */
export const IncidentStatus = z.enum(['open', 'resolved', 'healed', 'suggested', 'escalated', 'linked', 'grouped']);
export type IncidentStatus = z.infer<typeof IncidentStatus>;

/** Something we own: one failure from its first signal to its end. */
export const Incident = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[a-z0-9-]{8,60}$/),
  status: IncidentStatus,
  target: TargetContext,
  /** Hash of what makes two failures "the same place": see `intakeKeyOf`. */
  intakeKey: z.string(),
  tainted: TaintedText,
  source: Signal.shape.source,
  /** Executions of the workflow started so far; the current one is named `<id>-<attempt>`. */
  attempt: z.number().int().positive(),
  /** Signals that were grouped into it, re-deliveries left out. */
  occurrences: z.number().int().positive(),
  /** Highest `runAttempt` known (1 for alarms): a signal about an attempt we know is old news. */
  runAttempt: z.number().int().positive(),
  parentId: z.string().nullable(),
  classification: Classification.nullable(),
  /** One line for people: why it ended as it did. */
  outcomeReason: recordText({ max: 2000 }).nullable(),
  openedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Incident = z.infer<typeof Incident>;
