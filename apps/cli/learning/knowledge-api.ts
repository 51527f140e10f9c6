import type { InferResponseType } from 'hono/client';
import { cleanText } from '#shared/domain/redaction/clean-text.ts';
import { shareText } from '#shared/kernel/numbers/proportion.ts';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '../api/api-client.ts';
import { readSession } from '../api/session.ts';
import { type OptionSpecs, type OptionValues, UsageError } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { PATTERN_OPTIONS } from './open-patterns.ts';

/** Where patterns are: the API, or else the table or the file that is named. */
export const KNOWLEDGE_OPTIONS = {
  ...API_OPTIONS,
  ...PATTERN_OPTIONS,
} as const satisfies OptionSpecs;

/** Of commands that need the API: the scope as a person names it. */
export const SCOPE_OPTIONS = {
  ...API_OPTIONS,
  scope: {
    type: 'string',
    value: 'PLACE',
    about: 'owner/name, the name of an alarm, repository#ID:OWNER/NAME or alarm#ARN; by default the only one there is',
  },
} as const satisfies OptionSpecs;

export type Patterns = ApiClient['api']['knowledge']['patterns'];
export type Pattern = Extract<InferResponseType<Patterns['$get']>, { patterns: unknown }>['patterns'][number];
export type PatternDetails = Extract<InferResponseType<Patterns[':id']['$get']>, { history: unknown }>;

/**
 * The API where one is named or somebody is signed in, unless a table or a file is named; null where the file of this folder is meant.
 */
export async function apiUnlessNamed(
  options: OptionValues<typeof KNOWLEDGE_OPTIONS>,
  terminal: Terminal,
): Promise<ApiClient | null> {
  const isNamed = options.table !== undefined || options.patterns !== undefined;
  const isAsked = options.url !== undefined || options.token !== undefined || options.profile !== undefined;
  if (isNamed && isAsked) throw new UsageError('Use either --url, --token or --profile, or --table or --patterns.');
  if (isNamed) return null;
  const { environment } = terminal;
  const isThere = isAsked || environment.SELFHEAL_URL || (await readSession({ environment })) !== null;
  return isThere ? await openApi(options, terminal) : null;
}

/** The scope that is named, or the only one that had incidents lately. Throws `UsageError` that lists them where there are several. */
export async function scopeAt({ api }: ApiClient, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const { scopes } = await contentOf(await api.knowledge.scopes.$get());
  const [only, ...others] = scopes;
  if (only === undefined)
    throw new UsageError('There was no incident yet: name a scope with --scope repository#ID:owner/name.');
  if (others.length === 0) return only.scope;
  const known = scopes.slice(0, 5).map(({ scope }) => cleanText(scope, 200));
  throw new UsageError(`Name a scope with --scope. The latest are: ${known.join(', ')}.`);
}

/** The client with a scope, for one command. */
export async function openScope(options: OptionValues<typeof SCOPE_OPTIONS>, terminal: Terminal) {
  const client = await openApi(options, terminal);
  return { api: client.api, scope: await scopeAt(client, options.scope) };
}

/** One pattern in a few lines. */
export function renderPattern(pattern: Pattern): string {
  const { id, class: failureClass, stage, confidence, wording, title, solution, tags, source, by, createdAt } = pattern;
  const { helped, needsApproval, retired, revision, parent } = pattern;
  const often = helped === null ? 'no case yet' : `${helped.hits} of ${helped.cases} (${shareText(helped.value)})`;
  const line = (text: string): string => `  ${cleanText(text, 600)}`;
  return [
    `${id}  ${failureClass}, ${retired === null ? stage : 'removed'}, confidence ${confidence.toFixed(2)}: ${cleanText(wording, 300)}`,
    line(`${title}: ${solution}`),
    line(`helped in ${often}; tags ${tags.join(', ') || 'none'}${parent === null ? '' : `; refines ${parent}`}`),
    line(`${source}, ${by}, ${createdAt.slice(0, 10)}, revision ${revision}`),
    ...(needsApproval.length === 0 ? [] : [line(`needs an approval because of ${needsApproval.join(', ')}`)]),
    ...(retired === null ? [] : [line(`removed on ${retired.at.slice(0, 10)}: ${retired.reason}`)]),
    '',
  ].join('\n');
}

/** Prints what a change gave: as JSON the answer, else the pattern after a word about it. */
export async function sayWritten(
  answer: { readonly pattern: PatternDetails; readonly dryRun: boolean },
  { done, json }: { readonly done: string; readonly json: boolean },
  terminal: Terminal,
): Promise<0> {
  if (json) await terminal.write(`${JSON.stringify(answer)}\n`);
  else await terminal.write(`${answer.dryRun ? 'would be ' : ''}${done}: ${renderPattern(answer.pattern)}`);
  return 0;
}

/** The revision that a change is based on, as `if-match`: the one a person names, or whatever it is now. */
export function revisionHeader(given: string | undefined): { readonly 'if-match': string } {
  if (given === undefined) return { 'if-match': '*' };
  if (/^\d{1,9}$/.test(given)) return { 'if-match': `"${given}"` };
  throw new UsageError(`--revision ${given}: expected the number that "selfheal knowledge show" prints.`);
}

export const REVISION_OPTION = {
  revision: {
    type: 'string',
    value: 'N',
    about: 'change it only if it still has this revision; by default whatever it is now',
  },
} as const satisfies OptionSpecs;
