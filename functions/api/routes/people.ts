import * as z from 'zod';
import { type LinkDeps, linkPerson } from '#shared/app/access/people.ts';
import { Role } from '#shared/domain/access/caller.ts';
import {
  ACCOUNT_HOSTS,
  type AccountHost,
  AccountLogin,
  accountOn,
  loginOn,
  type Person,
} from '#shared/domain/access/person.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { FIRST_HOST } from '#shared/domain/incident/target-context.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';

const Account = z.object({ login: z.string(), id: z.number().int().nullable(), linkedBy: z.string().nullable() });

export const PersonSummary = z
  .object({
    id: z.string(),
    name: z.string(),
    roles: z.array(Role).meta({ description: 'Of the latest sign-in.' }),
    github: Account.nullable().meta({
      description: 'Null: nothing about a run on GitHub can be approved by this person.',
    }),
    gitlab: Account.nullable().meta({
      description: 'Null: nothing about a pipeline of GitLab can be approved by this person.',
    }),
    seenAt: z.string(),
  })
  .meta({ id: 'Person', description: 'Somebody who signed in, and the accounts on code hosts that are theirs.' });

const TAGS = ['people'];

const list = routeFor('administer', {
  method: 'get',
  path: '/api/users',
  operationId: 'listUsers',
  tags: TAGS,
  summary: 'List everybody who signed in, with their accounts on code hosts',
  responses: answers(
    'The people.',
    z.object({
      users: z.array(PersonSummary),
      hosts: z
        .array(z.enum(ACCOUNT_HOSTS))
        .meta({ description: 'Code hosts of this deployment on which approvers need an account.' }),
    }),
  ),
});

const link = routeFor('administer', {
  method: 'put',
  path: '/api/users/{id}/{host}',
  operationId: 'linkUser',
  tags: TAGS,
  summary: 'Link somebody to their account on GitHub or GitLab, or end the link',
  description: 'For people, and not for their own account: nobody approves what they asked for under another name.',
  request: {
    params: z.strictObject({
      id: z.string().min(1).max(320).meta({ description: 'Id or e-mail address.' }),
      host: z.enum(ACCOUNT_HOSTS).meta({ description: 'Where the account is.' }),
    }),
    body: jsonBody(z.strictObject({ login: AccountLogin.nullable() })),
  },
  responses: {
    ...answers('The person.', PersonSummary),
    ...NOT_FOUND,
    ...withProblems({ 409: 'The account belongs to somebody else.' }),
  },
});

export interface PeopleRoutesDeps {
  readonly people: LinkDeps;
  readonly configuration: Pick<Configuration, 'hosts'>;
}

export function peopleRoutes({ people, configuration }: PeopleRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) => {
      const hosts = ACCOUNT_HOSTS.filter((host) => host === FIRST_HOST || configuration.hosts[host] !== undefined);
      return context.json({ users: (await people.persons.list()).map(summaryOf), hosts }, 200);
    })
    .openapi(link, async (context) => {
      const { id, host } = context.req.valid('param');
      const outcome = await linkPerson({ id, host, ...context.req.valid('json') }, context.get('caller'), people);
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
  const { id, username, email, roles, seenAt } = person;
  return {
    id,
    name: email ?? username ?? id,
    roles,
    github: accountSummary('github', person),
    gitlab: accountSummary('gitlab', person),
    seenAt,
  };
}

function accountSummary(host: AccountHost, person: Person): z.infer<typeof Account> | null {
  const { account } = accountOn(host, person);
  if (account === null || loginOn(host, person) === null) return null;
  return { login: account.login, id: account.id, linkedBy: account.linkedBy?.name ?? null };
}
