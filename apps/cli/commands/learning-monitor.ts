import { API_OPTIONS, contentOf, openApi } from '../api/api-client.ts';
import { defineCommand, JSON_OPTION, wholeNumber } from '../command.ts';
import { type LearningStatus, renderStatus, shareWords } from '../learning/render-status.ts';

const lineOf = ({ stage, patterns, model }: LearningStatus): string =>
  `stage ${stage.stage} (${Math.round(100 * stage.progress)}%), ${patterns.active} patterns, accuracy ${shareWords(model.accuracy)}${model.degraded ? ', DEGRADED' : ''}\n`;

export const learningMonitor = defineCommand({
  name: 'learning monitor',
  aliases: ['start-learning-monitor'],
  summary: 'watch learning: a line whenever stage, patterns or accuracy change',
  details:
    'Asks the API until Ctrl-C or for --for seconds. With --dashboard the whole status is shown at each change. With --json: JSON Lines.',
  operands: { shown: '', atLeast: 0, atMost: 0 },
  options: {
    dashboard: { type: 'boolean', about: 'show the whole status at each change' },
    every: { type: 'string', value: 'SECONDS', about: 'time between two looks; 30 by default' },
    for: {
      type: 'string',
      value: 'SECONDS',
      aliases: ['duration'],
      about: 'end after this time; at Ctrl-C by default',
    },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const every = wholeNumber('every', options.every, { otherwise: 30, atMost: 3600 });
    const seconds =
      options.for === undefined ? Infinity : wholeNumber('for', options.for, { otherwise: 1, atMost: 86_400 });
    const end = terminal.now() + seconds * 1000;
    let before = '';
    for (;;) {
      // Opened anew each time: the token of `selfheal login` expires.
      const { api } = await openApi(options, terminal);
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
      if (terminal.now() + every * 1000 > end) return 0;
      await terminal.pause(every * 1000);
    }
  },
});
