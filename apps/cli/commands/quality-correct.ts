import { correctPrediction } from '#shared/app/learning/correct-prediction.ts';
import { Correction } from '#shared/domain/quality/prediction.ts';
import { defineCommand, JSON_OPTION, UsageError } from '../command.ts';
import { openPredictions } from '../quality/render-quality.ts';
import { changeBy, REGISTRY_OPTIONS } from '../registry/open-registry.ts';

export const qualityCorrect = defineCommand({
  name: 'quality correct',
  summary: 'say what class a failure really was; the same class confirms the prediction',
  details:
    'It is what the prediction is judged by, and nothing else: no correction makes Selfheal do more by itself.\n' +
    'Confirm what was right too: corrections of wrong answers alone make it look worse than it is.',
  operands: { shown: 'INCIDENT CLASS', atLeast: 2, atMost: 2 },
  options: { table: REGISTRY_OPTIONS.table, ...JSON_OPTION },
  async run({ operands: [incidentId = '', given = ''], options }, terminal) {
    if (options.table === undefined) throw new UsageError('"selfheal quality correct" needs --table NAME.');
    const parsed = Correction.shape.class.safeParse(given);
    if (!parsed.success) {
      throw new UsageError(`${given}: unknown class. Choose one of ${Correction.shape.class.options.join(', ')}.`);
    }
    const { at, by } = changeBy(terminal);
    const store = await openPredictions(options.table);
    const result = await correctPrediction({ incidentId, class: parsed.data, at, by }, store);
    if (options.json === true) await terminal.write(`${JSON.stringify(result)}\n`);
    if (result.kind === 'corrected') {
      if (options.json !== true)
        await terminal.write(
          `${incidentId}: ${result.said} was ${result.right ? 'right' : `wrong, it was ${given}`}.\n`,
        );
      return 0;
    }
    terminal.say(`selfheal: ${incidentId}: ${result.reason}`);
    return 1;
  },
});
