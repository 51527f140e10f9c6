import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { renderFigures } from '../learning/render-status.ts';

export const learningMetrics = defineCommand({
  name: 'learning metrics',
  aliases: ['ai-metrics'],
  summary: 'show accuracy, Brier score, calibration and reliability of the model in production, and the mix of classes',
  details: 'Of the latest 2000 predictions. Exit code 1 when accuracy has fallen below what the training promised.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const { api } = await openApi(options, terminal);
    const figures = await contentOf(await api.learning.quality.$get({ query: {} }));
    await terminal.write(options.json === true ? `${JSON.stringify(figures)}\n` : renderFigures(figures));
    return figures.degraded ? 1 : 0;
  },
});
