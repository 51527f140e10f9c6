import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { unknownValue } from '@selfheal/kernel/text/nearest-value.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { InferResponseType } from 'hono/client';
import { type ApiClient, contentOf } from '#apps/workbench/api/api-client.ts';
import { subjectWords } from './subject-words.ts';

export type ChangedIncident = Extract<
  InferResponseType<ApiClient['api']['incidents'][':id']['$patch']>,
  { subject: unknown }
>;

const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type ReportSeverity = (typeof SEVERITIES)[number];

/** Throws `UsageError` that lists them. */
export function severityOption(given: string | undefined): ReportSeverity | undefined {
  if (given === undefined) return undefined;
  const severity = SEVERITIES.find((one) => one === given.toLowerCase());
  if (severity === undefined) throw new UsageError(unknownValue('severity', given, SEVERITIES));
  return severity;
}

/** Prints what would be sent. */
export async function showOrder(request: string, body: object, terminal: Terminal): Promise<0> {
  await terminal.write(`${JSON.stringify({ dryRun: true, request, body })}\n`);
  return 0;
}

const YES = new Set(['true', 'yes', 'y', '1']);
const NO = new Set(['false', 'no', 'n', '0']);

/** Lets a yes-or-no option be given with a word: `--success true`, `--success=no`. `--no-NAME` is the negation of `--NAME`. */
export function withYesOrNo(names: readonly string[]): (args: readonly string[]) => string[] {
  return (args) => {
    const read: string[] = [];
    for (let at = 0; at < args.length; at += 1) {
      const [flag = '', given] = (args[at] ?? '').split('=', 2);
      const name = names.find((one) => flag === `--${one}`);
      const word = (given ?? args[at + 1] ?? '').toLowerCase();
      if (name === undefined || !(YES.has(word) || NO.has(word))) {
        read.push(args[at] ?? '');
        continue;
      }
      read.push(YES.has(word) ? `--${name}` : `--no-${name}`);
      if (given === undefined) at += 1;
    }
    return read;
  };
}

const clean = (text: string): string => cleanText(text, 2000);

/** `4` of `#4`. */
export const plainId = (given: string): string => given.trim().replace(/^#(?=\d+$)/, '');

/** The incident that a person means by its number, its id or the beginning of it. Says which it is, before anything is done to it. */
export async function incidentMeant({ api }: ApiClient, given: string, terminal: Pick<Terminal, 'say'>) {
  const incident = await contentOf(await api.incidents[':id'].$get({ param: { id: plainId(given) } }));
  const { id, number, title, status } = incident;
  const name = number === null ? id : `${number} (${id})`;
  terminal.say(`selfheal: incident ${name}, ${status}: ${clean(title)}; ${clean(subjectWords(incident))}`);
  return incident;
}

/** An incident after a change, in a few lines. */
export function changedWords({ id, number, status, title, severity, assignee, reason }: ChangedIncident): string {
  const words = [
    `${number === null ? '' : `${number}  `}${id}: ${status}${severity === null ? '' : `, severity ${severity}`}${assignee === null ? '' : `, assigned to ${clean(assignee)}`}`,
    `  ${clean(title)}`,
    ...(reason === null ? [] : [`  ${clean(reason)}`]),
  ];
  return words.map((line) => `${line}\n`).join('');
}

/** The same with what was learned. */
export function endedWords({ incident, learned }: { incident: ChangedIncident; learned: readonly string[] }): string {
  return `${changedWords(incident)}${learned.map((line) => `  ${clean(line)}\n`).join('')}`;
}
