import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { showSetup } from '../incidents/received.ts';

export const connectionShow = defineCommand({
  name: 'connection show',
  summary: 'show address and secret of a connection',
  details:
    'ID is that of "selfheal connection list". It needs the role admin. With --json: {connection, url, secret, how}.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const setup = await contentOf(await api.connections.webhooks[':id'].$get({ param: { id } }));
    await showSetup(setup, options.json === true, terminal);
    return 0;
  },
});
