import { type OptionSpecs, type OptionValues, UsageError } from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { nearestValue } from '@selfheal/kernel/text/nearest-value.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { InferResponseType } from 'hono/client';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import { readSession } from '#apps/workbench/api/session.ts';
import { ALL_SERVICES } from '#shared/domain/incident/scope.ts';
import { helpedWords } from '#shared/domain/learning/outcomes-words.ts';
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
    about:
      'owner/name, service:NAME, the name of an alarm, repository#ID:OWNER/NAME or alarm#ARN; all services by default',
  },
} as const satisfies OptionSpecs;

type Patterns = ApiClient['api']['knowledge']['patterns'];
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

/** The place that is named, by default all services, and says which. The API lists those that there are where the name fits none or several. */
export function placeOf(given: string | undefined, terminal: Pick<Terminal, 'say'>): string {
  const scope = given ?? ALL_SERVICES;
  terminal.say(`selfheal: place: ${placeWords(scope)}${given === undefined ? ' (--scope names another)' : ''}`);
  return scope;
}

/** The place that a name means, as it is stored. Fails with those that there are where the name fits none or several. */
export async function placeMeant({ api }: Pick<ApiClient, 'api'>, scope: string): Promise<string> {
  if (scope === ALL_SERVICES) return scope;
  return (await contentOf(await api.knowledge.stats.$get({ query: { scope } }))).scope;
}

/** A place, for people: `all services`, `acme/shop`, `service redis`, `alarm checkout-errors`. */
export function placeWords(scope: string): string {
  if (scope === ALL_SERVICES) return 'all services';
  const [, kind = '', name = ''] = /^(repository|alarm|service|reports)#(.*)$/s.exec(scope) ?? [];
  if (kind === 'repository') return cleanText(name.slice(name.indexOf(':') + 1), 200);
  if (kind === 'alarm') return `alarm ${cleanText(name.split(':alarm:').at(-1) ?? name, 200)}`;
  return kind === '' ? cleanText(scope, 200) : `${kind} ${cleanText(name, 200)}`;
}

/** The client with a place, for one command. */
export async function openScope(options: OptionValues<typeof SCOPE_OPTIONS>, terminal: Terminal) {
  const client = await openApi(options, terminal);
  return { api: client.api, scope: placeOf(options.scope, terminal) };
}

const PATTERN_ID = /^[0-9a-f]{12}$/;
const MAX_PATTERN_PAGES = 20;
const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
    .replaceAll(/^_|_$/g, '');

/** Every pattern of a place that counts, the newest last, up to two thousand. */
async function patternsAt({ api }: ApiClient, scope: string): Promise<Pattern[]> {
  const found: Pattern[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PATTERN_PAGES; page += 1) {
    const query = { scope, limit: '100', ...(cursor === null ? {} : { cursor }) };
    const read: { patterns: Pattern[]; next: string | null } = await contentOf(
      await api.knowledge.patterns.$get({ query }),
    );
    found.push(...read.patterns);
    cursor = read.next;
    if (cursor === null) break;
  }
  return found;
}

/**
 * The id of the pattern that a person names: the id, its title (`Redis Connection Failure`, `redis_connection_failure`) or its wording. Throws
 * `UsageError` that lists what there is where the name fits none or several.
 */
export async function patternNamed(client: ApiClient, scope: string, given: string): Promise<string> {
  return PATTERN_ID.test(given) ? given : idAmong(await patternsAt(client, scope), given, placeWords(scope));
}

/** The same among patterns that are at hand; `place` names where they are. */
export function idAmong<P extends Pick<Pattern, 'id' | 'title' | 'wording'>>(
  all: readonly (P & { readonly createdAt?: string })[],
  given: string,
  place: string,
): string {
  if (all.some(({ id }) => id === given)) return given;
  const slug = slugOf(given);
  const fitting = all.filter(({ title, wording }) => slugOf(title) === slug || wording === given);
  const [only, ...others] = fitting;
  const list = (patterns: readonly P[]): string =>
    patterns.map(({ id, title }) => `${id} (${cleanText(title, 100)})`).join(', ');
  if (only !== undefined && others.length === 0) return only.id;
  if (only !== undefined)
    throw new UsageError(`${given}: several patterns of ${place} have this name: ${list(fitting)}.`);
  const nearest = nearestValue(
    slug,
    all.map(({ title }) => slugOf(title)),
  );
  const meant = nearest === null ? [] : all.filter(({ title }) => slugOf(title) === nearest);
  const newest = [...all].sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1)).slice(0, 5);
  throw new UsageError(
    `There is no pattern "${cleanText(given, 100)}" in ${place}. ${
      meant.length > 0
        ? `Did you mean ${list(meant)}?`
        : newest.length > 0
          ? `The newest are: ${list(newest)}.`
          : 'It has no pattern yet: "selfheal knowledge add" writes one down.'
    }`,
  );
}

/** One pattern in a few lines. */
export function renderPattern(pattern: Pattern): string {
  const {
    id,
    class: failureClass,
    stage,
    confidence,
    wording,
    alternatives,
    title,
    solution,
    tags,
    source,
    by,
    createdAt,
  } = pattern;
  const { helped, verified, needsApproval, retired, revision, parent } = pattern;
  const line = (text: string): string => `  ${cleanText(text, 600)}`;
  return [
    `${id}  ${failureClass}, ${retired === null ? stage : 'removed'}, confidence ${confidence.toFixed(2)}: ${[wording, ...alternatives].map((one) => cleanText(one, 300)).join(' | ')}`,
    line(`${title}: ${solution}`),
    line(
      `${helpedWords(helped, verified)}; tags ${tags.join(', ') || 'none'}${parent === null ? '' : `; refines ${parent}`}`,
    ),
    line(`${source}, ${by}, ${createdAt.slice(0, 10)}, revision ${revision}`),
    ...(needsApproval.length === 0 ? [] : [line(`needs an approval because of ${needsApproval.join(', ')}`)]),
    ...(retired === null ? [] : [line(`removed on ${retired.at.slice(0, 10)}: ${retired.reason}`)]),
    '',
  ].join('\n');
}

/** Prints what a change gave: as JSON the answer, else the pattern after a word about it. */
export async function sayWritten(
  answer: { readonly pattern: PatternDetails; readonly dryRun: boolean; readonly heldBack: string | null },
  { done, json }: { readonly done: string; readonly json: boolean },
  terminal: Terminal,
): Promise<0> {
  if (json) await terminal.write(`${JSON.stringify(answer)}\n`);
  else await terminal.write(`${answer.dryRun ? 'would be ' : ''}${done}: ${renderPattern(answer.pattern)}`);
  if (answer.heldBack !== null) terminal.say(`selfheal: ${cleanText(answer.heldBack, 600)}`);
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
