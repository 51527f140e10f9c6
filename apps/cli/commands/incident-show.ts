import type { InferResponseType } from 'hono/client';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '../api/api-client.ts';
import { defineCommand, JSON_OPTION } from '../command.ts';

type Details = Extract<InferResponseType<ApiClient['api']['incidents'][':id']['$get']>, { briefing: unknown }>;

const MAX_TEXT_LENGTH = 4000;
const clean = (text: string): string => cleanText(text, MAX_TEXT_LENGTH);

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${clean(line)}`)];
}

function render({ id, status, outcome, briefing, advice, actions, openedAt, occurrences }: Details): string {
  const evidence = briefing.evidence.flatMap(({ name, lines }) => [`${name}:`, ...lines.map((line) => `  ${line}`)]);
  const lines = [
    clean(briefing.headline),
    clean(`${outcome.lead} ${outcome.rest}`.trim()),
    ...section('Root cause', briefing.cause),
    ...section('What to do', advice === null || status === 'resolved' || status === 'healed' ? [] : [advice.fix]),
    ...section('Evidence (quoted from logs)', evidence),
    ...section(
      'What Selfheal did',
      actions.map(({ words }) => words),
    ),
    ...section('Not read', briefing.notes),
    ...section('Before', briefing.history),
    ...section(
      'Where to look',
      briefing.links.map(({ name, url }) => `${name}: ${url}`),
    ),
    '',
    clean(
      `Incident ${id}, ${status}, opened ${openedAt}, reported ${occurrences === 1 ? 'once' : `${occurrences} times`}.`,
    ),
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
    const details = await contentOf(await api.incidents[':id'].$get({ param: { id } }));
    await terminal.write(options.json === true ? `${JSON.stringify(details)}\n` : render(details));
    return 0;
  },
});
