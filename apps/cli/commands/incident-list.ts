import {
  defineCommand,
  JSON_OPTION,
  listOf,
  type OptionValues,
  UsageError,
  wholeNumber,
} from '@selfheal/cli-kit/command.ts';
import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { present } from '@selfheal/kernel/present.ts';
import { cleanText } from '@selfheal/redaction/clean-text.ts';
import type { InferResponseType } from 'hono/client';
import { API_OPTIONS, type ApiClient, contentOf, openApi } from '#apps/workbench/api/api-client.ts';
import type { Incident } from '#shared/domain/incident/incident.ts';
import { unknownFilters } from '../incidents/no-match.ts';
import { INCIDENTS_OPTION, openIncidents } from '../incidents/read-trail.ts';
import { subjectWords } from '../incidents/subject-words.ts';

const MAX_LISTED = 1000;
const PAGE = 100;
/** Tolerance for writers whose clock is ahead of this one. */
const AHEAD_MILLISECONDS = 2 * 24 * 3600 * 1000;

const OPTIONS = {
  ...API_OPTIONS,
  status: {
    type: 'string',
    value: 'STATUS',
    about: 'open, resolved, healed, suggested, escalated, linked, grouped; several with commas',
  },
  repo: { type: 'string', value: 'OWNER/NAME', about: 'failures of this repository' },
  service: { type: 'string', value: 'ID', about: 'alarms of this service' },
  class: { type: 'string', value: 'CLASS', about: 'failures of this class' },
  tag: { type: 'string', value: 'TAG', about: 'with this tag, which incidents get by themselves' },
  search: {
    type: 'string',
    value: 'TEXT',
    about: 'with these words in title, diagnosis, place, class, people or outcome',
  },
  from: { type: 'string', value: 'TIME', about: 'opened at this time or later (2026-11-01 or 2026-11-01T12:00:00Z)' },
  before: { type: 'string', value: 'TIME', about: 'opened before this time' },
  'auto-resolved': { type: 'boolean', about: 'only those that ended well without a person ending them' },
  oldest: { type: 'boolean', about: 'oldest first' },
  last: { type: 'string', value: 'N', about: 'maximum number of incidents; 25 by default' },
  ...INCIDENTS_OPTION,
  ...JSON_OPTION,
} as const;
type Options = OptionValues<typeof OPTIONS>;
type Summary = Extract<
  InferResponseType<ApiClient['api']['incidents']['$get']>,
  { incidents: unknown }
>['incidents'][number];

/** What the table cannot be asked for. */
const FILTERS = [
  'auto-resolved',
  'tag',
  'status',
  'repo',
  'service',
  'class',
  'search',
  'from',
  'before',
  'oldest',
] as const;
const WIDTH = { number: 5, id: 28, status: 10 };

function lineOf(incident: Summary): string {
  const { id, number, status, openedAt, class: failureClass } = incident;
  const what = cleanText(
    `${failureClass?.replaceAll('_', ' ') ?? 'not classified yet'}: ${subjectWords(incident)}`,
    300,
  );
  return `${String(number ?? '-').padStart(WIDTH.number)}  ${id.padEnd(WIDTH.id)}  ${status.padEnd(WIDTH.status)}  ${openedAt.slice(0, 16).replace('T', ' ')} UTC  ${what}\n`;
}

const ENDED_WELL = ['resolved', 'healed'] as const;

/** `2026-11-01` is midnight UTC. */
function instantOf(option: 'from' | 'before', text: string): string {
  const at = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(text) || Number.isNaN(at)) {
    throw new UsageError(`--${option} ${text}: expected a day or a time with its zone, such as 2026-11-01T12:00:00Z.`);
  }
  return new Date(at).toISOString();
}

function queryOf({
  'auto-resolved': autoResolved,
  status,
  repo,
  service,
  class: failureClass,
  search,
  from,
  before,
  oldest,
}: Options) {
  return {
    ...(autoResolved === true && status === undefined ? { status: ENDED_WELL.join() } : {}),
    ...present({ status, repository: repo, service }),
    ...(failureClass === undefined ? {} : { class: failureClass as never }),
    ...present({ search }),
    ...(from === undefined ? {} : { from: instantOf('from', from) }),
    ...(before === undefined ? {} : { before: instantOf('before', before) }),
    order: oldest === true ? ('oldest' as const) : ('newest' as const),
  };
}

