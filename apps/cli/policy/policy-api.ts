import {
  DRY_RUN_OPTION,
  type ExitCode,
  JSON_OPTION,
  type OptionSpecs,
  type OptionValues,
  UsageError,
  yesOption,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { InferResponseType } from 'hono/client';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { stoppedWords } from '#shared/plugins/notifiers/common/briefing-facts.ts';

type Routes = ApiClient['api']['config'];
export type RuntimePolicy = Extract<InferResponseType<Routes['$get']>, { effective: unknown }>;
type PolicyChange = Extract<InferResponseType<Routes['$post']>, { changes: unknown }>;

/** Of every command that changes the policy. */
export const CHANGE_OPTIONS = {
  reason: { type: 'string', value: 'TEXT', about: 'why; everybody who reads the history sees it' },
  ...DRY_RUN_OPTION,
  ...API_OPTIONS,
  ...JSON_OPTION,
} as const satisfies OptionSpecs;
export const YES_OPTION = yesOption('do it: this may let Selfheal do more than now');
export type ChangeOptions = OptionValues<typeof CHANGE_OPTIONS>;

const MAX_LENGTH = 500;
export const clean = (text: string): string => cleanText(text, MAX_LENGTH);
export const valueWords = (value: unknown): string =>
  clean(value === undefined ? 'as deployed' : typeof value === 'string' ? value : JSON.stringify(value));

/** The policy, and the tag by which a change says what its author saw. */
export async function openPolicy(options: ChangeOptions, terminal: Terminal) {
  const { api } = await openApi(options, terminal);
  const response = await api.config.$get();
  return { config: api.config, policy: await contentOf(response), seen: response.headers.get('etag') ?? '*' };
}

/** The kill switch while it is on, with a sentence that says since when, by whom and why; null while it is off. */
export async function readStop({ api }: ApiClient) {
  const { killSwitch, ...stopped } = (await contentOf(await api.config.$get())).killSwitch;
  return killSwitch ? { ...stopped, words: stoppedWords({ stopped, timeZone: 'UTC' }) ?? '' } : null;
}

/** The reason that was given. Throws `UsageError` without one. */
export function reasonOf({ reason }: Pick<ChangeOptions, 'reason'>, command: string): string {
  if (reason !== undefined && reason.trim() !== '') return reason;
  throw new UsageError(`"selfheal ${command}" needs --reason TEXT: the history shows it to everybody.`);
}

/** Sends a merge patch of the overlay and prints what it changed. */
export async function changeBy(
  change: Record<string, unknown>,
  reason: string,
  options: ChangeOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { config, seen } = await openPolicy(options, terminal);
  const json = { change, reason, dryRun: options['dry-run'] === true };
  const answer = await contentOf(await config.$post({ json, header: { 'if-match': seen } }));
  return await sayChange(answer, options, terminal);
}

/** Who set an alert is noted beside it; the history tells it of every change. */
const AUTHOR = /^metricAlerts\..+\.setBy\.\w+$/;
/** Settings that a deployment does not have by itself: each is there or not. */
const NAMED_BY_PEOPLE = /^(?:alerts|metricAlerts)\./;

export const changeLines = (changes: PolicyChange['changes']): readonly string[] =>
  changes
    .filter(({ field }) => !AUTHOR.test(field))
    .map(({ field, before, after }) => {
      const words = (value: unknown): string =>
        value === undefined && NAMED_BY_PEOPLE.test(field) ? 'none' : valueWords(value);
      return `${clean(field)}: ${words(before)} -> ${words(after)}`;
    });

/** What the change would have done to the last week. */
export function previewLines(preview: PolicyChange['preview']): readonly string[] {
  if (preview === null) return [];
  const partial = preview.partial ? ['Only the newest part of the week was read: there is too much of it.'] : [];
  return [...preview.effects.map(({ words }) => clean(words)), ...partial];
}

export async function sayChange(answer: PolicyChange, options: ChangeOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.json === true) {
    await terminal.write(`${JSON.stringify(answer)}\n`);
    return 0;
  }
  const { changes, policy, preview } = answer;
  const revision = policy.revision ?? 0;
  const end =
    changes.length === 0
      ? 'Nothing differs from what holds now.'
      : options['dry-run'] === true
        ? `Nothing was changed; it would be revision ${revision}.`
        : `Revision ${revision} holds from now on.`;
  await terminal.write([...changeLines(changes), ...previewLines(preview), end].map((line) => `${line}\n`).join(''));
  return 0;
}
