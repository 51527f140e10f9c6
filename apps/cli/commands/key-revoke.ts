import { DRY_RUN_OPTION, defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { showOrder } from '../incidents/change-incident.ts';

export const keyRevoke = defineCommand({
  name: 'key revoke',
  summary: 'revoke an API key for good',
  details:
    'ID is that of "selfheal key list". It needs the role admin of somebody who signed in. With --json the key as the API answers.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...DRY_RUN_OPTION, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    if (options['dry-run'] === true) return await showOrder(`DELETE /api/keys/${id}`, {}, terminal);
    const { api } = await openApi(options, terminal);
    const key = await contentOf(await api.keys[':id'].$delete({ param: { id } }));
    await terminal.write(
      options.json === true ? `${JSON.stringify(key)}\n` : `Key ${key.id} (${key.name}) is revoked.\n`,
    );
    return 0;
  },
});
