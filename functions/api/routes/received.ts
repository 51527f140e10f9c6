import * as z from 'zod';
import type { ConnectionOutcome, ConnectionSetup } from '#shared/app/intake/manage-connections.ts';
import type { EventSearch, ExplainedEvent, ReplayOutcome } from '#shared/app/intake/search-events.ts';
import type { Caller } from '#shared/domain/access/caller.ts';
import { ConnectionId } from '#shared/domain/incident/target-context.ts';
import { type Connection, ConnectionSettings } from '#shared/domain/webhooks/connection.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor } from './contract.ts';

/** What the routes ask for; loaded when the first of them is called. */
export interface ReceivedRequests {
  connections(): Promise<readonly (Connection & { readonly lastSeenAt: string | null; readonly isSilent: boolean })[]>;
  create(settings: ConnectionSettings, caller: Caller): Promise<ConnectionOutcome>;
  show(id: string): Promise<ConnectionOutcome>;
  rotate(id: string, overlapHours: number, caller: Caller): Promise<ConnectionOutcome>;
  remove(id: string, caller: Caller): Promise<ConnectionOutcome>;
  search(query: EventSearch): Promise<{ readonly events: readonly ExplainedEvent[]; readonly more: boolean }>;
  event(id: string): Promise<ExplainedEvent | null>;
  replay(id: string, by: { readonly caller: Caller; readonly requestId: string | null }): Promise<ReplayOutcome>;
}
export interface ReceivedRoutesDeps {
  readonly received: () => Promise<ReceivedRequests>;
}

const ShownConnection = ConnectionSettings.extend({
  generation: z.number().int(),
  previousUntil: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  isSilent: z
    .boolean()
    .optional()
    .meta({ description: 'It spoke once, and then for longer than silentAfterMinutes no more.' }),
  lastSeenAt: z.string().nullable().optional().meta({ description: 'Its last authenticated delivery.' }),
}).meta({ id: 'WebhookConnection' });

const Setup = z
  .object({
    connection: ShownConnection,
    url: z.string().meta({ description: 'Where the sender posts to.' }),
    secret: z.string().nullable().meta({ description: 'Null where the sender makes the secret.' }),
    how: z.string(),
  })
  .meta({ id: 'WebhookConnectionSetup' });

const LedgerEvent = z
  .object({
    id: z.string(),
    source: z.string(),
    connection: z.string().nullable(),
    rule: z.string(),
    why: z.string().meta({ description: 'The rule in words.' }),
    subject: z.string(),
    count: z.number().int(),
    firstAt: z.string(),
    lastAt: z.string(),
    sample: z.string().nullable(),
    incidentId: z.string().nullable(),
    replayable: z.boolean(),
  })
  .meta({ id: 'ReceivedEvent' });

const TAGS = ['what comes in'];
const ById = z.strictObject({ id: ConnectionId });
const EventById = z.strictObject({ id: z.string().regex(/^\d{10}-[0-9a-f]{16}$/, 'Must be the id of an event') });

