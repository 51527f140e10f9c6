import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

const MAX_INCIDENTS = 25;

export const logRecent = defineCommand({
  name: 'log recent',
  aliases: ['logs'],
  summary: 'log lines that are kept as evidence of the latest incidents',
  details: 'Asks the API of a deployment. With --json: JSON Lines {incident, source, line, at, level, text}.',
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
    for (const entry of entries)
      await terminal.write(
        options.json === true
          ? `${JSON.stringify(entry)}\n`
          : `${entry.incident}  ${entry.level.padEnd(8)}  ${cleanText(entry.source, 60)}:${entry.line}  ${cleanText(entry.text, 500)}\n`,
      );
    if (entries.length === 0 && options.json !== true) terminal.say('selfheal: no such lines are kept.');
    return 0;
  },
});
