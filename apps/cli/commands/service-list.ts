import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const serviceList = defineCommand({
  name: 'service list',
  aliases: ['services'],
  summary: 'list the services of a deployment, and what may be done to them',
  details: 'With --json: JSON Lines, one service per line.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const { api } = await openApi(options, terminal);
    const { applications } = await contentOf(await api.applications.$get());
    await writeTogether(
      terminal,
      applications.map((one) => {
        if (options.json === true) return `${JSON.stringify(one)}\n`;
        const { id, mode, criticality, actions, scaling } = one;
        const scales = scaling.map(({ action, maximum }) => `${action} up to ${maximum}`);
        const what = actions.length === 0 ? 'no action' : actions.join(', ');
        return `${id.padEnd(20)}  ${mode.padEnd(8)}  ${criticality.padEnd(8)}  ${what}${scales.length === 0 ? '' : `; ${scales.join(', ')}`}\n`;
      }),
    );
    if (applications.length === 0 && options.json !== true)
      terminal.say('selfheal: the configuration lists no service.');
    return 0;
  },
});
