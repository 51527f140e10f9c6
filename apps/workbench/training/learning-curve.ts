import { join } from 'node:path';
import type { Figure } from '@selfheal/cli-kit/figures/figures.ts';
import { renderReport } from '@selfheal/cli-kit/figures/render.ts';
import { trainFailureModel } from '@selfheal/diagnosis/failure/model/train.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { writeOutputs } from '#shared/adapters/system/output-files.ts';
import { digestOfText, type LabelledCase } from './labelled-case.ts';
import { heldOutAnswers, trainingFigures } from './train-report.ts';

/** Figures of a model that was trained on part of the repositories and evaluated on all. */
export interface CurveStep {
  /** From 1 to `of`: the model was trained on `step` of `of` parts of the repositories. */
  readonly step: number;
  readonly of: number;
  /** Numbers of repositories and logs in the training data. */
  readonly groups: number;
  readonly cases: number;
  readonly figures: readonly Figure[];
}

/**
 * The learning curve, which shows whether more labelled logs would improve accuracy. Each step adds an equal number of repositories to those of
 * the step before. Every log is classified by a model that was trained without its repository's fold.
 */
export function* learningCurve(
  cases: readonly LabelledCase[],
  signatures: SignatureSet,
  steps: number,
): Generator<CurveStep> {
  const groups = [...new Set(cases.map(({ group }) => group))].sort((a, b) =>
    digestOfText(a) < digestOfText(b) ? -1 : 1,
  );
  for (let step = 1; step <= steps; step += 1) {
    const learned = new Set(groups.slice(0, Math.ceil((groups.length * step) / steps)));
    const known = cases.filter(({ group }) => learned.has(group));
    const trained = trainFailureModel(known, signatures, { id: `step-${step}` });
    const figures = trainingFigures(heldOutAnswers(cases, trained, signatures));
    yield { step, of: steps, groups: learned.size, cases: known.length, figures };
  }
}

const MAX_STEPS = 10;

/** Parses `--steps`. Throws `InvalidInput` unless it is a whole number from 2 to 10. */
export function stepsOf(text: string): number {
  const steps = Number(text);
  if (Number.isInteger(steps) && steps >= 2 && steps <= MAX_STEPS) return steps;
  throw new InvalidInput(`--steps ${text}: expected a whole number from 2 to ${MAX_STEPS}.`);
}

/** Writes the report of a step as JSON and as a table; returns the path of the JSON file. */
export async function writeStep(folder: string, step: CurveStep): Promise<string> {
  const name = `training-${step.step}-of-${step.of}`;
  const json = `${JSON.stringify({ version: 1, ...step }, null, 2)}\n`;
  await writeOutputs(folder, { [`${name}.json`]: json, [`${name}.txt`]: renderReport(step, false) }, '--reports');
  return join(folder, `${name}.json`);
}
