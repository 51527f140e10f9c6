import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { shareText } from '@selfheal/kernel/numbers/proportion.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const baselineList = defineCommand({
  name: 'baseline list',
  aliases: ['baselines'],
  summary: 'how the workflows of a repository ended lately',
  details:
    'Workflows that failed lately, with the results of their latest runs. With --json: JSON Lines, one workflow per line.',
  operands: { shown: 'OWNER/NAME', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [repository = ''], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const { baselines } = await contentOf(await api.baselines.$get({ query: { repository } }));
    await writeTogether(
      terminal,
      baselines.map((one) => {
        if (options.json === true) return `${JSON.stringify(one)}\n`;
        const { workflowId, runs, passRate } = one;
        const passed = passRate === null ? 'no result' : `${shareText(passRate.value)} passed`;
        const latest = runs.map(({ conclusion }) => conclusion).join(' ');
        return `workflow ${workflowId}  ${counted(runs.length, 'run')}, ${passed}: ${latest}\n`;
      }),
    );
    if (baselines.length === 0 && options.json !== true)
      terminal.say(`selfheal: no workflow of ${repository} failed lately.`);
    return 0;
  },
});
