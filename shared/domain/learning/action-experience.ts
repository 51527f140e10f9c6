import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { rateInterval } from '@selfheal/kernel/numbers/beta.ts';
import * as z from 'zod';
import { Circumstances } from '../policy/circumstances/circumstances.ts';

/** Result of the verification of an action that was executed for an incident, or a person's judgement of one. */
export const ActionOutcome = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  /** Of the bound action; together with the incident it identifies an outcome that is reported twice. */
  digest: z.string(),
  class: FailureClass,
  /** Where: a repository or an alarm, in the same form as for knowledge. */
  scope: z.string(),
  actionId: z.string(),
  verified: z.enum(['recovered', 'failed']),
  /**
   * From an alarm or a run of the default branch, which nobody outside can stage. What outsiders can cause may lower a
   * confidence, never raise it.
   */
  trusted: z.boolean(),
  /** It helped, and the failure came back before it counted as healed. Absent otherwise, and in older outcomes. */
  cameBack: z.literal(true).optional(),
  /** The person whose judgement it is; absent when verification found it. */
  by: z.string().max(200).optional(),
  at: z.iso.datetime(),
  /** Whether it was undone, because it did not help. Absent in older outcomes. */
  undone: z.boolean().optional(),
  /** From its intent to the end of the incident; of what helped. Absent in older outcomes. */
  secondsToRecover: z.number().nonnegative().optional(),
  /** Circumstances when its plan was made; older outcomes have none. */
  circumstances: Circumstances.optional(),
});
export type ActionOutcome = z.infer<typeof ActionOutcome>;

interface Counted {
  readonly helped: number;
  readonly failed: number;
}

/** Maximum weight of outcomes from other scopes: what helps one service is only weak evidence for another. */
const ELSEWHERE_WEIGHT = 6;
/** Days after which an outcome counts half, because systems change. */
const HALF_LIFE_DAYS = 60;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface ExperienceContext {
  readonly scope: string;
  readonly now: Date;
}

type Known = readonly Pick<ActionOutcome, 'scope' | 'verified' | 'at' | 'trusted'>[];

/**
 * Outcomes of one action for failures of one class, weighted for a scope: those of other scopes up to a limit, old ones
 * less (V. Raj and S. Kalyani, "Taming non-stationary bandits: a Bayesian approach", 2017).
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
 * The confidence that policy uses: the plug-in's own while it lies within the 95% interval of the rate at which the
 * action helped, otherwise the nearest end of that interval. All outcomes may lower it, only trusted ones raise it.
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

type LastTime = Pick<ActionOutcome, 'actionId' | 'scope' | 'verified' | 'at' | 'incidentId' | 'by' | 'cameBack'>;

/** Begins the sentence where an action has no outcome yet. */
const UNTRIED = 'It has not been tried here';

/** Whether a sentence of `lastTimesWords` tells of outcomes. */
export const tellsOutcomes = (words: string | null): boolean => words !== null && !words.startsWith(UNTRIED);

/**
 * Earlier outcomes of an action for this class of failure in this scope, in one or two sentences for the approver: how
 * often verification found that it helped, and how often a person decided against it. Outcomes of other scopes are not
 * shown.
 */
export function lastTimesWords(
  outcomes: readonly LastTime[],
  { actionId, scope }: { readonly actionId: string; readonly scope: string | null },
): string {
  const own = outcomes
    .filter((outcome) => outcome.actionId === actionId && outcome.scope === scope)
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  const said = [triedWords(own.filter(({ by }) => by === undefined)), againstWords(own.filter(({ by }) => by))];
  return said.filter((words) => words !== '').join(' ') || `${UNTRIED} on this kind of failure.`;
}

function triedWords(tried: readonly LastTime[]): string {
  const [newest] = tried;
  if (newest === undefined) return '';
  const helped = tried.filter(({ verified, cameBack }) => verified === 'recovered' || cameBack === true).length;
  const ended = newest.cameBack
    ? 'it helped, and the failure came back'
    : newest.verified === 'recovered'
      ? 'it helped'
      : 'it did not help';
  const last = `incident ${newest.incidentId} on ${newest.at.slice(0, 10)}: ${ended}`;
  if (tried.length === 1) return `It was tried here once on this kind of failure, in ${last}.`;
  return `It helped in ${helped} of the ${tried.length} times it was tried here on this kind of failure, the last time in ${last}.`;
}

function againstWords(against: readonly LastTime[]): string {
  const [newest] = against;
  if (newest === undefined) return '';
  const times = against.length === 1 ? 'once' : `${against.length} times, the last time`;
  return `People decided against it ${times} on ${newest.at.slice(0, 10)}, in incident ${newest.incidentId}.`;
}
