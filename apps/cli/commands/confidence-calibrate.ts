import {
  defineCommand,
  JSON_OPTION,
  type OptionValues,
  shareOption,
  UsageError,
  wholeNumber,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { type Answer, tuningOf } from '@selfheal/kernel/numbers/reliability.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import * as z from 'zod';
import { API_OPTIONS, contentOf } from '#apps/workbench/api/api-client.ts';
import { jsonLinesIn } from '#apps/workbench/input/json-lines.ts';
import { writeOutput } from '#shared/adapters/system/output-files.ts';
import { judge } from '#shared/domain/answers/judgement.ts';
import { Prediction } from '#shared/domain/answers/prediction.ts';
import {
  applyCalibrator,
  type ChosenCalibrator,
  chooseCalibrator,
  confidenceFor,
  MIN_CASES,
} from '#shared/domain/learning/calibrator.ts';
import { apiUnlessNamed } from '../learning/knowledge-api.ts';

const ScoredAnswer = z.strictObject({ confidence: z.number().min(0).max(1), right: z.boolean() });
const Line = z.union([ScoredAnswer, Prediction]);

/** Answers with a known outcome. A prediction yields up to two: its class and its verdict. */
function answersOf(lines: readonly z.infer<typeof Line>[]): Answer[] {
  return lines.flatMap((line) => {
    if (!('version' in line)) return [line];
    const judged = judge(line);
    return judged.kind === 'judged' ? judged.judgements.map(({ confidence, right }) => ({ confidence, right })) : [];
  });
}

function methodOf(given: string | undefined): 'platt' | 'isotonic' | null {
  if (given === undefined || given === 'auto') return null;
  const name = given.toLowerCase().replace(/[_-](?:scaling|regression)$/, '');
  if (name === 'platt' || name === 'isotonic') return name;
  throw new UsageError(`--method ${given}: expected platt (platt_scaling), isotonic or auto.`);
}

interface Report extends ChosenCalibrator {
  readonly tuning: { readonly before: string; readonly after: string };
  readonly target: { readonly accuracy: number; readonly confidence: number | null } | null;
}

function render({ calibrator, cases, figures, reason, tuning, target }: Report): string {
  const reached =
    target === null
      ? []
      : [
          cases < MIN_CASES
            ? `accuracy of ${shareText(target.accuracy)}: not known from ${counted(cases, 'answer')}; ${MIN_CASES} are needed`
            : target.confidence === null
              ? `accuracy of ${shareText(target.accuracy)}: not reached at any confidence`
              : `accuracy of ${shareText(target.accuracy)}: reached from a confidence of ${target.confidence.toFixed(2)}`,
        ];
  return [
    `${counted(cases, 'scored answer')}: ${calibrator.kind}. ${reason}`,
    ...figures.map(
      ({ kind, brier, calibrationError }) =>
        `  ${kind.padEnd(9)} Brier score ${brier.toFixed(4)}, calibration error ${calibrationError.toFixed(4)} on held-out answers`,
    ),
    `confidence: ${tuning.before}; after calibration: ${tuning.after}`,
    ...reached,
    '',
  ].join('\n');
}

/** Scored answers of the model in production, by the bins of its reliability diagram. Throws `UsageError` where nobody is signed in. */
async function answersOfModel(options: OptionValues<typeof API_OPTIONS>, terminal: Terminal): Promise<Answer[]> {
  const client = await apiUnlessNamed({ ...options, patterns: undefined, table: undefined }, terminal);
  if (client === null)
    throw new UsageError(
      '"selfheal confidence calibrate" needs a file of scored answers, or "selfheal login" for those of a deployment.',
    );
  const { reliability } = await contentOf(await client.api.learning.quality.$get({ query: {} }));
  return reliability.flatMap(({ cases, confidence, right }) => {
    const hits = Math.round(right * cases);
    return Array.from({ length: cases }, (_, at) => ({ confidence, right: at < hits }));
  });
}

export const confidenceCalibrate = defineCommand({
  name: 'confidence calibrate',
  aliases: ['calibrate-confidence'],
  summary:
    'fit a calibration of confidences to outcomes: Platt scaling or isotonic regression, evaluated on held-out answers',
  details:
    'Without a file it takes the answers of the model in production, signed in. Each line of a file is {"confidence": 0.8, "right": true} or a prediction printed by "selfheal answers report --records". Confidences stay\n' +
    'as they are below 50 scored answers, or when no calibration is shown to be better. --out only keeps the result for your records: decisions\n' +
    'are calibrated by verified outcomes and do not read the file.',
  operands: { shown: '[FILE.jsonl]', atLeast: 0, atMost: 1 },
  options: {
    method: { type: 'string', value: 'METHOD', about: 'platt, isotonic or auto; auto by default' },
    'validation-split': {
      type: 'string',
      value: 'SHARE',
      about: 'the share that is held out each time, instead of --folds: 0.2 is 5 folds',
    },
    folds: { type: 'string', value: 'N', about: 'number of folds for cross-validation; 5 by default' },
    'target-accuracy': {
      type: 'string',
      value: 'SHARE',
      about: 'also print the confidence from which answers reach this accuracy',
    },
    out: {
      type: 'string',
      value: 'FILE',
      aliases: ['save'],
      about: 'write the calibration and its figures to a JSON file',
    },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands: [path], options }, terminal) {
    const method = methodOf(options.method);
    const split = options['validation-split'];
    const share = split === undefined ? 0.2 : shareOption('validation-split', split, 0.2);
    if (share < 0.05 || share > 0.5) throw new UsageError(`--validation-split ${split}: expected from 0.05 to 0.5.`);
    const folds = wholeNumber('folds', options.folds, { otherwise: Math.round(1 / share), atMost: 20 });
    if (folds < 2) throw new UsageError(`--folds ${folds}: expected at least 2.`);
    const given = options['target-accuracy'];
    const accuracy = given === undefined ? null : shareOption('target-accuracy', given, 0.9);
    const answers =
      path === undefined
        ? await answersOfModel(options, terminal)
        : answersOf(await jsonLinesIn(path, Line, 'scored answer', terminal));
    if (folds !== 5 || split !== undefined)
      terminal.say(
        `selfheal: ${folds} folds: each answer is judged by a calibration that was fitted without its fold.`,
      );
    const chosen = chooseCalibrator(answers, { method, folds });
    const { calibrator } = chosen;
    const corrected = answers.map(({ confidence, right }) => ({
      confidence: applyCalibrator(calibrator, confidence),
      right,
    }));
    const report: Report = {
      ...chosen,
      tuning: { before: tuningOf(answers), after: tuningOf(corrected) },
      target:
        accuracy === null
          ? null
          : { accuracy, confidence: chosen.cases < MIN_CASES ? null : confidenceFor(calibrator, accuracy) },
    };
    if (options.out !== undefined) {
      const record = {
        kind: 'selfheal-calibration',
        version: 1,
        at: new Date(terminal.now()).toISOString(),
        ...report,
      };
      await writeOutput(options.out, `${JSON.stringify(record, null, 2)}\n`, '--out');
    }
    await terminal.write(options.json === true ? `${JSON.stringify(report)}\n` : render(report));
    return 0;
  },
});
