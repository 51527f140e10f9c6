import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { writeTogether } from '@selfheal/cli-kit/terminal.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const actionList = defineCommand({
  name: 'action list',
  summary: 'list the actions of a deployment, and where its configuration allows them',
  details: 'With --json: JSON Lines, one action per line.',
  options: {
    ...API_OPTIONS,
    allowed: { type: 'boolean', about: 'only those that may be executed somewhere now' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { api } = await openApi(options, terminal);
    const { actions } = await contentOf(await api.actions.$get());
    const shown = actions.filter(({ allowed }) => options.allowed !== true || allowed);
    await writeTogether(
      terminal,
      shown.map((one) => {
        if (options.json === true) return `${JSON.stringify(one)}\n`;
        const { id, risk, title, allowed, switchedOff, alwaysAsks, reversible, services, needs } = one;
        const where = services
          .filter(({ mode }) => mode === 'act')
          .map(({ service, maximum }) => (maximum === null ? service : `${service} (up to ${maximum})`));
        const notes = [
          switchedOff ? 'switched off' : allowed ? 'allowed' : `not allowed; needs ${needs}`,
          ...(alwaysAsks ? ['asks first'] : []),
          ...(reversible ? [] : ['cannot be undone']),
          ...(where.length === 0 ? [] : [`on ${where.join(', ')}`]),
        ];
        return `${id.padEnd(26)}  ${risk.padEnd(6)}  ${title}: ${notes.join('; ')}\n`;
      }),
    );
    return 0;
  },
});
