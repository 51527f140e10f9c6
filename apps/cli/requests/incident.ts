import { UsageError, wholeNumber, yesOption } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { openInput, textOf } from '#apps/workbench/input/open-input.ts';
import { secondsOf } from '../duration.ts';
import { changedWords, endedWords, withYesOrNo } from '../incidents/change-incident.ts';
import { causeSections, clean, contextSections, type IncidentDetails } from '../incidents/render-briefing.ts';
import { parseClass } from '../learning/class-names.ts';
import { requestCommand } from './request-command.ts';

const INCIDENT = { shown: 'INCIDENT', field: 'id', aliases: ['incident-id'] } as const;
const AS_GIVEN = 'With --json: the incident as the API gives it.';
const MAX_LINES = 1000;
const MAX_LINE_LENGTH = 4000;
const MAX_REVISION = 999_999_999;

/** The last lines of a log, where failures are. */
async function lastLines(file: string, terminal: Terminal): Promise<string[]> {
  let lines: string[] = [];
  let rest = '';
  for await (const piece of textOf(await openInput(file, terminal))) {
    const read = (rest + piece).split('\n');
    rest = (read.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    lines = [...lines, ...read].slice(-MAX_LINES);
  }
  return [...lines, ...(rest === '' ? [] : [rest])].slice(-MAX_LINES).map((line) => line.slice(0, MAX_LINE_LENGTH));
}

function shownWords({ id, number, tags, status, outcome, briefing, openedAt, occurrences }: IncidentDetails): string[] {
  return [
    clean(briefing.headline),
    clean(`${outcome.lead} ${outcome.rest}`.trim()),
    ...causeSections(briefing),
    ...contextSections(briefing),
    '',
    clean(
      `Incident ${number === null ? '' : `${number}, `}${id}, ${status}, opened ${openedAt}, reported ${occurrences === 1 ? 'once' : `${occurrences} times`}.`,
    ),
    clean(`Tags: ${tags.join(', ') || 'none'}`),
  ].map((line) => `${line}\n`);
}

const SEVERITY = { value: 'LEVEL', about: 'how bad it is' } as const;

/** What a person reads and says of one incident. */
export const INCIDENTS = [
  requestCommand({
    name: 'incident show',
    request: 'GET /api/incidents/:id',
    summary: 'what failed and why, what was done, and how it ended',
    details: `Asks the API of a deployment. The id may be cut: gh-68654c59. ${AS_GIVEN}`,
    operand: INCIDENT,
    isAboutIncident: true,
    text: shownWords,
  }),
  requestCommand({
    name: 'incident create',
    request: 'POST /api/incidents',
    summary: 'report a failure: it is classified, diagnosed and planned like every other',
    details:
      'Nothing is executed on the word of a report; people are told. Secrets are removed before anything is kept. With --key a repeat opens no second incident.\n' +
      AS_GIVEN,
    options: {
      title: { value: 'TEXT', about: 'what is wrong, in a few words' },
      description: { value: 'TEXT', about: 'what is known about it' },
      service: { value: 'NAME', about: 'the service that fails' },
      repo: {
        field: 'repository',
        value: 'OWNER/NAME',
        aliases: ['repository'],
        about: 'the repository that it is about',
      },
      severity: SEVERITY,
    },
    more: {
      log: { type: 'string', value: 'FILE', about: `a log that shows it; the last ${MAX_LINES} lines are sent` },
      key: { type: 'string', value: 'KEY', about: 'your own id of the report, the same for repeats of it' },
    },
    prepare: async ({ options: { log } }, terminal) =>
      typeof log === 'string' ? { lines: await lastLines(log, terminal) } : {},
    headers: ({ key }): Readonly<Record<string, string>> => (typeof key === 'string' ? { 'idempotency-key': key } : {}),
    text: changedWords,
  }),
  requestCommand({
    name: 'incident update',
    request: 'PATCH /api/incidents/:id',
    summary: 'change title, severity, assignee or notes of an incident',
    details: `An empty text removes what was said before. ${AS_GIVEN}`,
    operand: INCIDENT,
    isAboutIncident: true,
    options: {
      title: { value: 'TEXT', about: 'what is wrong, in a few words' },
      severity: SEVERITY,
      assignee: { value: 'NAME', about: 'who works on it' },
      notes: { value: 'TEXT', about: 'what others should know' },
      reason: { value: 'TEXT', about: 'why, for the audit trail' },
    },
    more: { revision: { type: 'string', value: 'N', about: 'only if this is still its revision' } },
    prepare({ fields: { id: _id, reason: _reason, ...changes } }) {
      if (Object.keys(changes).length === 0)
        throw new UsageError('"selfheal incident update" needs --title, --severity, --assignee or --notes.');
      return Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value === '' ? null : value]));
    },
    headers({ revision }): Readonly<Record<string, string>> {
      if (typeof revision !== 'string') return {};
      const number = revision === '0' ? 0 : wholeNumber('revision', revision, { otherwise: 1, atMost: MAX_REVISION });
      return { 'if-match': `"${number}"` };
    },
    text: changedWords,
  }),
  requestCommand({
    name: 'incident postmortem',
    aliases: ['postmortem'],
    request: 'GET /api/incidents/:id/postmortem',
    summary: 'draft the post-mortem of an incident as Markdown',
    details:
      'Timeline, what was known when, cause and evidence, what was tried, what is open: facts alone, each with its source. It asks the API of a\n' +
      'deployment. Example: selfheal incident postmortem 42 > postmortem.md',
    operand: INCIDENT,
    isAboutIncident: true,
    text: (draft) => (typeof draft === 'string' ? draft : draft.markdown),
  }),
  requestCommand({
    name: 'incident acknowledge',
    aliases: ['acknowledge-incident'],
    request: 'POST /api/incidents/:id/acknowledge',
    summary: 'say that you work on an incident: nobody else who is on call is called',
    details: `The first person who says so stays. It approves nothing and changes nothing else. ${AS_GIVEN}`,
    operand: INCIDENT,
    isAboutIncident: true,
    text: (incident) =>
      `${changedWords(incident)}${incident.acknowledged === null ? '' : `  acknowledged by ${incident.acknowledged.by}\n`}`,
  }),
  requestCommand({
    name: 'incident escalate',
    aliases: ['escalate-incident'],
    request: 'POST /api/incidents/:id/escalate',
    summary: 'have others told that a person is needed, by every channel, and call who is on call',
    details:
      'Mail, chats, pagers and tickets as the notifiers and the rules of routing say. Once for each attempt: asking again reaches only channels that failed. It changes\n' +
      'nothing else. With --json: {incident, told}.',
    operand: INCIDENT,
    isAboutIncident: true,
    options: { reason: { value: 'TEXT', about: 'why a person is needed; they read it' } },
    text: ({ incident, told }) =>
      `${changedWords(incident)}  ${told.length === 0 ? 'no channel could be told' : `people were told by: ${told.join(', ')}`}\n`,
  }),
  requestCommand({
    name: 'incident resolve',
    aliases: ['resolve-incident'],
    request: 'POST /api/incidents/:id/resolve',
    summary: 'end an incident with the solution that helped, and learn from it',
    details:
      'The solution is shown with similar failures from then on, and becomes a learned pattern that is only observed at first. With --success false nothing ends,\n' +
      'and the attempt is remembered. Refused while Selfheal carries out an action. With --json: {incident, learned}.',
    operand: INCIDENT,
    isAboutIncident: true,
    rewrite: withYesOrNo(['success']),
    options: {
      solution: { value: 'TEXT', about: 'what helped' },
      'action-taken': { value: 'TEXT', aliases: ['description'], about: 'what was done' },
    },
    more: {
      'resolution-time': {
        type: 'string',
        value: 'TIME',
        about: 'how long people worked on it: seconds, or such as 1h 30m',
      },
      success: { type: 'boolean', about: 'it helped; the default' },
      'no-success': { type: 'boolean', about: 'it did not help (also --success false)' },
      class: {
        type: 'string',
        value: 'CLASS',
        aliases: ['category'],
        about: 'what it really was, where Selfheal erred',
      },
    },
    prepare({ options: { 'resolution-time': time, 'no-success': failed, class: given } }) {
      const seconds = secondsOf('resolution-time', time as string | undefined);
      return {
        minutes: seconds === null ? null : seconds / 60,
        success: failed !== true,
        class: typeof given === 'string' ? parseClass(given) : null,
      };
    },
    // Whoever says that it helped has ended it in so many words; the old name of the command needs no further one.
    confirms: ({ options, fields }) =>
      options.success !== true && fields.success === true ? `end the incident ${fields.id}` : null,
    text(ended, { fields: { minutes } }) {
      const worked = typeof minutes === 'number' ? Math.round(60 * minutes) : null;
      return `${endedWords(ended)}${worked === null ? '' : `  people worked on it for ${counted(worked, 'second')}\n`}`;
    },
  }),
  requestCommand({
    name: 'incident false-positive',
    aliases: ['mark-false-positive'],
    request: 'POST /api/incidents/:id/false-positive',
    summary: 'end an incident that was none',
    details:
      'With --update-patterns it counts against every learned pattern that recognises it. With --json: {incident, learned}.',
    operand: INCIDENT,
    isAboutIncident: true,
    rewrite: withYesOrNo(['update-patterns']),
    options: {
      reason: { value: 'TEXT', about: 'why it was none' },
      'update-patterns': { about: 'count it against the patterns that recognise it' },
    },
    more: {
      'no-update-patterns': { type: 'boolean', about: 'change no pattern; the default' },
      ...yesOption('not needed: the reason says that you mean it'),
    },
    text: endedWords,
  }),
  requestCommand({
    name: 'incident feedback',
    aliases: ['feedback'],
    request: 'POST /api/incidents/:id/feedback',
    summary: 'say whether what was done about an incident was right',
    details:
      'Your latest word counts. An action called wrong counts as failed when later ones are ranked; praise raises nothing.\n' +
      AS_GIVEN,
    operand: INCIDENT,
    isAboutIncident: true,
    rewrite: withYesOrNo(['action-correct']),
    options: {
      'speed-rating': { value: 'N', about: 'from bad to good' },
      'effectiveness-rating': { value: 'N', about: 'from bad to good' },
      comments: { value: 'TEXT', about: 'what you want to say about it' },
    },
    more: {
      'action-correct': { type: 'boolean', about: 'the action was right (also --action-correct true)' },
      'no-action-correct': { type: 'boolean', about: 'the action was wrong (also --action-correct false)' },
    },
    prepare({ options: { 'action-correct': right = false, 'no-action-correct': wrong = false } }) {
      if (right === wrong)
        throw new UsageError('"selfheal incident feedback" needs --action-correct or --no-action-correct.');
      return { actionCorrect: right };
    },
    text({ id, feedback }) {
      const count = feedback.length;
      return `${id}: your feedback is kept; ${count === 1 ? 'it is the first' : `${count} people gave theirs`}.\n`;
    },
  }),
];
