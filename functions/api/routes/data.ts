import * as z from 'zod';
import { actorOf, type Caller } from '#shared/domain/access/caller.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { HeldRecord, WalkPosition } from '#shared/ports/held-data.ts';
import { HeldCounts, PastDeletion, type RepositoryData } from '#shared/ports/repository-data.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';

export interface DataRoutesDeps {
  readonly repositoryData: RepositoryData;
}

const ExportPage = z
  .object({
    records: z.array(HeldRecord).readonly(),
    next: z.string().nullable().meta({ description: 'For the next request; null at the end.' }),
  })
  .meta({ id: 'DataExportPage' });
const DeletionState = z
  .object({
    deleted: HeldCounts.meta({ description: 'Records by kind, of the whole deletion so far.' }),
    done: z.boolean().meta({ description: 'Send the request again until this is true.' }),
    stopped: z.array(z.string()).meta({ description: 'Incidents whose workflow this request stopped.' }),
    waitSeconds: z
      .number()
      .int()
      .meta({ description: 'Wait so long before the next request: stopped steps may still write.' }),
  })
  .meta({ id: 'DataDeletion' });

const DeletionHistory = z
  .object({
    deletions: z.array(PastDeletion).meta({ description: 'The newest first, 500 at most.' }),
    broken: z
      .string()
      .nullable()
      .meta({ description: 'Why the audit trail is not as it was written; null when it is.' }),
  })
  .meta({ id: 'DataDeletionHistory' });

const TAGS = ['data'];
const FOR_PEOPLE = 'For people with the role admin; an API key gets 403.';

const exported = routeFor('administer', {
  method: 'post',
  path: '/api/data/export',
  tags: TAGS,
  summary: 'Read everything that is held of a repository, page by page',
  description: `${FOR_PEOPLE} Changes nothing. Send \`next\` as \`position\` until it is null.`,
  request: {
    body: jsonBody(z.strictObject({ repository: RepositoryName, position: z.string().max(10_000).optional() })),
  },
  responses: { ...answers('A page of records.', ExportPage), ...NOT_FOUND },
});

const deleted = routeFor('administer', {
  method: 'post',
  path: '/api/data/delete',
  tags: TAGS,
  summary: 'Delete everything that is held of a repository, for good',
  description: `${FOR_PEOPLE} One request deletes as much as its time allows: send it again until \`done\`. One that was cut off is sent again, too. The audit trail keeps one entry.`,
  request: {
    body: jsonBody(
      z.strictObject({
        repository: RepositoryName,
        confirm: z.string().meta({ description: 'The name of the repository once more.' }),
        force: z
          .boolean()
          .default(false)
          .meta({ description: 'Delete open incidents, too. Their workflows are stopped first.' }),
      }),
    ),
  },
  responses: {
    ...answers('How far it is.', DeletionState),
    ...NOT_FOUND,
    ...withProblems({ 409: 'Incidents of the repository are open; `detail` lists them.' }),
  },
});

const history = routeFor('administer', {
  method: 'get',
  path: '/api/data/history',
  tags: TAGS,
  summary: 'Read from the audit trail which repositories were deleted, when and by whom',
  description: `${FOR_PEOPLE} A deletion is listed once it has ended.`,
  request: {
    query: z.strictObject({
      repository: RepositoryName.optional().meta({ description: 'Of this one alone. Without it those of all.' }),
    }),
  },
  responses: answers('The deletions.', DeletionHistory),
});

export function dataRoutes({ repositoryData }: DataRoutesDeps) {
  return makeRoutes()
    .openapi(exported, async (context) => {
      requirePerson(context.get('caller'));
      const { repository, position } = context.req.valid('json');
      const answer = await repositoryData.ask({ kind: 'export', repository, from: positionIn(position) });
      if (answer.kind === 'unknown') throw nothingHeld(repository);
      if (answer.kind !== 'exported') throw new Error(`An export was answered with ${answer.kind}.`);
      // What the records say is in the answer, which is not stored for a repetition of the request.
      context.set('holdsSecret', true);
      return context.json({ records: answer.records, next: textOf(answer.next) }, 200);
    })
    .openapi(deleted, async (context) => {
      const by = requirePerson(context.get('caller'));
      const { repository, confirm, force } = context.req.valid('json');
      if (confirm.toLowerCase() !== repository.toLowerCase())
        throw new Problem('invalid-request', `confirm: repeat ${repository}, to delete everything that is held of it.`);
      const answer = await repositoryData.ask({ kind: 'delete', repository, force, by: actorOf(by) });
      context.set('holdsSecret', true);
      switch (answer.kind) {
        case 'unknown':
          throw nothingHeld(repository);
        case 'open':
          throw new Problem('not-now', openWords(answer.incidents));
        case 'stopping':
          return context.json(
            { deleted: {}, done: false, stopped: answer.incidents, waitSeconds: answer.waitSeconds },
            200,
          );
        case 'deleted':
          return context.json({ deleted: answer.counts, done: answer.done, stopped: [], waitSeconds: 0 }, 200);
        default:
          throw new Error(`A deletion was answered with ${answer.kind}.`);
      }
    })
    .openapi(history, async (context) => {
      requirePerson(context.get('caller'));
      const { repository = null } = context.req.valid('query');
      const answer = await repositoryData.ask({ kind: 'history', repository });
      if (answer.kind !== 'history') throw new Error(`The history of deletions was answered with ${answer.kind}.`);
      return context.json({ deletions: answer.deletions, broken: answer.broken }, 200);
    });
}

function requirePerson(caller: Caller): Caller {
  if (caller.kind === 'person') return caller;
  throw new Problem(
    'forbidden',
    'Only a person with the role admin exports or deletes data, and reads what was deleted. Sign in; an API key is not enough.',
  );
}

const nothingHeld = (repository: string): Problem =>
  new Problem('not-found', `Nothing is held of the repository ${repository}. Check the name: it is owner/name.`);

const MAX_LISTED = 20;

function openWords(ids: readonly string[]): string {
  const more = ids.length > MAX_LISTED ? ` and ${ids.length - MAX_LISTED} more` : '';
  const listed = `${ids.slice(0, MAX_LISTED).join(', ')}${more}`;
  return `Nothing more was deleted: ${ids.length === 1 ? 'an incident is' : `${ids.length} incidents are`} still open (${listed}). ${ids.length === 1 ? 'Wait until it ends, resolve it, or delete it' : 'Wait until they end, resolve them, or delete them'}, too, with force.`;
}

const textOf = (position: WalkPosition | null): string | null =>
  position === null ? null : Buffer.from(JSON.stringify(position)).toString('base64url');

function positionIn(text: string | undefined): WalkPosition | null {
  if (text === undefined) return null;
  try {
    return WalkPosition.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw new Problem(
      'invalid-request',
      'position: not one of this API. Pass `next` of the page before, or none for the first page.',
    );
  }
}
