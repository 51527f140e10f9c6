import { DRY_RUN_OPTION, defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { showOrder } from '../incidents/change-incident.ts';

export const experimentStop = defineCommand({
  name: 'experiment stop',
  summary: 'end an experiment that somebody started; its results stay',
  details:
    'Incidents that open afterwards take no part in it. A deployed experiment is ended in the configuration instead.\n' +
    'Stopping it twice changes nothing.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...DRY_RUN_OPTION, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    if (options['dry-run'] === true) return await showOrder(`POST /api/experiments/${id}/stop`, {}, terminal);
    const { api } = await openApi(options, terminal);
    const stopped = await contentOf(await api.experiments[':id'].stop.$post({ param: { id } }));
    const text = `stopped: ${stopped.id}. "selfheal experiment results --id ${stopped.id}" shows how it went.\n`;
    await terminal.write(options.json === true ? `${JSON.stringify(stopped)}\n` : text);
    return 0;
  },
});
