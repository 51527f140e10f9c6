import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import { type IncidentStoryDeps, readIncidentStory } from '#shared/app/incidents/incident-story.ts';
import type { ReadAccountDeps } from '#shared/app/incidents/load-account.ts';
import { type ReadIncidentDeps, readAccount, readIncident, summaryOf } from '#shared/app/incidents/read-incident.ts';
import { IncidentStatus } from '#shared/domain/incident/incident.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { type IncidentLists, type IncidentQuery, MAX_PAGE_SIZE } from '#shared/ports/incident-lists.ts';
import { Problem } from '../problem.ts';
import { answers, makeRoutes, NOT_FOUND, REVISION_HEADER, routeFor } from './contract.ts';
import {
  IncidentAccount,
  IncidentDetails,
  IncidentPage,
  IncidentStory,
  Instant,
  Postmortem,
} from './incident-answers.ts';

export interface IncidentRoutesDeps extends ReadIncidentDeps, IncidentStoryDeps {
  readonly evidence: IncidentStoryDeps['evidence'];
  readonly lists: IncidentLists;
  readonly trail: ReadAccountDeps['trail'];
  readonly incidents: ReadIncidentDeps['incidents'] & IncidentStoryDeps['incidents'] & ReadAccountDeps['incidents'];
}

export const IncidentPath = z.strictObject({
  id: z
    .string()
    .regex(
      /^(?:\d{1,9}|[a-z0-9-]{5,60})$/,
      'Must be the number or the id of an incident, or its beginning, such as gh-68654c59',
    )
    .meta({ description: 'Number or id of an incident, or a beginning of the id that fits one incident only.' }),
});

const ListQuery = z.strictObject({
  status: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(IncidentStatus))
    .optional()
    .meta({ description: 'One status or several, with commas.' }),
  repository: RepositoryName.optional(),
  service: z.string().min(1).max(100).optional(),
  class: FailureClass.optional(),
  from: Instant.optional().meta({ description: 'Opened at this time or later.' }),
  search: z.string().trim().min(1).max(200).optional().meta({
    description: 'Words that the incident has to have: of its title, diagnosis, place, class, people or outcome.',
  }),
  before: Instant.optional().meta({ description: 'Opened before this time.' }),
  order: z.enum(['newest', 'oldest']).default('newest'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(25),
  cursor: z.string().max(2000).optional().meta({ description: 'The `next` of the page before.' }),
});

const TAGS = ['incidents'];

const list = routeFor('read', {
  method: 'get',
  path: '/api/incidents',
  tags: TAGS,
  summary: 'List incidents, a page at a time',
  description: 'A page may hold fewer than `limit` incidents and still have a `next`; the last one has none.',
  request: { query: ListQuery },
  responses: answers('One page.', IncidentPage),
});

const show = routeFor('read', {
  method: 'get',
  path: '/api/incidents/{id}',
  tags: TAGS,
  summary: 'Read one incident: what failed and why, what was done, how it ended',
  request: { params: IncidentPath },
  responses: { ...answers('The incident.', IncidentDetails), ...NOT_FOUND },
});

const account = routeFor('read', {
  method: 'get',
  path: '/api/incidents/{id}/timeline',
  tags: TAGS,
  summary: 'Everything that happened in an incident, in order, from its audit trail',
  request: { params: IncidentPath },
  responses: { ...answers('The timeline.', IncidentAccount), ...NOT_FOUND },
});

const story = routeFor('read', {
  method: 'get',
  path: '/api/incidents/{id}/story',
  tags: TAGS,
  summary: 'Where the workflow of an incident is, the logs it rests on, what could be done, and what it resembles',
  request: { params: IncidentPath },
  responses: { ...answers('The story.', IncidentStory), ...NOT_FOUND },
});

const postmortem = routeFor('read', {
  method: 'get',
  path: '/api/incidents/{id}/postmortem',
  tags: TAGS,
  summary: 'Draft the post-mortem of an incident: timeline, what was known when, cause, what was tried, what is open',
  request: {
    params: IncidentPath,
    query: z.strictObject({
      format: z
        .enum(['json', 'markdown'])
        .default('json')
        .meta({ description: 'markdown: the text alone, as a file to save.' }),
    }),
  },
  responses: {
    200: {
      description: 'The draft.',
      content: { 'application/json': { schema: Postmortem }, 'text/markdown': { schema: z.string() } },
    },
    ...NOT_FOUND,
  },
});

export function incidentRoutes(deps: IncidentRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) => {
      const { order, limit, cursor, ...filter } = context.req.valid('query');
      const page = { limit, order, ...present({ cursor }) };
      const { incidents, next, corrupt } = await deps.lists.list(queryOf(filter), page);
      return context.json({ incidents: incidents.map(summaryOf), next, unreadable: corrupt }, 200);
    })
    .openapi(show, async (context) => {
      const details = await find(context.req.valid('param').id, (id) => readIncident(id, deps), deps);
      return context.json(details, 200, { [REVISION_HEADER]: `${details.revision}` });
    })
    .openapi(story, async (context) => {
      const found = await find(context.req.valid('param').id, (id) => readIncidentStory(id, deps), deps);
      return context.json(found, 200);
    })
    .openapi(postmortem, async (context) => {
      const { draftPostmortem } = await import('#shared/app/incidents/draft-postmortem.ts');
      const found = await find(context.req.valid('param').id, (id) => draftPostmortem(id, deps), deps);
      if (context.req.valid('query').format === 'json') return context.json(found, 200);
      return context.text(found.markdown, 200, {
        'content-type': 'text/markdown; charset=utf-8',
        'content-disposition': `attachment; filename="postmortem-${found.number ?? found.incident}.md"`,
      });
    })
    .openapi(account, async (context) => {
      const found = await find(context.req.valid('param').id, (id) => readAccount(id, deps), deps);
      return context.json(found, 200);
    });
}

function queryOf({
  status,
  repository,
  service,
  class: failureClass,
  from,
  before,
  search,
}: Omit<z.infer<typeof ListQuery>, 'order' | 'limit' | 'cursor'>): IncidentQuery {
  return {
    // For people, who see the mark; figures leave them out.
    simulated: true,
    ...present({ statuses: status, repository, service, failureClass }),
    ...(from === undefined ? {} : { openedFrom: new Date(from) }),
    ...present({ search }),
    ...(before === undefined ? {} : { openedBefore: new Date(before) }),
  };
}

const MAX_CHOICES = 5;

/** Reads what has this id or number, or else the one incident whose id begins so, as mails and the terminal show it. Throws `Problem`. */
export async function find<T>(
  id: string,
  read: (id: string) => Promise<T | null>,
  { lists }: { readonly lists: Pick<IncidentLists, 'idsStartingWith' | 'list'> },
): Promise<T> {
  const found = await read(id);
  if (found !== null) return found;
  const [only, ...others] = await lists.idsStartingWith(id, MAX_CHOICES);
  if (others.length > 0)
    throw new Problem('invalid-request', `Several incidents begin with ${id}: ${[only, ...others].join(', ')}.`);
  const whole = only === undefined ? null : await read(only);
  if (whole !== null) return whole;
  const { incidents } = await lists.list({}, { limit: MAX_CHOICES, order: 'newest' });
  const newest = incidents.map(summaryOf).map(({ id: own, number, title }) => `${number ?? own} (${title})`);
  throw new Problem(
    'not-found',
    `There is no incident ${id}. ${newest.length === 0 ? 'There was none yet.' : `The newest are: ${newest.join(', ')}.`}`,
  );
}
