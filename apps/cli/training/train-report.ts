import { classify } from '#shared/domain/failure/classify.ts';
import type { Classification } from '#shared/domain/failure/failure-class.ts';
import type { Trained } from '#shared/domain/failure/model/train.ts';
import type { SignatureSet } from '#shared/domain/failure/signatures.ts';
import { calibrationError, f1Of } from '../eval/class-measures.ts';
import { groupBy, proportion, statisticFigure } from '../eval/figures.ts';
import type { Figure } from '../eval/suite.ts';
import type { LabelledCase } from './labelled-case.ts';

interface HeldOut {
  readonly case: LabelledCase;
  readonly answer: Classification;
  readonly right: boolean;
}

const PASSES = 'transient';

function heldOutAnswers(cases: readonly LabelledCase[], trained: Trained, signatures: SignatureSet): HeldOut[] {
  return cases.map((one) => {
    const answer = classify(one.evidence, { signatures, model: trained.heldOut(one.group) });
    return { case: one, answer, right: answer.class === one.class || one.accepted.includes(answer.class) };
  });
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
    const passes = answer.verdict === 'flaky' || answer.verdict === 'infrastructure';
    return [{ group: one.group, actual: one.transient ? PASSES : 'lasting', answer: passes ? PASSES : 'lasting' }];
  });
  return statisticFigure(
    'passes when run again, F1',
    labelled,
    ({ group }) => group,
    (members) => f1Of(PASSES, members),
  );
}

/** What the model is worth on repositories that it has not learned from, over all data and by source. */
export function trainingFigures(cases: readonly LabelledCase[], trained: Trained, signatures: SignatureSet): Figure[] {
  const answers = heldOutAnswers(cases, trained, signatures);
  const labelled = answers.filter((one) => one.case.class !== null);
  const bySource = [...groupBy(labelled, (one) => one.case.source)];
  return [
    ...classFigures('all', labelled),
    ...bySource.flatMap(([source, members]) => classFigures(source, members)),
    ...verdictFigures(answers),
  ];
}