const isEndedWell = (status: string): boolean => ENDED_WELL.some((one) => one === status);

/** Whether it ended well and no person ended it. */
const isAutoResolved = ({ status, endedBy }: Summary): boolean => isEndedWell(status) && endedBy === null;

/** At most so many pages are read for those with a tag, which the API does not filter by. */
const MAX_PAGES = 20;

/** Page after page, until so many are printed or none is left. Returns how many were printed. */
async function listFromApi(options: Options, most: number, terminal: Terminal): Promise<number> {
  const client = await openApi(options, terminal);
  const { api } = client;
  const query = queryOf(options);
  const isFiltered = options.tag !== undefined || options['auto-resolved'] === true;
  let listed = 0;
  let pages = 0;
  let cursor: string | null = null;
  do {
    const limit = String(isFiltered ? PAGE : Math.min(PAGE, most - listed));
    const response = await api.incidents.$get({ query: { ...query, limit, ...(cursor === null ? {} : { cursor }) } });
    const { incidents, next, unreadable } = await contentOf(response);
    const shown = incidents.filter(
      (one) =>
        (options['auto-resolved'] !== true || isAutoResolved(one)) &&
        (options.tag === undefined || one.tags.includes(options.tag.toLowerCase())),
    );
    for (const one of shown.slice(0, most - listed))
      await terminal.write(options.json === true ? `${JSON.stringify(one)}\n` : lineOf(one));
    for (const { id, problem } of unreadable) terminal.say(`selfheal: ${id} cannot be read: ${problem}`);
    listed += shown.length;
    pages += 1;
    cursor = next;
  } while (cursor !== null && listed < most && (!isFiltered || pages < MAX_PAGES));
  if (cursor !== null && listed < most)
    terminal.say(
      `selfheal: looked at the first ${MAX_PAGES * PAGE} incidents; there are more. Choose a time with --from and --before.`,
    );
  if (listed === 0 && options.json !== true) {
    // Those that were not read may have it.
    const unknown = cursor === null ? await unknownFilters(options, client) : [];
    terminal.say(['selfheal: no incident matches.', ...unknown].join(' '));
  }
  return listed;
}

const asText = ({ id, number, openedAt, updatedAt, target, attempt, classification }: Incident): string =>
  `${number === undefined ? '' : `${number}  `}${id}  opened ${openedAt}, last updated ${updatedAt}, ${target.kind}, attempt ${attempt}, ${classification?.class ?? 'not classified yet'}\n`;

/** The open ones straight from the table, for whoever may read it, when the API does not answer. */
async function listFromTable(table: string, most: number, options: Options, terminal: Terminal): Promise<number> {
  const filter = FILTERS.find((name) => options[name] !== undefined);
  if (filter !== undefined)
    throw new UsageError(`--${filter} needs the API: with --table the open incidents are listed, unfiltered.`);
  const store = await openIncidents(table);
  const open = await store.listStalled(new Date(terminal.now() + AHEAD_MILLISECONDS), most);
  for (const one of open) await terminal.write(options.json === true ? `${JSON.stringify(one)}\n` : asText(one));
  return open.length;
}

export const incidentList = defineCommand({
  name: 'incident list',
  aliases: ['incidents'],
  summary: 'list incidents, newest first, by status, repository, service, class and time',
  details:
    'Asks the API of a deployment. With --table: lists the open ones straight from the table, least recently updated first.\n' +
    'With --json: JSON Lines, one incident per line; with --table its whole record.',
  options: OPTIONS,
  async run({ options }, terminal) {
    const other =
      options['auto-resolved'] === true ? listOf(options.status).find((one) => !isEndedWell(one)) : undefined;
    if (other !== undefined)
      throw new UsageError(
        `--auto-resolved lists what ended well without a person, so nothing can be ${other}: leave --status out, or name ${ENDED_WELL.join(' or ')}.`,
      );
    const most = wholeNumber('last', options.last, { otherwise: 25, atMost: MAX_LISTED });
    const listed =
      options.table === undefined
        ? await listFromApi(options, most, terminal)
        : await listFromTable(options.table, most, options, terminal);
    if (listed === 0 && options.table !== undefined && options.json !== true)
      terminal.say('selfheal: no incident is open.');
    return 0;
  },
});
