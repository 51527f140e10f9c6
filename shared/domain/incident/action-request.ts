import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { ExecutorSize } from './executor-size.ts';

const Name = z.string().min(1).max(320);

/**
 * That somebody asked for one action. It chooses among the actions that fit the target as they are; it widens nothing: policy, approval, guard,
 * verification and undo are those of every other plan.
 */
export const ActionRequest = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** Id of the action plug-in. */
  actionId: z.string().min(1).max(100),
  /** Of an action that scales: how many there should be; null: as many more as its remedy adds at a time. */
  to: z.number().int().min(1).max(10_000).nullable(),
  /** Of Spark executors: their size. */
  executors: ExecutorSize.optional(),
  /** Who asked, as the API authenticated them. */
  by: z.string().min(1).max(200),
  /** Every name of that person, as `Identifier`s, in older records bare: nobody approves what they asked for themselves. */
  names: z.array(Name).max(30),
  at: z.iso.datetime(),
  reason: recordText({ max: 1000 }).nullable(),
  /** The incident about whose target they asked; null: about a service. */
  incidentId: z.string().nullable(),
  /** Name of the alert on a metric that asked, in place of a person: a person always has to approve. */
  alert: z.string().max(100).optional(),
});
export type ActionRequest = z.infer<typeof ActionRequest>;

/** What plans and proposals need of it. */
export type RequestedAction = Pick<ActionRequest, 'actionId' | 'to' | 'executors'>;
