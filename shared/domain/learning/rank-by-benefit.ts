import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Candidate } from '../plan/candidates.ts';
import { type ActionOutcome, learnedConfidence } from './action-experience.ts';
import { type Expectation, type ExpectationContext, expectBenefits } from './expected-benefit.ts';

/**
 * Standard deviations above the expected chance for which a low-risk action is tried: little exploration, because every
 * try is a real incident (an index like that of E. Kaufmann, O. Cappé and A. Garivier, "On Bayesian upper confidence
 * bounds for bandit problems", 2012).
 */
const OPTIMISM = 0.6;

export interface RankContext extends ExpectationContext {
  readonly class: FailureClass;
}

/** A candidate with its learned confidence and its expected chance to help. */
export interface RankedCandidate extends Candidate {
  readonly expected: number;
}

interface RankedAction {
  readonly candidate: RankedCandidate;
  readonly hoped: number;
}

/**
 * Candidates by expected benefit from verified outcomes, best first. Among low-risk actions the first is the one that
 * may help most, so that a better one is found in time (actions that do not fit are no candidates). A riskier action
 * comes first only when it is expected to help most; it is never explored. Without outcomes of this class the order
 * stays. Deterministic.
 */
export function rankByBenefit(
  candidates: readonly Candidate[],
  outcomes: readonly ActionOutcome[],
  context: RankContext,
): readonly RankedCandidate[] {
  const relevant = outcomes.filter((outcome) => outcome.class === context.class);
  if (relevant.length === 0) return candidates.map((one) => ({ ...one, expected: one.confidence }));
  const own = candidates.map(({ actionId }) => relevant.filter((outcome) => outcome.actionId === actionId));
  const expectations = expectBenefits(
    candidates.map(({ confidence }, at) => ({ stated: confidence, outcomes: own[at] ?? [] })),
    context,
  );
  const judged = candidates
    .flatMap((candidate, at) => {
      const expectation = expectations[at];
      return expectation === undefined ? [] : judge(candidate, own[at] ?? [], expectation, context);
    })
    .sort((a, b) => b.candidate.expected - a.candidate.expected);
  return hopefulFirst(judged).map(({ candidate }) => candidate);
}

function judge(
  candidate: Candidate,
  outcomes: readonly ActionOutcome[],
  { mean, deviation }: Expectation,
  context: RankContext,
): RankedAction {
  const confidence = learnedConfidence(candidate.confidence, outcomes, context);
  const ranked = { ...candidate, confidence, expected: mean, proof: proofOf(outcomes) };
  return { candidate: ranked, hoped: mean + OPTIMISM * deviation };
}

function proofOf(outcomes: readonly ActionOutcome[]): { helped: number; cases: number } {
  const counted = outcomes.filter(({ trusted, verified }) => trusted || verified === 'failed');
  return { helped: counted.filter(({ verified }) => verified === 'recovered').length, cases: counted.length };
}

function hopefulFirst(judged: readonly RankedAction[]): readonly RankedAction[] {
  const [best] = judged;
  if (best?.candidate.risk !== 'low') return judged;
  const first = judged
    .filter(({ candidate }) => candidate.risk === 'low')
    .reduce((most, other) => (other.hoped > most.hoped ? other : most));
  return [first, ...judged.filter((one) => one !== first)];
}
