import type { FailureClass } from '../failure/failure-class.ts';
import { digestOf } from '../kernel/digest.ts';
import { numbersFrom } from '../kernel/seeded-numbers.ts';
import type { Candidate } from '../remediation/candidates.ts';
import { type ActionOutcome, type Benefit, benefitOf, meanOf } from './action-experience.ts';
import { sampleOf } from './beta-sample.ts';

/**
 * How much surer than the outcomes make it a draw is: less exploration, because every try is somebody's incident (O. Chapelle and L. Li,
 * "An empirical evaluation of Thompson sampling", 2011, "posterior reshaping").
 */
const SHARPNESS = 8;

export interface RankContext {
  readonly class: FailureClass;
  readonly scope: string;
  readonly now: Date;
  /** The incident's id: a plan that is made again ranks the same. */
  readonly seed: string;
}

interface Judged {
  /** With the confidence that was learned. */
  readonly candidate: Candidate;
  readonly benefit: Benefit;
}

/**
 * Candidates by expected benefit from verified outcomes, best first; their confidence becomes the expected chance to help, and is above
 * the plug-in's own only as far as trusted outcomes carry it. Among actions
 * of low risk the first is drawn (contextual Thompson sampling: W. R. Thompson, 1933; what does not fit is no candidate), so that a
 * better one is found in time. An action of higher risk comes first only when it is expected to help most; it is never explored.
 * `outcomes` are of this class.
 */
export function rankByBenefit(
  candidates: readonly Candidate[],
  outcomes: readonly ActionOutcome[],
  context: RankContext,
): readonly Candidate[] {
  const relevant = outcomes.filter((outcome) => outcome.class === context.class);
  if (relevant.length === 0) return candidates;
  const judged = candidates
    .map((candidate) => judge(candidate, relevant, context))
    .sort((a, b) => meanOf(b.benefit) - meanOf(a.benefit));
  return drawnFirst(judged, context).map(({ candidate }) => candidate);
}

function judge(candidate: Candidate, outcomes: readonly ActionOutcome[], context: RankContext): Judged {
  const own = outcomes.filter(({ actionId }) => actionId === candidate.actionId);
  const { confidence } = candidate;
  const benefit = benefitOf(confidence, own, context);
  const trusted = benefitOf(
    confidence,
    own.filter((outcome) => outcome.trusted),
    context,
  );
  const learned = Math.min(meanOf(benefit), Math.max(confidence, meanOf(trusted)));
  return { candidate: { ...candidate, confidence: learned }, benefit };
}

function drawnFirst(judged: readonly Judged[], { seed }: RankContext): readonly Judged[] {
  if (judged[0]?.candidate.risk !== 'low') return judged;
  const random = numbersFrom(Number.parseInt(digestOf(seed, 8), 16));
  const draws = judged
    .filter(({ candidate }) => candidate.risk === 'low')
    .map((one) => ({ one, draw: sampleOf(sharpened(one.benefit), random) }));
  const { one: first } = draws.reduce((best, other) => (other.draw > best.draw ? other : best));
  return [first, ...judged.filter((one) => one !== first)];
}

const sharpened = ({ helped, failed }: Benefit): Benefit => ({
  helped: helped * SHARPNESS,
  failed: failed * SHARPNESS,
});
