import * as z from 'zod';
import { FailureClass } from '../failure/failure-class.ts';

/** What verification found of an action that was executed for an incident. */
export const ActionOutcome = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  /** Of the bound action: with the incident, it makes an outcome the same one when it is told twice. */
  digest: z.string(),
  class: FailureClass,
  /** Where: a repository or an alarm, as knowledge is kept. */
  scope: z.string(),
  actionId: z.string(),
  verified: z.enum(['recovered', 'failed']),
  /** An alarm, or a run of the default branch: nobody outside could stage it. What others can cause may lower a confidence, never raise it. */
  trusted: z.boolean(),
  at: z.iso.datetime(),
});
export type ActionOutcome = z.infer<typeof ActionOutcome>;

/** The chance that an action helps, as a beta distribution. */
export interface Benefit {
  readonly helped: number;
  readonly failed: number;
}

/** Outcomes that the plug-in's own confidence is worth. */
const PROPOSAL_WEIGHT = 2;
/** Outcomes that everything learned elsewhere is worth at most: what helps one service says something about another, not all. */
const ELSEWHERE_WEIGHT = 8;
/** Days after which an outcome counts half: systems change. */
const HALF_LIFE_DAYS = 60;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * What is known of an action against failures of one class in one scope: its outcomes there, over a prior made of the plug-in's
 * confidence and of outcomes elsewhere. Old outcomes fade (V. Raj and S. Kalyani, "Taming non-stationary bandits: a Bayesian approach",
 * 2017). `outcomes` are of this class and action.
 */
export function benefitOf(
  proposed: number,
  outcomes: readonly Pick<ActionOutcome, 'scope' | 'verified' | 'at'>[],
  { scope, now }: { readonly scope: string; readonly now: Date },
): Benefit {
  const own = { helped: 0, failed: 0 };
  const elsewhere = { helped: proposed * PROPOSAL_WEIGHT, failed: (1 - proposed) * PROPOSAL_WEIGHT };
  for (const outcome of outcomes) {
    const days = Math.max(0, now.getTime() - Date.parse(outcome.at)) / DAY_MS;
    const side = outcome.scope === scope ? own : elsewhere;
    side[outcome.verified === 'recovered' ? 'helped' : 'failed'] += 0.5 ** (days / HALF_LIFE_DAYS);
  }
  const known = elsewhere.helped + elsewhere.failed;
  const scale = Math.min(known, ELSEWHERE_WEIGHT) / known;
  return { helped: elsewhere.helped * scale + own.helped, failed: elsewhere.failed * scale + own.failed };
}

/** The expected chance that it helps. */
export function meanOf({ helped, failed }: Benefit): number {
  return helped / (helped + failed);
}