const list = routeFor('read', {
  method: 'get',
  path: '/api/connections/webhooks',
  tags: TAGS,
  summary: 'List the connections through which other tools send alerts',
  responses: answers('The connections.', z.object({ connections: z.array(ShownConnection).readonly() })),
});
const create = routeFor('administer', {
  method: 'post',
  path: '/api/connections/webhooks',
  tags: TAGS,
  summary: 'Make a connection for a sender of alerts',
  request: { body: jsonBody(ConnectionSettings) },
  responses: {
    201: {
      description: 'Address and secret for the sender.',
      content: { 'application/json': { schema: Setup } },
    },
  },
});
const show = routeFor('administer', {
  method: 'get',
  path: '/api/connections/webhooks/{id}',
  tags: TAGS,
  summary: 'Address and secret of a connection',
  request: { params: ById },
  responses: { ...answers('How its sender is set up.', Setup), ...NOT_FOUND },
});
const rotate = routeFor('administer', {
  method: 'post',
  path: '/api/connections/webhooks/{id}/rotate',
  tags: TAGS,
  summary: 'Give a connection its next secret',
  request: {
    params: ById,
    body: jsonBody(
      z.strictObject({
        overlapHours: z
          .number()
          .min(0)
          .max(168)
          .default(24)
          .meta({ description: 'For how long the secret of before is accepted, too.' }),
      }),
    ),
  },
  responses: { ...answers('The new secret.', Setup), ...NOT_FOUND },
});
const remove = routeFor('administer', {
  method: 'delete',
  path: '/api/connections/webhooks/{id}',
  tags: TAGS,
  summary: 'End a connection for good',
  request: { params: ById },
  responses: { ...answers('The connection that was ended.', ShownConnection), ...NOT_FOUND },
});
const search = routeFor('read', {
  method: 'get',
  path: '/api/events',
  tags: TAGS,
  summary: 'Events that opened no incident, with the rule that kept them from it; newest first',
  request: {
    query: z.strictObject({
      search: z.string().min(1).max(200).optional().meta({ description: 'Words that are all in it.' }),
      source: z.string().max(60).optional(),
      connection: z.string().max(60).optional(),
      rule: z.string().max(100).optional(),
      days: z.coerce.number().min(0.01).max(30).default(7),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
  },
  responses: answers('The events.', z.object({ events: z.array(LedgerEvent).readonly(), more: z.boolean() })),
});
const event = routeFor('read', {
  method: 'get',
  path: '/api/events/{id}',
  tags: TAGS,
  summary: 'One event that opened no incident',
  request: { params: EventById },
  responses: { ...answers('The event.', LedgerEvent), ...NOT_FOUND },
});
const replay = routeFor('operate', {
  method: 'post',
  path: '/api/events/{id}/replay',
  tags: TAGS,
  summary: 'Send an event through the intake once more',
  request: { params: EventById },
  responses: { ...answers('It is on the intake queue.', z.object({ delivery: z.string() })), ...NOT_FOUND },
});

export function receivedRoutes({ received }: ReceivedRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) => {
      const connections = await (await received()).connections();
      return context.json({ connections: connections.map(shown) }, 200);
    })
    .openapi(create, async (context) => {
      const setup = setupFrom(await (await received()).create(context.req.valid('json'), context.get('caller')));
      context.set('holdsSecret', true);
      return context.json(setup, 201);
    })
    .openapi(show, async (context) =>
      context.json(setupFrom(await (await received()).show(context.req.valid('param').id)), 200),
    )
    .openapi(rotate, async (context) => {
      const { id } = context.req.valid('param');
      const { overlapHours } = context.req.valid('json');
      const setup = setupFrom(await (await received()).rotate(id, overlapHours, context.get('caller')));
      context.set('holdsSecret', true);
      return context.json(setup, 200);
    })
    .openapi(remove, async (context) => {
      const { id } = context.req.valid('param');
      return context.json(setupFrom(await (await received()).remove(id, context.get('caller'))).connection, 200);
    })
    .openapi(search, async (context) => {
      const { search: words, source, connection, rule, days, limit } = context.req.valid('query');
      const query = { source: source ?? null, connection: connection ?? null, rule: rule ?? null, days, limit };
      return context.json(await (await received()).search({ ...query, search: words ?? null }), 200);
    })
    .openapi(event, async (context) => {
      const { id } = context.req.valid('param');
      const found = await (await received()).event(id);
      if (found === null) throw new Problem('not-found', `There is no event ${id}; events are kept for 30 days.`);
      return context.json(found, 200);
    })
    .openapi(replay, async (context) => {
      const { id } = context.req.valid('param');
      const requestId = context.get('requestId') ?? null;
      const outcome = await (await received()).replay(id, { caller: context.get('caller'), requestId });
      if (outcome.kind === 'not-found')
        throw new Problem('not-found', `There is no event ${id}; events are kept for 30 days.`);
      if (outcome.kind === 'nothing-kept')
        throw new Problem(
          'not-now',
          `Event ${id} was not understood or stands for nothing that failed: it cannot be replayed.`,
        );
      return context.json({ delivery: outcome.delivery }, 200);
    });
}

function shown({
  version: _,
  salt: _salt,
  ...connection
}: Connection & { readonly lastSeenAt?: string | null; readonly isSilent?: boolean }) {
  return connection;
}

function setupFrom(outcome: ConnectionOutcome): Omit<ConnectionSetup, 'connection'> & {
  connection: Omit<Connection, 'version' | 'salt'>;
} {
  switch (outcome.kind) {
    case 'done': {
      const { connection, ...rest } = outcome.setup;
      return { ...rest, connection: shown(connection) };
    }
    case 'invalid':
      throw new Problem('invalid-request', outcome.reason);
    case 'taken':
      throw new Problem(
        'conflict',
        'There is a connection of this id already: choose another one, or remove it first.',
      );
    case 'not-found':
      throw new Problem('not-found', 'There is no such connection.');
    case 'changed-meanwhile':
      throw new Problem('changed-meanwhile', 'Somebody else rotated its secret at the same time: look at it again.');
    default:
      return outcome satisfies never;
  }
}
