import { type Candidate, HUMAN, noRiskierThan } from './candidates.ts';

export type Choice =
  /** `best` is what code ranks first; the decision about `candidate` may not be bolder than the one about `best`. */
  { kind: 'chosen'; candidate: Candidate; best: Candidate } | { kind: 'human'; reason: string } | { kind: 'none' };

/**
 * What to do of the ranked candidates. A model's choice can only lower autonomy: it may pick another one that is not riskier, or ask
 * for a human. A label that is not in the list is an answer we do not trust: a human. Null: no model was asked.
 */
export function chooseCandidate(candidates: readonly Candidate[], choice: string | null): Choice {
  const best = candidates[0];
  if (choice === HUMAN) return { kind: 'human', reason: 'The language model advises against every listed action.' };
  if (best === undefined) return { kind: 'none' };
  if (choice === null) return { kind: 'chosen', candidate: best, best };
  const candidate = candidates.find(({ label }) => label === choice);
  if (candidate === undefined) {
    return { kind: 'human', reason: 'The language model chose something that is not among the listed actions.' };
  }
  if (!noRiskierThan(candidate.risk, best.risk)) {
    return { kind: 'human', reason: 'The language model chose a riskier action than the one that fits best.' };
  }
  return { kind: 'chosen', candidate, best };
}
