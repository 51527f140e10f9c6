import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { type LogEntry, sentLines } from '../api/watched-logs.ts';

const MAX_INCIDENTS = 25;

export const logRecent = defineCommand({
  name: 'log recent',
  aliases: ['logs'],
  summary: 'log lines that are kept as evidence of the latest incidents, and the last ones that services sent',
  details:
    'Asks the API of a deployment. Lines that services send come last, in the order in which they were written; a busy service shows some of them. With\n' +
    '--json: JSON Lines {incident, source, line, at, level, text}; incident is null for a line that a service sent.',
  options: {
    level: { type: 'string', value: 'LEVEL', about: 'critical, error, warning, info, debug; several with commas' },
    repo: { type: 'string', value: 'OWNER/NAME', about: 'of this repository' },
    service: { type: 'string', value: 'ID', about: 'of this service' },
    last: { type: 'string', value: 'N', about: `how many incidents; 10 by default, ${MAX_INCIDENTS} at most` },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { level, repo: repository, service } = options;
    const limit = wholeNumber('last', options.last, { otherwise: 10, atMost: MAX_INCIDENTS });
    const { api } = await openApi(options, terminal);
    const query = {
      limit: String(limit),
      ...(level === undefined ? {} : { level }),
      ...(repository === undefined ? {} : { repository }),
      ...(service === undefined ? {} : { service }),
    };
    const { entries } = await contentOf(await api.logs.recent.$get({ query }));
    const sent = await sentLines(api.logs, { service, repository, level });
    for (const entry of [...entries, ...sent])
      await terminal.write(options.json === true ? `${JSON.stringify(entry)}\n` : lineOf(entry));
    if (entries.length + sent.length === 0 && options.json !== true) terminal.say('selfheal: no such lines are kept.');
    return 0;
  },
});

function lineOf({ incident, source, line, at, level, text }: LogEntry): string {
  const words = cleanText(text, 500);
  const from = cleanText(source, 60);
  if (incident === null) return `${at?.slice(0, 19)}Z  ${level.padEnd(8)}  ${from}  ${words}\n`;
  return `${incident}  ${level.padEnd(8)}  ${from}:${line}  ${words}\n`;
}
