import { defineCommand, JSON_OPTION, UsageError, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { renderLearning } from '../learning/render-learning.ts';
import { renderFigures, renderSeries } from '../learning/render-status.ts';

export const learningPerformance = defineCommand({
  name: 'learning performance',
  aliases: ['ai-performance-report'],
  summary: 'report what was learned and how good the answers are, in detail also day by day',
  details: 'With --json: {report, quality, accuracy}; accuracy, day by day, with --format detailed.',
  options: {
    format: { type: 'string', value: 'FORMAT', about: 'summary (by default) or detailed' },
    days: { type: 'string', value: 'N', about: 'how many days back; 30 by default' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { format = 'summary' } = options;
    if (format !== 'summary' && format !== 'detailed')
      throw new UsageError(`--format: ${unknownValue('format', format, ['summary', 'detailed'])}`);
    const days = String(wholeNumber('days', options.days, { otherwise: 30, atMost: 400 }));
    const { api } = await openApi(options, terminal);
    const [report, quality] = await Promise.all([
      contentOf(await api.learning.report.$get({ query: { days } })),
      contentOf(await api.learning.quality.$get({ query: {} })),
    ]);
    const series = format === 'summary' ? null : await contentOf(await api.learning.accuracy.$get({ query: { days } }));
    if (options.json === true) {
      await terminal.write(`${JSON.stringify({ report, quality, accuracy: series?.points })}\n`);
      return 0;
    }
    const { reliability, models, ...short } = quality;
    const figures = series === null ? { ...short, reliability: [], models: [] } : quality;
    await terminal.write(
      renderLearning(report as never) + renderFigures(figures) + (series === null ? '' : renderSeries(series.points)),
    );
    return 0;
  },
});
