import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const keyList = defineCommand({
  name: 'key list',
  summary: 'list the API keys, newest first, without their secrets',
  details: 'It needs the role admin of somebody who signed in. With --json: {keys: [...]}.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const { api } = await openApi(options, terminal);
    const { keys } = await contentOf(await api.keys.$get());
    const lines = keys.map(({ id, name, roles, createdBy, expiresAt, lastUsedAt, revokedAt }) => {
      const until = revokedAt === null ? `valid until ${expiresAt}` : `revoked ${revokedAt}`;
      return `${id}  ${name}  ${roles.join(', ')}  by ${createdBy.name}  ${until}  ${lastUsedAt === null ? 'never used' : `last used ${lastUsedAt}`}\n`;
    });
    await terminal.write(
      options.json === true ? `${JSON.stringify({ keys })}\n` : lines.join('') || 'There are no API keys.\n',
    );
    return 0;
  },
});
