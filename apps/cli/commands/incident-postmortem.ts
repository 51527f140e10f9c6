import { defineCommand } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '../api/api-client.ts';
import { plainId } from '../incidents/change-incident.ts';
import { renderPostmortem } from '../incidents/render-postmortem.ts';

export const incidentPostmortem = defineCommand({
  name: 'incident postmortem',
  aliases: ['postmortem'],
  summary: 'draft the post-mortem of an incident as Markdown',
  details:
    'Timeline, what was known when, cause and evidence, what was tried, what is open: facts alone, each with its source. It asks the API of a\n' +
    'deployment. Example: selfheal incident postmortem 42 > postmortem.md',
  operands: { shown: 'INCIDENT', atLeast: 1, atMost: 1, aliases: ['incident-id'] },
  options: API_OPTIONS,
  async run({ operands: [given = ''], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const incident = api.incidents[':id'];
    const path = { param: { id: plainId(given) } };
    const [details, account, story] = await Promise.all([
      incident.$get(path).then(contentOf),
      incident.timeline.$get(path).then(contentOf),
      incident.story.$get(path).then(contentOf),
    ]);
    await terminal.write(renderPostmortem({ details, account, story }));
    return 0;
  },
});
