import { defineCommand, JSON_OPTION, wholeNumber } from '@selfheal/cli-kit/command.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

export const eventList = defineCommand({
  name: 'event list',
  summary: 'list what came in and opened no incident, and why',
  details:
    'WORDS are all in it: "selfheal event list checkout" answers why an alarm of checkout was ignored. Repeats of an hour are one line with their\n' +
    'count. Events are kept for 30 days. With --json: {events: [...], more}.',
  operands: { shown: '[WORDS...]', atLeast: 0, atMost: 20 },
  options: {
    source: { type: 'string', value: 'SOURCE', about: 'only of this source: github, cloudwatch, alertmanager ...' },
    connection: { type: 'string', value: 'ID', about: 'only of this connection' },
    rule: { type: 'string', value: 'RULE', about: 'only what this rule kept out' },
    days: { type: 'string', value: 'N', about: 'of the last N days, 1 to 30; 7 by default' },
    limit: { type: 'string', value: 'N', about: 'at most N events, 1 to 200; 50 by default' },
    ...API_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ operands, options }, terminal) {
    const days = wholeNumber('days', options.days ?? '7', { otherwise: 7, atMost: 30 });
    const limit = wholeNumber('limit', options.limit ?? '50', { otherwise: 50, atMost: 200 });
    const { source, connection, rule } = options;
    const { api } = await openApi(options, terminal);
    const query = {
      ...(operands.length === 0 ? {} : { search: operands.join(' ') }),
      ...(source === undefined ? {} : { source }),
      ...(connection === undefined ? {} : { connection }),
      ...(rule === undefined ? {} : { rule }),
      days: String(days),
      limit: String(limit),
    };
    const { events, more } = await contentOf(await api.events.$get({ query }));
    if (options.json === true) {
      await terminal.write(`${JSON.stringify({ events, more })}\n`);
      return 0;
    }
    const lines = events.map(({ id, lastAt, source: from, connection: by, count, subject, why }) => {
      const sender = by === null ? from : `${from}/${by}`;
      return `${id}  ${lastAt.slice(0, 16)}Z  ${sender}  ${count} x  ${cleanText(subject, 120)}\n    ${why}\n`;
    });
    await terminal.write(lines.join('') || 'Nothing like it was left aside in that time.\n');
    if (more) terminal.say('There are more: narrow the search, or raise --limit.');
    return 0;
  },
});
