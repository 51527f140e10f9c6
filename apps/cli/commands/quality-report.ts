import { watchedModel } from '#shared/app/upkeep/watch-quality.ts';
import { promisedBy } from '#shared/domain/learning/provenance.ts';
import type { Prediction } from '#shared/domain/quality/prediction.ts';
import { qualityOf, type WatchedModel } from '#shared/domain/quality/quality-report.ts';
import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '../command.ts';
import { openPredictions, predictionsIn, renderQuality } from '../quality/render-quality.ts';
import { openRegistry, REGISTRY_OPTIONS } from '../registry/open-registry.ts';

interface Request {
  readonly model?: string | undefined;
  readonly table?: string | undefined;
  readonly registry?: string | undefined;
}

/** The named model, else the one in production, with what its training promised where that is known. */
async function modelOf({ model, table, registry }: Request): Promise<WatchedModel> {
  const deps = await openRegistry({ registry, table });
  if (model === undefined) return await watchedModel(deps);
  const { shipped } = deps;
  const version = shipped?.provenance.model === model ? shipped : await deps.registry.getVersion(model);
  return { id: model, promised: version === null ? { class: null, verdict: null } : promisedBy(version.provenance) };
}

const MOST = 20_000;

export const qualityReport = defineCommand({
  name: 'quality report',
  summary: 'how often predictions were right: accuracy, Brier score, reliability, loss against the promise, cost',
  details:
    'Reads predictions from a file of JSON Lines, or with --table from a deployment; --records prints them as JSON Lines instead, for later.\n' +
    'A prediction is judged by a re-run, a rollback or a person; what nobody judged counts neither as right nor as wrong.\n' +
    'Exit code 1 when answers got worse than the model promised.',
  operands: { shown: '[FILE.jsonl]', atLeast: 0, atMost: 1 },
  options: {
    model: { type: 'string', value: 'ID', about: 'the model to report on; the one in production by default' },
    last: { type: 'string', value: 'N', about: 'look at so many of the last incidents of the table; 2000 by default' },
    records: { type: 'boolean', about: 'print the predictions themselves' },
    registry: REGISTRY_OPTIONS.registry,
    table: REGISTRY_OPTIONS.table,
    ...JSON_OPTION,
  },
  async run({ operands: [file], options }, terminal) {
    const { table } = options;
    if ((file === undefined) === (table === undefined)) {
      throw new UsageError('"selfheal quality report" needs either a file of predictions or --table NAME.');
    }
    const last = wholeNumber('last', options.last, { otherwise: 2000, atMost: MOST });
    const predictions: readonly Prediction[] =
      table === undefined
        ? await predictionsIn(file ?? '-', terminal)
        : await (await openPredictions(table)).recentPredictions(last);
    if (options.records === true) {
      for (const one of predictions) await terminal.write(`${JSON.stringify(one)}\n`);
      return 0;
    }
    const report = qualityOf(predictions, await modelOf(options));
    await terminal.write(options.json === true ? `${JSON.stringify(report)}\n` : renderQuality(report));
    return report.degraded ? 1 : 0;
  },
});
