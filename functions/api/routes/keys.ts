import * as z from 'zod';
import { type ApiKeyDeps, ApiKeyOrder, createApiKey, listApiKeys, revokeApiKey } from '#shared/app/access/api-keys.ts';
import { Role } from '#shared/domain/access/caller.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor } from './contract.ts';

const Actor = z.object({ kind: z.enum(['person', 'key']), id: z.string(), name: z.string() });

export const ApiKeySummary = z
  .object({
    id: z.string(),
    name: z.string(),
    roles: z.array(Role),
    createdBy: Actor,
    createdAt: z.string(),
    expiresAt: z.string(),
    lastUsedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    revokedBy: Actor.nullable(),
  })
  .meta({ id: 'ApiKey' });

const TAGS = ['API keys'];

const list = routeFor('administer', {
  method: 'get',
  path: '/api/keys',
  tags: TAGS,
  summary: 'List the API keys, newest first, without their secrets',
  responses: answers('The keys.', z.object({ keys: z.array(ApiKeySummary) })),
});

const create = routeFor('administer', {
  method: 'post',
  path: '/api/keys',
  tags: TAGS,
  summary: 'Create an API key; the answer is the only place that shows it',
  description: 'For people: an API key creates no further keys.',
  request: { body: jsonBody(ApiKeyOrder) },
  responses: {
    201: {
      description: 'The key as it is sent, in `text`, and what is kept of it.',
      content: { 'application/json': { schema: z.object({ text: z.string(), key: ApiKeySummary }) } },
    },
  },
});

const revoke = routeFor('administer', {
  method: 'delete',
  path: '/api/keys/{id}',
  tags: TAGS,
  summary: 'Revoke an API key for good',
  request: { params: z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/, 'Must be the id of an API key') }) },
  responses: { ...answers('The revoked key.', ApiKeySummary), ...NOT_FOUND },
});

export function keyRoutes(deps: ApiKeyDeps) {
  return makeRoutes()
    .openapi(list, async (context) => {
      const listed = await listApiKeys(context.get('caller'), deps);
      if (listed.kind === 'forbidden') throw new Problem('forbidden', listed.reason);
      return context.json({ keys: [...listed.keys] }, 200);
    })
    .openapi(create, async (context) => {
      const creation = await createApiKey(context.req.valid('json'), context.get('caller'), deps);
      if (creation.kind === 'forbidden') throw new Problem('forbidden', creation.reason);
      if (creation.kind === 'invalid') throw new Problem('invalid-request', creation.reason);
      context.set('holdsSecret', true);
      return context.json({ text: creation.text, key: creation.key }, 201);
    })
    .openapi(revoke, async (context) => {
      const { id } = context.req.valid('param');
      const revocation = await revokeApiKey(id, context.get('caller'), deps);
      if (revocation.kind === 'forbidden') throw new Problem('forbidden', revocation.reason);
      if (revocation.kind === 'not-found') throw new Problem('not-found', `There is no API key ${id}.`);
      return context.json(revocation.key, 200);
    });
}
