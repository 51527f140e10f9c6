import {
  DRY_RUN_NOTE,
  DRY_RUN_OPTION,
  defineCommand,
  dryRunFact,
  JSON_OPTION,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { changeBy, REGISTRY_OPTIONS } from '#apps/workbench/registry/open-registry.ts';
import { correctPrediction } from '#shared/app/learning/correct-prediction.ts';
import { Correction } from '#shared/domain/answers/prediction.ts';
import { openPredictions } from '../answers/render-answers.ts';

export const answersCorrect = defineCommand({
  name: 'answers correct',
  aliases: ['quality correct'],
  summary: 'record the true class of a failure; the predicted class confirms the prediction',
  details:
    'A correction is used only to score the prediction: it never makes Selfheal do more by itself.\n' +
    'Confirm right predictions too; if you correct only wrong ones, the accuracy looks worse than it is.',
  operands: { shown: 'INCIDENT CLASS', atLeast: 2, atMost: 2 },
  options: { table: REGISTRY_OPTIONS.table, ...DRY_RUN_OPTION, ...JSON_OPTION },
  async run({ operands: [incidentId = '', given = ''], options }, terminal) {
    if (options.table === undefined) throw new UsageError('"selfheal answers correct" needs --table NAME.');
    const parsed = Correction.shape.class.safeParse(given);
    if (!parsed.success) {
      throw new UsageError(unknownValue('class', given, Correction.shape.class.options));
    }
    const { at, by } = changeBy(terminal);
    const store = await openPredictions(options.table);
    const dryRun = options['dry-run'] === true;
    const result = await correctPrediction({ incidentId, class: parsed.data, at, by }, store, { dryRun });
    if (dryRun) terminal.say(DRY_RUN_NOTE);
    if (options.json === true) await terminal.write(`${JSON.stringify({ ...result, ...dryRunFact(options) })}\n`);
    if (result.kind === 'corrected') {
      if (options.json !== true)
        await terminal.write(
          `${incidentId}: the prediction ${result.said} was ${result.right ? 'right' : `wrong; the class is ${given}`}.\n`,
        );
      return 0;
    }
    terminal.say(`selfheal: ${incidentId}: ${result.reason}`);
    return 1;
  },
});
