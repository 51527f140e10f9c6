import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { openRegistry, REGISTRY_OPTIONS } from '#apps/workbench/registry/open-registry.ts';
import { watchedModel } from '#shared/app/upkeep/watch-answers.ts';
import { answersReportOf, type WatchedModel } from '#shared/domain/answers/answers-report.ts';
import type { Prediction } from '#shared/domain/answers/prediction.ts';
import { promisedBy } from '#shared/domain/learning/provenance.ts';
import { openPredictions, predictionsIn, renderAnswers } from '../answers/render-answers.ts';

interface Request {
  readonly model?: string | undefined;
  readonly table?: string | undefined;
  readonly registry?: string | undefined;
}

/** The named model, or the one in production, with the accuracy that its training promised, if known. */
async function modelOf({ model, table, registry }: Request): Promise<WatchedModel> {
  const deps = await openRegistry({ registry, table });
  if (model === undefined) return await watchedModel(deps);
  const { shipped } = deps;
  const version = shipped?.provenance.model === model ? shipped : await deps.registry.getVersion(model);
  return { id: model, promised: version === null ? { class: null, verdict: null } : promisedBy(version.provenance) };
}

const MAX_PREDICTIONS = 20_000;

export const answersReport = defineCommand({
  name: 'answers report',
  aliases: ['quality report'],
  summary: 'report how good the answers are: accuracy, Brier score, reliability, degradation, cost',
  details:
    'Reads predictions from a JSON Lines file, or with --table from a deployment. --records prints the predictions as JSON Lines instead, for later\n' +
    'use. A prediction is scored by a re-run, a rollback or a person; predictions without an outcome are not counted.\n' +
    'Exit code 1 when accuracy has fallen below what the training promised.',
  operands: { shown: '[FILE.jsonl]', atLeast: 0, atMost: 1 },
  options: {
    model: { type: 'string', value: 'ID', about: 'the model to report on; the one in production by default' },
    last: {
      type: 'string',
      value: 'N',
      about: 'how many of the latest incidents of the table to read; 2000 by default',
    },
    records: { type: 'boolean', about: 'print the predictions instead of a report' },
    registry: REGISTRY_OPTIONS.registry,
    table: REGISTRY_OPTIONS.table,
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    const { table } = options;
    if ((file === undefined) === (table === undefined)) {
      throw new UsageError('"selfheal answers report" needs either a file of predictions or --table NAME.');
    }
    const last = wholeNumber('last', options.last, { otherwise: 2000, atMost: MAX_PREDICTIONS });
    const predictions: readonly Prediction[] =
      table === undefined
        ? await predictionsIn(file ?? '-', terminal)
        : await (await openPredictions(table)).recentPredictions(last);
    if (options.records === true) {
      for (const one of predictions) await terminal.write(`${JSON.stringify(one)}\n`);
      return 0;
    }
    const report = answersReportOf(predictions, await modelOf(options));
    await terminal.write(options.json === true ? `${JSON.stringify(report)}\n` : renderAnswers(report));
    return report.degraded ? 1 : 0;
  },
});
