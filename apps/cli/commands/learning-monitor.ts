import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { contentOf } from '#apps/workbench/api/api-client.ts';
import { watchApi, watchOptions } from '../api/watching.ts';
import { type LearningStatus, renderStatus, shareWords } from '../learning/render-status.ts';

const EVERY_SECONDS = 30;

const lineOf = ({ stage, patterns, model }: LearningStatus): string =>
  `stage ${stage.stage} (${percentText(stage.progress)}), ${counted(patterns.active, 'pattern')}, accuracy ${shareWords(model.accuracy)}${model.degraded ? ', DEGRADED' : ''}\n`;

export const learningMonitor = defineCommand({
  name: 'learning monitor',
  aliases: ['start-learning-monitor'],
  summary: 'watch learning: a line whenever stage, patterns or accuracy change',
  details:
    'Asks the API until Ctrl-C or for --for seconds. With --dashboard the whole status is shown at each change. With --json: JSON Lines.',
  options: {
    dashboard: { type: 'boolean', about: 'show the whole status at each change' },
    ...watchOptions(EVERY_SECONDS),
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    let before = '';
    await watchApi(options, EVERY_SECONDS, terminal, async ({ api }) => {
      const status = await contentOf(await api.learning.$get({ query: {} }));
      const line = lineOf(status);
      const text =
        options.json === true
          ? `${JSON.stringify(status)}\n`
          : options.dashboard === true
            ? renderStatus(status)
            : line;
      if (line !== before) await terminal.write(text);
      before = line;
    });
    return 0;
  },
});
