import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { API_OPTIONS, contentOf, openApi } from '#apps/workbench/api/api-client.ts';

const MAX_LINE = 2000;

export const eventShow = defineCommand({
  name: 'event show',
  summary: 'show an event that opened no incident, and what it said',
  details: 'ID is that of "selfheal event list". With --json the event as the API answers.',
  operands: { shown: 'ID', atLeast: 1, atMost: 1 },
  options: { ...API_OPTIONS, ...JSON_OPTION },
  async run({ operands: [id = ''], options }, terminal) {
    const { api } = await openApi(options, terminal);
    const event = await contentOf(await api.events[':id'].$get({ param: { id } }));
    const { source, connection, subject, rule, why, count, firstAt, lastAt, sample, replayable } = event;
    const lines = [
      `${cleanText(subject, 300)}`,
      `${why} (${rule})`,
      `From ${source}${connection === null ? '' : `, connection ${connection}`}; ${count} times from ${firstAt} to ${lastAt}`,
      replayable ? `Once more: selfheal event replay ${id}` : 'It cannot be replayed.',
      ...(sample === null ? [] : ['', ...sample.split('\n').map((line) => cleanText(line, MAX_LINE))]),
    ];
    await terminal.write(options.json === true ? `${JSON.stringify(event)}\n` : `${lines.join('\n')}\n`);
    return 0;
  },
});
