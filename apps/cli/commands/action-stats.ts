import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const actionStats = defineCommand({
  name: 'action stats',
  aliases: ['action-stats'],
  summary: 'how often each action helped, was undone, and how fast it helped',
  details: 'From outcomes that were verified or judged by people. With --json: JSON Lines, one action per line.',
  options: {
    ...API_OPTIONS,
    action: { type: 'string', value: 'ID', aliases: ['action-type'], about: 'this action only' },
    days: { type: 'string', value: 'N', about: 'of the last N days; 90 by default' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const days = wholeNumber('days', options.days, { otherwise: 90, atMost: 400 });
    const { api } = await openApi(options, terminal);
    const { action } = options;
    const query = { days: String(days), ...(action === undefined ? {} : { action }) };
    const { actions } = await contentOf(await api.actions.stats.$get({ query }));
    await writeTogether(
      terminal,
      actions.map((one) => {
        if (options.json === true) return `${JSON.stringify(one)}\n`;
        const { helped, undone, meanSecondsToRecover: seconds, judgedByPeople } = one;
        const share = helped === null ? 'no outcome' : `helped in ${helped.hits} of ${helped.cases}`;
        const parts = [
          share,
          `undone ${undone}`,
          ...(judgedByPeople === 0 ? [] : [`${judgedByPeople} judged by people`]),
          ...(seconds === null ? [] : [`${Math.round(seconds)} s to recover on average`]),
        ];
        return `${one.action.padEnd(26)}  ${parts.join(', ')}; last ${one.lastAt.slice(0, 10)}\n`;
      }),
    );
    if (actions.length === 0 && options.json !== true) terminal.say(`selfheal: no outcome in the last ${days} days.`);
    return 0;
  },
});
