import { DRY_RUN_OPTION, defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { changedWords, incidentMeant, plainId, showOrder } from '../incidents/change-incident.ts';

export const incidentAcknowledge = defineCommand({
  name: 'incident acknowledge',
  aliases: ['acknowledge-incident'],
  summary: 'say that you work on an incident: nobody else who is on call is called',
  details:
    'The first person who says so stays. It approves nothing and changes nothing else. With --json: the incident as the API gives it.',
  operands: { shown: 'INCIDENT', atLeast: 1, atMost: 1, aliases: ['incident-id'] },
  options: { ...DRY_RUN_OPTION, ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [given = ''], options }, terminal) {
    if (options['dry-run'] === true)
      return await showOrder(`POST /api/incidents/${plainId(given)}/acknowledge`, {}, terminal);
    const client = await openApi(options, terminal);
    const { id } = await incidentMeant(client, given, terminal);
    const incident = await contentOf(await client.api.incidents[':id'].acknowledge.$post({ param: { id } }));
    const by = incident.acknowledged === null ? '' : `  acknowledged by ${incident.acknowledged.by}\n`;
    await terminal.write(options.json === true ? `${JSON.stringify(incident)}\n` : `${changedWords(incident)}${by}`);
    return 0;
  },
});
