import type { Trained } from '#shared/domain/failure/model/train.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';
import { type AnswerToCase, answerToCase, saysPasses } from '#shared/domain/learning/held-out-answers.ts';
import { PROMISES } from '#shared/domain/learning/provenance.ts';
import { calibrationError, f1Of } from '../figures/class-measures.ts';
import type { Figure } from '../figures/figures.ts';
import { groupBy, proportion, statisticFigure } from '../figures/figures.ts';
import type { LabelledCase } from './labelled-case.ts';

/** What was answered to a case by a model that saw nothing of its repository. */
export interface HeldOut extends AnswerToCase {
  readonly case: LabelledCase;
}

const PASSES = 'transient';

export function heldOutAnswers(cases: readonly LabelledCase[], trained: Trained, signatures: SignatureSet): HeldOut[] {
  return cases.map((one) => ({ case: one, ...answerToCase(one, trained.heldOut(one.group), signatures) }));
}

function classFigures(name: string, all: readonly HeldOut[]): Figure[] {
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

function verdictFigures(all: readonly HeldOut[]): Figure[] {
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

/** What the model is worth on repositories that it has not learned from, over all data and by source. */
export function trainingFigures(answers: readonly HeldOut[]): Figure[] {
  const labelled = answers.filter((one) => one.case.class !== null);
  const bySource = [...groupBy(labelled, (one) => one.case.source)];
  return [
    ...classFigures('all', labelled),
    ...bySource.flatMap(([source, members]) => classFigures(source, members)),
    ...verdictFigures(answers),
  ];
}
