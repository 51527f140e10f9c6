import { calibrationError, f1Of } from '@selfheal/cli-kit/figures/class-measures.ts';
import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { groupBy, proportion, statisticFigure } from '@selfheal/cli-kit/figures/figures.ts';
import type { TrainingResult } from '@selfheal/diagnosis/failure/model/train.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { type AnswerToCase, answerToCase, saysPasses } from '#shared/domain/learning/answer-to-case.ts';
import { PROMISES } from '#shared/domain/learning/provenance.ts';
import type { LabelledCase } from './labelled-case.ts';

/** The answer to a case by a model that was trained without its repository. */
export interface HeldOutAnswer extends AnswerToCase {
  readonly case: LabelledCase;
}

const PASSES = 'transient';

export function heldOutAnswers(
  cases: readonly LabelledCase[],
  trained: TrainingResult,
  signatures: SignatureSet,
): HeldOutAnswer[] {
  return cases.map((one) => ({ case: one, ...answerToCase(one, trained.heldOut(one), signatures) }));
}

function classFigures(name: string, all: readonly HeldOutAnswer[]): Figure[] {
  const answered = all.filter(({ answer }) => answer.class !== 'unknown');
  return [
    ...proportion(`${name}: right class`, all.filter(({ right }) => right).length, all.length),
    ...proportion(`${name}: right when it answered`, answered.filter(({ right }) => right).length, answered.length),
    ...statisticFigure(
      `${name}: calibration error of answers`,
      answered,
      (one) => one.case.group,
      (members) => calibrationError(members.map(({ answer, right }) => ({ confidence: answer.confidence, right }))),
    ),
  ];
}

function verdictFigures(all: readonly HeldOutAnswer[]): Figure[] {
  const labelled = all.flatMap(({ case: one, answer }) => {
    if (one.transient === null) return [];
    return [
      { group: one.group, actual: one.transient ? PASSES : 'lasting', answer: saysPasses(answer) ? PASSES : 'lasting' },
    ];
  });
  const judged = all.filter(({ verdictRight, answer }) => verdictRight !== null && saysPasses(answer));
  return [
    ...statisticFigure(
      'passes when run again, F1',
      labelled,
      ({ group }) => group,
      (members) => f1Of(PASSES, members),
    ),
    ...proportion(PROMISES.verdict, judged.filter(({ verdictRight }) => verdictRight).length, judged.length),
  ];
}

/** Accuracy on repositories that were held out of training, over all data and by source. */
export function trainingFigures(answers: readonly HeldOutAnswer[]): Figure[] {
  const labelled = answers.filter((one) => one.case.class !== null);
  const bySource = [...groupBy(labelled, (one) => one.case.source)];
  return [
    ...classFigures('all', labelled),
    ...bySource.flatMap(([source, members]) => classFigures(source, members)),
    ...verdictFigures(answers),
  ];
}
