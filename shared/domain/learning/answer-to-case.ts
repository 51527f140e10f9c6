import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { FailureModel } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import type { TrainingCase } from '@selfheal/diagnosis/failure/model/train.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';

/** Whether a verdict means that the failure passes on a re-run. */
export function saysPasses({ verdict }: Pick<Classification, 'verdict'>): boolean {
  return verdict === 'flaky' || verdict === 'infrastructure';
}

export interface AnswerToCase {
  readonly answer: Classification;
  /** Whether the class was right. */
  readonly right: boolean;
  /** Whether it was right about passing on a re-run; null where that is unknown or nothing was said. */
  readonly verdictRight: boolean | null;
}

/** Answer of a model to a labelled failure that it has not learned from. */
export function answerToCase(
  one: TrainingCase,
  model: FailureModel | undefined,
  signatures: SignatureSet,
): AnswerToCase {
  const answer = classify(one.evidence, { signatures, model });
  const isClear = one.transient !== null && answer.verdict !== 'unknown';
  return {
    answer,
    right: answer.class === one.class || one.accepted.includes(answer.class),
    verdictRight: isClear ? saysPasses(answer) === one.transient : null,
  };
}
