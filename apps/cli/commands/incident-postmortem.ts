import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { plainId } from '../incidents/change-incident.ts';

export const incidentPostmortem = defineCommand({
  name: 'incident postmortem',
  aliases: ['postmortem'],
  summary: 'draft the post-mortem of an incident as Markdown',
  details:
    'Timeline, what was known when, cause and evidence, what was tried, what is open: facts alone, each with its source. It asks the API of a\n' +
    'deployment. Example: selfheal incident postmortem 42 > postmortem.md',
  operands: { shown: 'INCIDENT', atLeast: 1, atMost: 1, aliases: ['incident-id'] },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [given = ''], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const answer = await api.incidents[':id'].postmortem.$get({ param: { id: plainId(given) }, query: {} });
    const draft = await contentOf(answer);
    if (typeof draft === 'string') throw new Error('The API answered Markdown where JSON was asked for.');
    await terminal.write(options.json === true ? `${JSON.stringify(draft)}\n` : draft.markdown);
    return 0;
  },
});
