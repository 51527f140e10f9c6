import {
  defineCommand,
  JSON_OPTION,
  listOf,
  type OptionValues,
  shareOption,
  UsageError,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { adviseRate, RATE_METRICS, type RateAdvice, type RateMetric } from '#shared/domain/learning/learning-rate.ts';
import { apiUnlessNamed, KNOWLEDGE_OPTIONS, placeOf } from '../learning/knowledge-api.ts';
import { openPatterns } from '../learning/open-patterns.ts';

const RATES = '0.02,0.05,0.1,0.2,0.5';
const OTHER_NAMES: Readonly<Record<string, RateMetric>> = {
  brier_score: 'brier',
  log_loss: 'log-loss',
  f1: 'accuracy',
  success_rate: 'accuracy',
  // How soon patterns become right: what a rate that is too low loses shows in the Brier score.
  pattern_acquisition_speed: 'brier',
};

function metricOf(given: string): RateMetric {
  const metric = RATE_METRICS.find((one) => one === given) ?? OTHER_NAMES[given];
  if (metric !== undefined) return metric;
  throw new UsageError(unknownValue('evaluation metric', given, RATE_METRICS));
}

export const learningRate = defineCommand({
  name: 'learning rate',
  aliases: ['optimize-learning-rate'],
  summary: 'compare rates of learning on the outcomes of the patterns, and recommend one',
  details:
    'A rate is how much confidence may rise in a week (learning.maxConfidenceGainPerWeek). The outcomes are lived again with each rate: before each\n' +
    'one the confidence at that time is compared with what came. Changes nothing: the rate is set in selfheal.json.',
  options: {
    'current-rate': {
      type: 'string',
      value: 'SHARE',
      about: 'the rate to compare with; by default the one that holds',
    },
    'test-rates': { type: 'string', value: 'SHARE,...', about: `the rates to try; ${RATES} by default` },
    'evaluation-metric': { type: 'string', value: 'METRIC', about: `${RATE_METRICS.join(', ')}; brier by default` },
    ...KNOWLEDGE_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const metric = metricOf(options['evaluation-metric'] ?? 'brier');
    const rates = listOf(options['test-rates'] ?? RATES).map((rate) => shareOption('test-rates', rate, 0.1));
    const given = options['current-rate'];
    const advice = await adviceOn({ metric, rates, given }, options, terminal);
    const { current, recommended, results } = advice;
    const [best] = results;
    if (options.json === true) {
      await terminal.write(`${JSON.stringify(advice)}\n`);
      return 0;
    }
    for (const { rate, score, outcomes } of results)
      await terminal.write(
        `${rate.toFixed(3)}  ${metric} ${score?.toFixed(4) ?? 'unknown'} over ${outcomes} outcomes${rate === current ? '  (current)' : ''}\n`,
      );
    terminal.say(
      best?.score == null
        ? 'selfheal: the patterns have no outcomes yet: keep the rate.'
        : `selfheal: ${recommended === current ? 'keep the current rate' : `set learning.maxConfidenceGainPerWeek to ${recommended}`}.`,
    );
    return 0;
  },
});

/** What the outcomes of a deployment say where somebody is signed in, else those of a file or a table. */
async function adviceOn(
  {
    metric,
    rates,
    given,
  }: { readonly metric: RateMetric; readonly rates: readonly number[]; readonly given: string | undefined },
  options: OptionValues<typeof KNOWLEDGE_OPTIONS>,
  terminal: Terminal,
): Promise<RateAdvice> {
  const client = await apiUnlessNamed(options, terminal);
  if (client === null) {
    const { patterns, scope, rules } = await openPatterns(options, terminal);
    const current = shareOption('current-rate', given, rules.maxConfidenceGainPerWeek);
    return adviseRate(await patterns.list(scope), { current, rates }, { metric, rules });
  }
  const query = {
    scope: placeOf(options.scope, terminal),
    metric,
    rates: rates.join(','),
    ...(given === undefined ? {} : { current: `${shareOption('current-rate', given, 0.1)}` }),
  };
  return await contentOf(await client.api.learning.rates.$get({ query }));
}
