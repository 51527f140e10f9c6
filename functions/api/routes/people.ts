import * as z from 'zod';
import { type LinkDeps, linkPerson } from '#shared/app/access/people.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { GithubLogin, githubOf, type Person } from '#shared/domain/access/person.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';

export const PersonSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    roles: z.array(Role).meta({ description: 'Of the latest sign-in.' }),
    github: z
      .object({ login: z.string(), id: z.number().int().nullable(), linkedBy: z.string().nullable() })
      .nullable()
      .meta({ description: 'Null: nothing about a run can be approved by this person.' }),
    seenAt: z.string(),
  })
  .meta({ id: 'Person', description: 'Somebody who signed in, and the GitHub account that is theirs.' });

const TAGS = ['people'];

const list = routeFor('administer', {
  method: 'get',
  path: '/api/users',
  operationId: 'listUsers',
  tags: TAGS,
  summary: 'List everybody who signed in, with their GitHub accounts',
  responses: answers('The people.', z.object({ users: z.array(PersonSummary) })),
});

const link = routeFor('administer', {
  method: 'put',
  path: '/api/users/{id}/github',
  operationId: 'linkUser',
  tags: TAGS,
  summary: 'Link somebody to their GitHub account, or end the link',
  description: 'For people, and not for their own account: nobody approves what they asked for under another name.',
  request: {
    params: z.strictObject({ id: z.string().min(1).max(320).meta({ description: 'Id or e-mail address.' }) }),
    body: jsonBody(z.strictObject({ login: GithubLogin.nullable() })),
  },
  responses: {
    ...answers('The person.', PersonSummary),
    ...NOT_FOUND,
    ...withProblems({ 409: 'The account belongs to somebody else.' }),
  },
});

export interface PeopleRoutesDeps {
  readonly people: LinkDeps;
}

export function peopleRoutes({ people }: PeopleRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) => context.json({ users: (await people.persons.list()).map(summaryOf) }, 200))
    .openapi(link, async (context) => {
      const { id } = context.req.valid('param');
      const outcome = await linkPerson({ id, ...context.req.valid('json') }, context.get('caller'), people);
      switch (outcome.kind) {
        case 'linked':
          return context.json(summaryOf(outcome.person), 200);
        case 'not-found':
          throw new Problem('not-found', `${id} has not signed in yet: let them sign in once, then link them.`);
        case 'forbidden':
          throw new Problem('forbidden', outcome.reason);
        case 'refused':
          throw new Problem('not-now', outcome.reason);
        default:
          return outcome satisfies never;
      }
    });
}

function summaryOf(person: Person): z.infer<typeof PersonSummary> {
  const { id, username, email, roles, github, seenAt } = person;
  const linked = githubOf(person) === null || github === null ? null : github;
  return {
    id,
    name: email ?? username ?? id,
    roles,
    github: linked && { login: linked.login, id: linked.id, linkedBy: linked.linkedBy?.name ?? null },
    seenAt,
  };
}
