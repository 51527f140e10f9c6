import * as z from 'zod';
import { replaceFile } from '#shared/adapters/archive/record-file.ts';
import {
  applyCalibrator,
  type ChosenCalibrator,
  chooseCalibrator,
  confidenceFor,
} from '#shared/domain/learning/calibrator.ts';
import { judge } from '#shared/domain/quality/judgement.ts';
import { Prediction } from '#shared/domain/quality/prediction.ts';
import { shareText } from '#shared/kernel/numbers/proportion.ts';
import { type Answer, tuningOf } from '#shared/kernel/numbers/reliability.ts';
import { defineCommand, JSON_OPTION, shareOption, UsageError, wholeNumber } from '../command.ts';
import { jsonLinesIn } from '../input/json-lines.ts';

const ScoredAnswer = z.strictObject({ confidence: z.number().min(0).max(1), right: z.boolean() });
const Line = z.union([ScoredAnswer, Prediction]);

/** Answers whose truth is known; of a prediction, what it said of the class and of the verdict. */
function answersOf(lines: readonly z.infer<typeof Line>[]): Answer[] {
  return lines.flatMap((line) => {
    if (!('version' in line)) return [line];
    const judged = judge(line);
    return judged.kind === 'judged' ? judged.judgements.map(({ confidence, right }) => ({ confidence, right })) : [];
  });
}

function methodOf(given: string | undefined): 'platt' | 'isotonic' | null {
  if (given === undefined || given === 'auto') return null;
  if (given === 'platt' || given === 'isotonic') return given;
  throw new UsageError(`--method ${given}: expected platt, isotonic or auto.`);
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
          target.confidence === null
            ? `right in ${shareText(target.accuracy)}: at no confidence`
            : `right in ${shareText(target.accuracy)}: from a confidence of ${target.confidence.toFixed(2)} on`,
        ];
  return [
    `${cases} judged answers: ${calibrator.kind}. ${reason}`,
    ...figures.map(
      ({ kind, brier, calibrationError }) =>
        `  ${kind.padEnd(9)} Brier score ${brier.toFixed(4)}, calibration error ${calibrationError.toFixed(4)} on held-out answers`,
    ),
    `confidence: ${tuning.before}; corrected: ${tuning.after}`,
    ...reached,
    '',
  ].join('\n');
}

export const confidenceCalibrate = defineCommand({
  name: 'confidence calibrate',
  summary:
    'fit a correction of confidences to what came out: Platt scaling or isotonic regression, judged on held-out answers',
  details:
    'Each line of the file is {"confidence": 0.8, "right": true}, or a prediction as "selfheal quality report --records" prints it. Below 50\n' +
    'judged answers, or where no correction is shown to be better, there is none. --save keeps it as a record; decisions go by verified\n' +
    'outcomes and read no file.',
  operands: { shown: 'FILE.jsonl', atLeast: 1, atMost: 1 },
  options: {
    method: { type: 'string', value: 'METHOD', about: 'platt, isotonic or auto; auto by default' },
    folds: { type: 'string', value: 'N', about: 'parts that are held out in turn; 5 by default' },
    'target-accuracy': {
      type: 'string',
      value: 'SHARE',
      about: 'say from which confidence on answers are right so often',
    },
    save: { type: 'string', value: 'FILE', about: 'keep the correction with its figures in a JSON file' },
    ...JSON_OPTION,
  },
  async run({ operands: [path = '-'], options }, terminal) {
    const method = methodOf(options.method);
    const folds = wholeNumber('folds', options.folds, { otherwise: 5, atMost: 20 });
    if (folds < 2) throw new UsageError(`--folds ${folds}: expected at least 2, so that something is held out.`);
    const given = options['target-accuracy'];
    const accuracy = given === undefined ? null : shareOption('target-accuracy', given, 0.9);
    const answers = answersOf(await jsonLinesIn(path, Line, 'judged answer', terminal));
    const chosen = chooseCalibrator(answers, { method, folds });
    const { calibrator } = chosen;
    const corrected = answers.map(({ confidence, right }) => ({
      confidence: applyCalibrator(calibrator, confidence),
      right,
    }));
    const report: Report = {
      ...chosen,
      tuning: { before: tuningOf(answers), after: tuningOf(corrected) },
      target: accuracy === null ? null : { accuracy, confidence: confidenceFor(calibrator, accuracy) },
    };
    if (options.save !== undefined) {
      const record = {
        kind: 'selfheal-calibration',
        version: 1,
        at: new Date(terminal.now()).toISOString(),
        ...report,
      };
      await replaceFile(options.save, `${JSON.stringify(record, null, 2)}\n`);
    }
    await terminal.write(options.json === true ? `${JSON.stringify(report)}\n` : render(report));
    return 0;
  },
});
