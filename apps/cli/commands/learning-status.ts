import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { renderStatus } from '../learning/render-status.ts';

export const learningStatus = defineCommand({
  name: 'learning status',
  aliases: ['ai-status', 'learning-stage-status'],
  summary: 'show the stage of learning, how far the next one is and when it may be there, and which model answers',
  details:
    'Without --scope: of the latest twenty scopes. The expected time assumes that outcomes come and help as in the last 30 days.\n' +
    'With --json: the answer of GET /api/learning.',
  options: {
    ...API_OPTIONS,
    scope: { type: 'string', value: 'PLACE', about: 'owner/name, the name of an alarm, or a scope as it is stored' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { api } = await openApi(options, terminal);
    const { scope } = options;
    const status = await contentOf(await api.learning.$get({ query: scope === undefined ? {} : { scope } }));
    await terminal.write(options.json === true ? `${JSON.stringify(status)}\n` : renderStatus(status));
    return 0;
  },
});
