import { DRY_RUN_OPTION, defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { showOrder } from '../incidents/change-incident.ts';

export const connectionRemove = defineCommand({
  name: 'connection remove',
  summary: 'end a connection for good',
  details:
    'Its deliveries are refused from now on. It needs the role admin. With --json the connection as the API answers.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...DRY_RUN_OPTION, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    if (options['dry-run'] === true) return await showOrder(`DELETE /api/connections/webhooks/${id}`, {}, terminal);
    const { api } = await openApi(options, terminal);
    const removed = await contentOf(await api.connections.webhooks[':id'].$delete({ param: { id } }));
    await terminal.write(
      options.json === true ? `${JSON.stringify(removed)}\n` : `Connection ${removed.id} is removed.\n`,
    );
    return 0;
  },
});
