import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const connectionList = defineCommand({
  name: 'connection list',
  summary: 'list the connections through which other tools send alerts',
  details:
    'Each with its source, how it proves itself, when it last sent, and whether it is silent for longer than it should.\n' +
    ' With --json: {connections: [...]}.',
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ options }, terminal) {
    const { api } = await openApi(options, terminal);
    const { connections } = await contentOf(await api.connections.webhooks.$get());
    const lines = connections.map(({ id, source, scheme, services, perMinute, lastSeenAt, isSilent }) => {
      const about = services === null ? 'every service' : services.join(', ');
      return `${id}  ${source}  by ${scheme}  for ${about}  ${perMinute} a minute  ${isSilent ? 'SILENT, ' : ''}${lastSeenAt ? `last sent ${lastSeenAt}` : 'never sent'}\n`;
    });
    await terminal.write(
      options.json === true
        ? `${JSON.stringify({ connections })}\n`
        : lines.join('') || 'There are no connections. Make one with "selfheal connection create".\n',
    );
    return 0;
  },
});
