import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { type LogEntry, sentLines } from '../api/watched-logs.ts';

const MAX_INCIDENTS = 25;
const SHOWN_LINES = 50;
const MAX_LINES = 100_000;

export const logRecent = defineCommand({
  name: 'log recent',
  aliases: ['logs'],
  summary: 'log lines that are kept as evidence of the latest incidents, and the last ones that services sent',
  details:
    'Asks the API of a deployment. Lines that services send come last, in the order in which they were written; a busy service shows some of them. As\n' +
    'text it shows so many lines as --lines says, the last ones of each incident and service. With --json everything: JSON Lines {incident, source,\n' +
    'line, at, level, text, attributes}; incident is null for a line that a service sent, attributes are what its sender says of it (host, trace, file, ...).',
  options: {
    level: { type: 'string', value: 'LEVEL', about: 'critical, error, warning, info, debug; several with commas' },
    repo: { type: 'string', value: 'OWNER/NAME', about: 'of this repository' },
    service: { type: 'string', value: 'ID', about: 'of this service' },
    last: { type: 'string', value: 'N', about: `how many incidents; 10 by default, ${MAX_INCIDENTS} at most` },
    lines: { type: 'string', value: 'N', about: `how many lines to show as text; ${SHOWN_LINES} by default` },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const { level, repo: repository, service } = options;
    const limit = wholeNumber('last', options.last, { otherwise: 10, atMost: MAX_INCIDENTS });
    const lines = wholeNumber('lines', options.lines, { otherwise: SHOWN_LINES, atMost: MAX_LINES });
    const { api } = await openApi(options, terminal);
    const query = {
      limit: String(limit),
      ...(level === undefined ? {} : { level }),
      ...(repository === undefined ? {} : { repository }),
      ...(service === undefined ? {} : { service }),
    };
    const { entries } = await contentOf(await api.logs.recent.$get({ query }));
    const sent = await sentLines(api.logs, { service, repository, level });
    const all = [...entries, ...sent];
    if (options.json === true) {
      for (const entry of all) await terminal.write(`${JSON.stringify(entry)}\n`);
      return 0;
    }
    const shown = lastOfEach(all, lines);
    for (const entry of shown) await terminal.write(lineOf(entry));
    if (all.length === 0) terminal.say('selfheal: no such lines are kept.');
    if (shown.length < all.length)
      terminal.say(
        `selfheal: ${shown.length} of ${all.length} lines, the last of each incident and service. More: --lines N; all: --json.`,
      );
    return 0;
  },
});

/** At most so many entries, in their order: the last ones of each incident or service, evenly from all that have some left. */
function lastOfEach(entries: readonly LogEntry[], atMost: number): readonly LogEntry[] {
  const groups = [...Map.groupBy(entries, ({ incident, source }) => incident ?? `service ${source}`).values()];
  const shown = new Set<LogEntry>();
  for (let back = 1; shown.size < Math.min(atMost, entries.length); back += 1)
    for (const group of groups) {
      const entry = group.at(-back);
      if (entry !== undefined && shown.size < atMost) shown.add(entry);
    }
  return entries.filter((entry) => shown.has(entry));
}

function lineOf({ incident, source, line, at, level, text, attributes }: LogEntry): string {
  const words = cleanText(text, 500);
  const from = cleanText(source, 60);
  if (incident === null)
    return `${at?.slice(0, 19)}Z  ${level.padEnd(8)}  ${from}  ${words}${attributeWords(attributes)}\n`;
  return `${incident}  ${level.padEnd(8)}  ${from}:${line}  ${words}\n`;
}

function attributeWords(attributes: LogEntry['attributes']): string {
  const pairs = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '' : `  (${cleanText(pairs.join(', '), 300)})`;
}
