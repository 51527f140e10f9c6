import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { repositoryModeOf } from '#shared/domain/configuration/scope.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { Mode } from '#shared/domain/policy/policy-settings.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import { answers, makeRoutes, routeFor } from './contract.ts';

export interface ConnectionRoutesDeps {
  readonly configuration: Pick<Configuration, 'github' | 'hosts'>;
  readonly lists: Pick<IncidentLists, 'list'>;
  readonly environment: { readonly apiUrl: string };
}

const Arrival = z.object({ incident: z.string(), at: z.iso.datetime() }).nullable();

export const Connections = z
  .object({
    webhookUrl: z.url().meta({ description: 'Where GitHub sends its webhooks.' }),
    repositories: z
      .array(
        z.object({
          name: z.string(),
          listed: z.boolean().meta({ description: 'Whether the deployed configuration names it.' }),
          mode: Mode.meta({ description: 'How far Selfheal may go in it.' }),
          first: Arrival.meta({ description: 'The first failed run that arrived, of those that are kept.' }),
          latest: Arrival,
        }),
      )
      .readonly(),
    more: z.boolean().meta({ description: 'Whether the configuration names further repositories.' }),
  })
  .meta({ id: 'Connections' });

/** Each repository costs two queries of an index. */
const MAX_REPOSITORIES = 20;

const show = routeFor('read', {
  method: 'get',
  path: '/api/connections',
  tags: ['operation'],
  summary: 'Where webhooks go, and from which repositories failed runs have arrived',
  request: {
    query: z.strictObject({
      repository: RepositoryName.optional().meta({ description: 'Only this one, whether it is configured or not.' }),
    }),
  },
  responses: answers('The connections.', Connections),
});

export function connectionRoutes({ configuration, lists, environment }: ConnectionRoutesDeps) {
  const arrival = async (repository: string, order: 'newest' | 'oldest') => {
    const [found] = (await lists.list({ repository }, { limit: 1, order })).incidents;
    return found === undefined ? null : { incident: found.id, at: found.openedAt };
  };
  return makeRoutes().openapi(show, async (context) => {
    const { repository } = context.req.valid('query');
    const configured = configuration.github.repositories.map(({ name }) => name);
    const names = repository === undefined ? configured.slice(0, MAX_REPOSITORIES) : [repository];
    const isListed = (name: string) => configured.some((one) => one.toLowerCase() === name.toLowerCase());
    const repositories = names.map(async (name) => {
      const [first, latest] = await Promise.all([arrival(name, 'oldest'), arrival(name, 'newest')]);
      return { name, listed: isListed(name), mode: repositoryModeOf(configuration, name), first, latest };
    });
    return context.json(
      {
        webhookUrl: `${environment.apiUrl}/webhooks/github`,
        repositories: await Promise.all(repositories),
        more: repository === undefined && configured.length > MAX_REPOSITORIES,
      },
      200,
    );
  });
}
