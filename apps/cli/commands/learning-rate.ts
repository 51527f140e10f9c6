import { defineCommand, JSON_OPTION, listOf, shareOption, UsageError } from '@selfheal/cli-kit/command.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { compareRates, RATE_METRICS, type RateMetric } from '#shared/domain/learning/learning-rate.ts';
import { openPatterns, PATTERN_OPTIONS } from '../learning/open-patterns.ts';

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
      about: 'the rate to compare with; that of the configuration by default',
    },
    'test-rates': { type: 'string', value: 'SHARE,...', about: `the rates to try; ${RATES} by default` },
    'evaluation-metric': { type: 'string', value: 'METRIC', about: `${RATE_METRICS.join(', ')}; brier by default` },
    ...PATTERN_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const metric = metricOf(options['evaluation-metric'] ?? 'brier');
    const opened = await openPatterns(options, terminal);
    const current = shareOption('current-rate', options['current-rate'], opened.rules.maxConfidenceGainPerWeek);
    const tested = listOf(options['test-rates'] ?? RATES).map((rate) => shareOption('test-rates', rate, 0.1));
    const patterns = await opened.patterns.list(opened.scope);
    const results = compareRates(patterns, [...new Set([current, ...tested])], { metric, rules: opened.rules });
    const [best] = results;
    const now = results.find(({ rate }) => rate === current);
    const recommended = best === undefined || best.score === null || best.score === now?.score ? current : best.rate;
    if (options.json === true) {
      await terminal.write(`${JSON.stringify({ metric, current, recommended, results })}\n`);
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
