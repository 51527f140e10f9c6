import * as z from 'zod';
import { rateInterval } from '../../kernel/numbers/beta.ts';
import { FailureClass } from '../incident/failure-class.ts';
import { Circumstances } from '../policy/circumstances/circumstances.ts';

/** What verification found of an action that was executed for an incident, or what a person said of one. */
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
  /** The person who said so; without one, verification found it. */
  by: z.string().max(200).optional(),
  at: z.iso.datetime(),
  /** When its plan was made; outcomes before have none. */
  circumstances: Circumstances.optional(),
});
export type ActionOutcome = z.infer<typeof ActionOutcome>;

interface Counted {
  readonly helped: number;
  readonly failed: number;
}

/** Outcomes that those of other places are worth at most: what helps one service says something about another, not all. */
const ELSEWHERE_WEIGHT = 6;
/** Days after which an outcome counts half: systems change. */
const HALF_LIFE_DAYS = 60;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface ExperienceContext {
  readonly scope: string;
  readonly now: Date;
}

type Known = readonly Pick<ActionOutcome, 'scope' | 'verified' | 'at' | 'trusted'>[];

/**
 * Outcomes of one action against failures of one class, as they count in a scope: those of other scopes up to a limit, old ones less
 * (V. Raj and S. Kalyani, "Taming non-stationary bandits: a Bayesian approach", 2017).
 */
function experienceOf(outcomes: Known, { scope, now }: ExperienceContext): Counted {
  const own = { helped: 0, failed: 0 };
  const elsewhere = { helped: 0, failed: 0 };
  for (const outcome of outcomes) {
    const days = Math.max(0, now.getTime() - Date.parse(outcome.at)) / DAY_MS;
    const side = outcome.scope === scope ? own : elsewhere;
    side[outcome.verified === 'recovered' ? 'helped' : 'failed'] += 0.5 ** (days / HALF_LIFE_DAYS);
  }
  const known = elsewhere.helped + elsewhere.failed;
  const scale = known === 0 ? 0 : Math.min(known, ELSEWHERE_WEIGHT) / known;
  return { helped: own.helped + elsewhere.helped * scale, failed: own.failed + elsewhere.failed * scale };
}

/**
 * The confidence that policy weighs: the plug-in's own as long as outcomes do not contradict it, that is, while it lies within the 95%
 * interval of the rate at which the action helped; otherwise the nearest end of that. All outcomes may lower it, trusted ones alone raise it.
 */
export function learnedConfidence(proposed: number, outcomes: Known, context: ExperienceContext): number {
  const intervalOf = (known: Known) => {
    const { helped, failed } = experienceOf(known, context);
    return rateInterval(helped, helped + failed);
  };
  const [low] = intervalOf(outcomes.filter(({ trusted }) => trusted));
  const [, high] = intervalOf(outcomes);
  return Math.min(Math.max(proposed, low), high);
}
