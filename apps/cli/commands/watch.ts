import { defineCommand, JSON_OPTION } from '@selfheal/cli-kit/command.ts';
import { type Colour, paint } from '@selfheal/cli-kit/terminal.ts';
import { present } from '@selfheal/kernel/present.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { InferResponseType } from 'hono/client';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import { watchApi, watchOptions } from '../api/watching.ts';
import { subjectWords } from '../incidents/subject-words.ts';
import { readStop } from '../policy/policy-api.ts';

type Summary = Extract<
  InferResponseType<ApiClient['api']['incidents']['$get']>,
  { incidents: unknown }
>['incidents'][number];

const WATCHED = 50;
const EVERY_SECONDS = 2;
const COLOURS: Readonly<Record<string, Colour>> = {
  open: 'yellow',
  escalated: 'red',
  resolved: 'green',
  healed: 'green',
};

/** What changed since an incident was seen last: null when nothing that a person would notice did. */
function changeOf(now: Summary, before: Summary | undefined): string | null {
  if (before === undefined) return now.status;
  if (before.status !== now.status) return `${before.status} -> ${now.status}`;
  if (before.class !== now.class || before.reason !== now.reason) return now.status;
  return now.occurrences > before.occurrences ? `reported ${now.occurrences} times` : null;
}

function lineOf(one: Summary, change: string, at: Date, coloured: boolean): string | Buffer {
  const what = [one.class?.replaceAll('_', ' ') ?? 'not classified yet', subjectWords(one)].join(': ');
  const text = cleanText(`${what}${one.reason === null ? '' : `. ${one.reason}`}`, 300);
  const [id, shown] = [cleanText(one.id, 11), cleanText(change, 40).padEnd(22)];
  const line = (status: string) => `${at.toTimeString().slice(0, 8)}  ${id}  ${status}  ${text}\n`;
  const colour = COLOURS[one.status];
  return coloured && colour !== undefined ? Buffer.from(line(paint(shown, colour))) : line(shown);
}

export const watch = defineCommand({
  name: 'watch',
  summary: 'show incidents live: a line for each that is new or changes',
  details:
    'Asks the API every few seconds until Ctrl-C. Begins with the open incidents; --all begins with the newest, whatever their status. While the\n' +
    'API does not answer it says so and goes on. It says when the kill switch is on. With --json: JSON Lines {at, change, incident}.',
  options: {
    ...watchOptions(EVERY_SECONDS),
    repo: { type: 'string', value: 'OWNER/NAME', about: 'failures of this repository' },
    service: { type: 'string', value: 'ID', about: 'alarms of this service' },
    all: { type: 'boolean', about: 'also list what ended before' },
    ...JSON_OPTION,
  },
  async run({ options }, terminal) {
    const query = {
      limit: String(WATCHED),
      ...(options.repo === undefined ? {} : { repository: options.repo }),
      ...present({ service: options.service }),
    };
    const seen = new Map<string, Summary>();
    let isFirst = true;
    let stopWords: string | null = null;
    await watchApi(options, EVERY_SECONDS, terminal, async (client) => {
      const [{ incidents }, stop] = await Promise.all([
        client.api.incidents.$get({ query }).then(contentOf),
        readStop(client),
      ]);
      const words = stop?.words ?? null;
      if (words !== stopWords) terminal.say(`selfheal: ${words ?? 'the kill switch is off again.'}`);
      stopWords = words;
      for (const one of incidents.toReversed()) {
        const change = changeOf(one, seen.get(one.id));
        seen.set(one.id, one);
        if (change === null || (isFirst && options.all !== true && one.status !== 'open')) continue;
        const at = new Date(terminal.now());
        await terminal.write(
          options.json === true
            ? `${JSON.stringify({ at: at.toISOString(), change, incident: one })}\n`
            : lineOf(one, change, at, terminal.coloured),
        );
      }
      isFirst = false;
    });
    return 0;
  },
});
