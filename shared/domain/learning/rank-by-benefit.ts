import type { FailureClass } from '../failure/failure-class.ts';
import { digestOf } from '../kernel/digest.ts';
import { numbersFrom } from '../kernel/seeded-numbers.ts';
import type { Candidate } from '../remediation/candidates.ts';
import { type ActionOutcome, type Benefit, benefitOf, learnedConfidence, meanOf } from './action-experience.ts';
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

/** A candidate with the confidence that was learned, and the chance to help that is expected of it. */
export interface RankedCandidate extends Candidate {
  readonly expected: number;
}

interface Judged {
  readonly candidate: RankedCandidate;
  readonly benefit: Benefit;
}

/**
 * Candidates by expected benefit from verified outcomes, best first. Among actions of low risk the first is drawn (contextual Thompson
 * sampling: W. R. Thompson, 1933; what does not fit is no candidate), so that a better one is found in time. An action of higher risk
 * comes first only when it is expected to help most; it is never explored. Without outcomes of this class the order stays.
 */
export function rankByBenefit(
  candidates: readonly Candidate[],
  outcomes: readonly ActionOutcome[],
  context: RankContext,
): readonly RankedCandidate[] {
  const relevant = outcomes.filter((outcome) => outcome.class === context.class);
  if (relevant.length === 0) return candidates.map((one) => ({ ...one, expected: one.confidence }));
  const judged = candidates
    .map((candidate) => judge(candidate, relevant, context))
    .sort((a, b) => b.candidate.expected - a.candidate.expected);
  return drawnFirst(judged, context).map(({ candidate }) => candidate);
}

function judge(candidate: Candidate, outcomes: readonly ActionOutcome[], context: RankContext): Judged {
  const own = outcomes.filter(({ actionId }) => actionId === candidate.actionId);
  const benefit = benefitOf(candidate.confidence, own, context);
  const confidence = learnedConfidence(candidate.confidence, own, context);
  return { candidate: { ...candidate, confidence, expected: meanOf(benefit), proof: proofOf(own) }, benefit };
}

function proofOf(outcomes: readonly ActionOutcome[]): { helped: number; cases: number } {
  const counted = outcomes.filter(({ trusted, verified }) => trusted || verified === 'failed');
  return { helped: counted.filter(({ verified }) => verified === 'recovered').length, cases: counted.length };
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
