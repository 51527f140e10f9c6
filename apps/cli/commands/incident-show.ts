import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { plainId } from '../incidents/change-incident.ts';
import { causeSections, clean, contextSections, type IncidentDetails } from '../incidents/render-briefing.ts';

function render({ id, number, tags, status, outcome, briefing, openedAt, occurrences }: IncidentDetails): string {
  const lines = [
    clean(briefing.headline),
    clean(`${outcome.lead} ${outcome.rest}`.trim()),
    ...causeSections(briefing),
    ...contextSections(briefing),
    '',
    clean(
      `Incident ${number === null ? '' : `${number}, `}${id}, ${status}, opened ${openedAt}, reported ${occurrences === 1 ? 'once' : `${occurrences} times`}.`,
    ),
    clean(`Tags: ${tags.join(', ') || 'none'}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

export const incidentShow = defineCommand({
  name: 'incident show',
  summary: 'what failed and why, what was done, and how it ended',
  details:
    'Asks the API of a deployment. The id may be cut: gh-68654c59. With --json: the incident as the API gives it.',
  operands: { shown: 'INCIDENT', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const details = await contentOf(await api.incidents[':id'].$get({ param: { id: plainId(id) } }));
    await terminal.write(options.json === true ? `${JSON.stringify(details)}\n` : render(details));
    return 0;
  },
});
