import { join } from 'node:path';
import { DRY_RUN_OPTION, defineCommand, dryRunFact, JSON_OPTION, UsageError } from '@selfheal/cli-kit/command.ts';
import { type Figure, groupBy } from '@selfheal/cli-kit/figures/figures.ts';
import { renderReport } from '@selfheal/cli-kit/figures/render.ts';
import { makeProgress } from '@selfheal/cli-kit/progress.ts';
import { type FailureModelFile, parseModelFile, toModelFile } from '@selfheal/diagnosis/failure/model/failure-model.ts';
import { TRAINING_PARAMETERS, trainFailureModel } from '@selfheal/diagnosis/failure/model/train.ts';
import type { SignatureSet } from '@selfheal/diagnosis/failure/signatures.ts';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { shippedSignatures } from '#apps/workbench/input/shipped-content.ts';
import { changeBy, openRegistry, REGISTRY_OPTIONS } from '#apps/workbench/registry/open-registry.ts';
import { digestOfText, type LabelledCase } from '#apps/workbench/training/labelled-case.ts';
import { learningCurve, stepsOf, writeStep } from '#apps/workbench/training/learning-curve.ts';
import { type HeldOutAnswer, heldOutAnswers, trainingFigures } from '#apps/workbench/training/train-report.ts';
import { dataDirectoryOf, MODEL_FILE, PROVENANCE_FILE } from '#shared/adapters/archive/data-files.ts';
import { writeOutputs } from '#shared/adapters/system/output-files.ts';
import { registerModel } from '#shared/app/learning/model-registry.ts';
import { encodeAnswers } from '#shared/domain/learning/held-out-answers.ts';
import { versionOf } from '#shared/domain/learning/model-registry.ts';
import { Provenance } from '#shared/domain/learning/provenance.ts';

const MIN_CASES = 50;

/** Identifies the training: digest of the cases, parameters and signatures. */
function digestOfTraining(cases: readonly LabelledCase[], signatures: SignatureSet): string {
  const rows = cases.map(({ digest, group, class: own, accepted, transient }) =>
    JSON.stringify([digest, group, own, accepted, transient]),
  );
  const rules = signatures.all.map(({ signature }) => JSON.stringify(signature));
  return digestOfText([JSON.stringify(TRAINING_PARAMETERS), ...rows.sort(), ...rules].join('\n'));
}

/** The model with the digest of its content as id, so that different models never share an id. */
function named(file: FailureModelFile): FailureModelFile {
  return { ...file, id: digestOfText(JSON.stringify(file)) };
}

const round = (value: number): number => Math.round(value * 10_000) / 10_000;

function provenanceOf(
  model: string,
  answers: readonly HeldOutAnswer[],
  figures: readonly Figure[],
  now: number,
): Provenance {
  const cases = answers.map((one) => one.case);
  return Provenance.parse({
    version: 1,
    model,
    trainedAt: new Date(now).toISOString(),
    parameters: TRAINING_PARAMETERS,
    sources: [...groupBy(cases, ({ source }) => source)].map(([source, members]) => ({
      source,
      cases: members.length,
      groups: new Set(members.map(({ group }) => group)).size,
    })),
    data: digestOfText(
      cases
        .map(({ digest }) => digest)
        .sort()
        .join(''),
    ),
    metrics: figures.map(({ name, value, cases: count, interval }) => ({
      name,
      value: round(value),
      cases: count,
      ...(interval === undefined ? {} : { interval: interval.map(round) }),
    })),
    ...encodeAnswers(
      answers.map(({ case: { digest, class: labelled }, answer, right, verdictRight }) => ({
        digest,
        right: labelled === null ? null : right,
        confidence: answer.confidence,
        verdictRight,
      })),
    ),
  });
}

export interface TrainingData {
  /** Description of the folder for the help text. */
  readonly details: string;
  /** Reads every labelled log of the folder, each once. Throws `InvalidInput` when there are none. */
  readonly read: (folder: string, progress: (message: string) => void) => Promise<LabelledCase[]>;
}

/** Makes the command `train` for the labelled logs that `data` reads. */
export const makeTrainCommand = (data: TrainingData) =>
  defineCommand({
    name: 'train',
    summary: 'train the failure model on labelled logs and report its accuracy on held-out repositories',
    details:
      `${data.details}\n` +
      'Writes failure.json and failure.provenance.json to --out and registers the model as a candidate. The model contains only numbers.\n' +
      'Figures come from cross-validation: every log is classified by a model that was trained without its repository.\n' +
      'With --steps N it also trains on 1/N, 2/N ... of the repositories and writes the accuracy of each to --reports (a learning curve).',
    options: {
      data: { type: 'string', value: 'DIR', about: 'the folder of labelled logs' },
      out: { type: 'string', value: 'DIR', about: 'the folder for the model; by default it replaces the shipped one' },
      steps: { type: 'string', value: 'N', about: 'also report a learning curve with so many steps, 2 to 10' },
      reports: { type: 'string', value: 'DIR', about: 'the folder for the reports of --steps; reports by default' },
      ...REGISTRY_OPTIONS,
      ...DRY_RUN_OPTION,
      ...JSON_OPTION,
    },
    async run({ options }, terminal) {
      if (options.data === undefined)
        throw new UsageError('"selfheal train" needs --data DIR, the folder of labelled logs.');
      if (options.steps !== undefined && options['dry-run'] === true)
        throw new UsageError('--steps writes reports: leave it out with --dry-run.');
      const steps = options.steps === undefined ? null : stepsOf(options.steps);
      const progress = (message: string): void => terminal.say(`selfheal: train: ${message}`);
      const signatures = await shippedSignatures(progress);
      const cases = await data.read(options.data, progress);
      if (cases.length < MIN_CASES) {
        throw new InvalidInput(
          `${options.data}: only ${cases.length} labelled logs. Add more; ${MIN_CASES} are needed.`,
        );
      }
      progress(`${counted(cases.length, 'log')} read, training`);
      const ofCurve = makeProgress('train', steps ?? 0, terminal);
      for (const step of steps === null ? [] : learningCurve(cases, signatures, steps)) {
        ofCurve(step.step);
        progress(`step ${step.step} of ${step.of}: ${await writeStep(options.reports ?? 'reports', step)}`);
      }
      const trained = trainFailureModel(cases, signatures, { id: digestOfTraining(cases, signatures) });
      const answers = heldOutAnswers(cases, trained, signatures);
      const figures = trainingFigures(answers);
      const file = named(toModelFile(trained.model));
      parseModelFile(file);
      const out = options.out ?? join(dataDirectoryOf({}), 'models');
      const provenance = provenanceOf(file.id, answers, figures, terminal.now());
      const text = `${JSON.stringify(file)}\n`;
      // Opened before the shipped model is replaced, because an empty registry starts with the shipped model.
      const registry = await openRegistry(options);
      const files = { [MODEL_FILE]: text, [PROVENANCE_FILE]: `${JSON.stringify(provenance, null, 2)}\n` };
      if (options['dry-run'] === true) progress('this is a dry run: the model is neither written nor registered');
      else {
        await writeOutputs(out, files, '--out');
        await registerModel(versionOf(provenance, text), text, changeBy(terminal), registry);
        progress(`model ${file.id} written to ${out} and registered as a candidate`);
      }
      await terminal.write(
        options.json === true
          ? `${JSON.stringify({ model: file.id, figures, ...dryRunFact(options) })}\n`
          : renderReport({ figures }, false),
      );
      return 0;
    },
  });
