import { API_OPTIONS, contentOf, openApi } from '../api/api-client.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';

export const experimentStop = defineCommand({
  name: 'experiment stop',
  summary: 'end an experiment that somebody started; its results stay',
  details:
    'Incidents that open afterwards take no part in it. A deployed experiment is ended in the configuration instead.\n' +
    'Stopping it twice changes nothing.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const stopped = await contentOf(await api.experiments[':id'].stop.$post({ param: { id } }));
    const text = `stopped: ${stopped.id}. "selfheal experiment results --id ${stopped.id}" shows how it went.\n`;
    await terminal.write(options.json === true ? `${JSON.stringify(stopped)}\n` : text);
    return 0;
  },
});
