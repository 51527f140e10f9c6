import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';
import { Circumstances } from './circumstances/circumstances.ts';

/**
 * The decision of a planning round and its facts; written once per round of an incident's workflow, also when nothing
 * is done.
 */
export const PlanRecord = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  /** Status of the incident at that time. */
  attempt: z.number().int().positive(),
  /** Actions that this attempt had tried before. */
  round: z.number().int().nonnegative(),
  madeAt: z.iso.datetime(),
  /** `hold`: an experiment leaves the failure alone for a while; the round's next plan follows. */
  decision: z.enum(['act', 'approve', 'suggest', 'escalate', 'recovered', 'hold']),
  actionId: z.string().nullable(),
  /** Digest of the sealed action; null when nothing may be executed. */
  digest: z.string().nullable(),
  /** Null when it continues an earlier execution's action. */
  circumstances: Circumstances.nullable(),
  /** Its experiment, if any. */
  exposure: z.strictObject({ experimentId: z.string(), variantId: z.string() }).nullable(),
  /** Earlier outcomes of the action in this scope; null when they were not looked up. */
  lastTimes: recordText().nullable(),
  /** Why the change was not tested in a sandbox although one is configured. */
  untried: recordText().nullable(),
  /** Set when only quarantined tests failed. */
  onlyQuarantined: recordText().nullable(),
});
export type PlanRecord = z.infer<typeof PlanRecord>;

/** The circumstances in which an action was planned; null where no plan has them. */
export function circumstancesOfPlan(plans: readonly PlanRecord[], digest: string): Circumstances | null {
  return plans.find((plan) => plan.digest === digest && plan.circumstances !== null)?.circumstances ?? null;
}
