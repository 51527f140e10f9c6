import { isTransient } from '@selfheal/diagnosis/failure/verdict.ts';
import * as z from 'zod';
import type { ActionRecord } from '../plan/bound-action.ts';
import type { Prediction, Shown } from './prediction.ts';

/** What was claimed: the class of the failure, or whether it passes on a re-run. */
export const Claim = z.enum(['class', 'verdict']);
export type Claim = z.infer<typeof Claim>;

export interface Judgement {
  readonly claim: Claim;
  readonly right: boolean;
  /** Confidence with which it was said, 0 to 1. */
  readonly confidence: number;
  /** For a verdict: whether it said that the failure passes on a re-run. Null for a class. */
  readonly passes: boolean | null;
  /** When the truth became known. */
  readonly at: string;
}

/** What is known about one prediction so far. `abstained`: the truth is known, but nothing had been claimed. */
export type ScoredPrediction =
  | { kind: 'judged'; judgements: readonly [Judgement, ...Judgement[]] }
  | { kind: 'abstained' }
  | { kind: 'unknown' };

/** What the verified result of an action shows about the failure itself, besides whether it helped. */
export interface CauseProof {
  readonly recovered: Shown;
  readonly failed: Shown;
}

/**
 * What the last verified action showed about the failure: nothing where its verification was inconclusive. `proofOf`:
 * of an action, by its id; undefined when its result says nothing about the cause.
 */
export function shownBy(
  actions: readonly ActionRecord[],
  proofOf: (actionId: string) => CauseProof | undefined,
): { shown: Shown; by: string | null } {
  const decisive = actions.findLast(({ verified }) => verified === 'recovered' || verified === 'failed');
  const shows = decisive === undefined ? undefined : proofOf(decisive.actionId);
  if (
    decisive === undefined ||
    shows === undefined ||
    decisive.verified === null ||
    decisive.verified === 'advanced' ||
    decisive.inconclusive
  ) {
    return { shown: 'unknown', by: null };
  }
  const shown = shows[decisive.verified];
  return { shown, by: shown === 'unknown' ? null : decisive.actionId };
}

/** Compares a prediction with the truth: a person judges the class, a verified action the verdict. */
export function judge(prediction: Prediction): ScoredPrediction {
  const { correction, ending, confidence } = prediction;
  const judgements: Judgement[] = [];
  if (correction !== undefined && prediction.class !== 'unknown') {
    const right = prediction.class === correction.class;
    judgements.push({ claim: 'class', right, confidence, passes: null, at: correction.at });
  }
  const shown = ending?.shown ?? 'unknown';
  if (ending !== undefined && shown !== 'unknown' && prediction.verdict !== 'unknown') {
    const passes = isTransient(prediction.verdict);
    const right = passes === (shown === 'transient');
    judgements.push({ claim: 'verdict', right, confidence, passes, at: ending.at });
  }
  const [first, ...rest] = judgements;
  if (first !== undefined) return { kind: 'judged', judgements: [first, ...rest] };
  return correction === undefined && shown === 'unknown' ? { kind: 'unknown' } : { kind: 'abstained' };
}
