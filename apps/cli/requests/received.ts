import { counted } from '@selfheal/kernel/time-words.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import { requestCommand } from './request-command.ts';

const MAX_LINE = 2000;
const ID = { shown: 'ID', field: 'id' } as const;
const REPOSITORY = { field: 'repository', value: 'OWNER/NAME', about: 'of this repository' } as const;
const SERVICE = { value: 'ID', about: 'of this service' } as const;

const listed = (all: Readonly<Record<string, number>>): string =>
  Object.entries(all)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name.replaceAll('_', ' ')} ${count}`)
    .join(', ') || 'none';

/** What came in: events that opened no incident, and the log lines of those that did. */
export const RECEIVED = [
  requestCommand({
    name: 'event list',
    request: 'GET /api/events',
    summary: 'list what came in and opened no incident, and why',
    details:
      'WORDS are all in it: "selfheal event list checkout" answers why an alarm of checkout was ignored. Repeats of an hour are one line with their\n' +
      'count. Events are kept for 30 days. With --json: {events: [...], more}.',
    operand: { shown: '[WORDS...]', field: 'search', atLeast: 0, atMost: 20 },
    options: {
      source: { value: 'SOURCE', about: 'only of this source: github, cloudwatch, alertmanager ...' },
      connection: { value: 'ID', about: 'only of this connection' },
      rule: { value: 'RULE', about: 'only what this rule kept out' },
      days: { value: 'N', about: 'of the last N days' },
      limit: { value: 'N', about: 'at most N events' },
    },
    text: ({ events }) =>
      events
        .map(({ id, lastAt, source, connection, count, subject, why }) => {
          const sender = connection === null ? source : `${source}/${connection}`;
          return `${id}  ${lastAt.slice(0, 16)}Z  ${sender}  ${count} x  ${cleanText(subject, 120)}\n    ${why}\n`;
        })
        .join('') || 'Nothing like it was left aside in that time.\n',
    note: ({ more }) => (more ? 'There are more: narrow the search, or raise --limit.' : null),
  }),
  requestCommand({
    name: 'event show',
    request: 'GET /api/events/:id',
    summary: 'show an event that opened no incident, and what it said',
    details: 'ID is that of "selfheal event list". With --json the event as the API answers.',
    operand: ID,
    text: ({ id, source, connection, subject, rule, why, count, firstAt, lastAt, sample, replayable }) =>
      [
        cleanText(subject, 300),
        `${why} (${rule})`,
        `From ${source}${connection === null ? '' : `, connection ${connection}`}; ${count} times from ${firstAt} to ${lastAt}`,
        replayable ? `Once more: selfheal event replay ${id}` : 'It cannot be replayed.',
        ...(sample === null ? [] : ['', ...sample.split('\n').map((line) => cleanText(line, MAX_LINE))]),
      ].map((line) => `${line}\n`),
  }),
  requestCommand({
    name: 'event replay',
    request: 'POST /api/events/:id/replay',
    summary: 'send an event that opened no incident through the intake once more',
    details:
      'For after the rule that kept it out has changed. Every rule applies again. ID is that of "selfheal event list".\n' +
      'With --json: {delivery}.',
    operand: ID,
    text: (_, { operands: [id] }) => `Event ${id} is on the intake queue again.\n`,
  }),
  requestCommand({
    name: 'log statistics',
    request: 'GET /api/logs/statistics',
    summary: 'counts of the log lines that are kept of the latest incidents',
    details:
      'Asks the API of a deployment. With --json: {incidents, since, more, lines, levels, classes, sources, templates}.',
    options: { repo: REPOSITORY, service: SERVICE },
    text: ({ incidents, lines, levels, classes, templates, since }) =>
      [
        `${counted(lines, 'line')} of ${counted(incidents, 'incident')}${since === null ? '' : ` since ${since}`}`,
        `  levels: ${listed(levels)}`,
        `  classes: ${listed(classes)}`,
        ...templates.map(({ template, count }) => `  ${String(count).padStart(5)}  ${cleanText(template, 300)}`),
      ].map((line) => `${line}\n`),
  }),
];
