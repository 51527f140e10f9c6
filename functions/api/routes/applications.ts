import * as z from 'zod';
import { ServiceSummary } from '#shared/app/actions/services.ts';
import { Mode } from '#shared/domain/policy/policy-settings.ts';
import { Problem } from '../problem.ts';
import {
  type ActionRoutesDeps,
  Count,
  incidentOf,
  NOT_NOW,
  OPENED,
  objectionProblem,
  PastAction,
  requesterOf,
  ServiceId,
} from './actions.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, writtenText } from './contract.ts';

const ApplicationHealth = z
  .object({
    id: z.string(),
    state: z.enum(['healthy', 'failing', 'unknown']),
    mode: Mode,
    alarms: z
      .array(
        z.object({
          name: z.string(),
          state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA', 'MISSING', 'UNREADABLE']),
          since: z.string().nullable(),
        }),
      )
      .readonly(),
    openIncidents: z.array(z.object({ id: z.string(), openedAt: z.string() })).readonly(),
    lastActions: z.array(PastAction).readonly(),
    lastHealed: z.object({ incident: z.string(), at: z.string() }).nullable(),
  })
  .meta({ id: 'ApplicationHealth' });

const ApplicationScale = z
  .strictObject({
    to: Count.meta({ description: 'How many tasks or instances there should be.' }),
    reason: writtenText(1000).nullable().default(null),
  })
  .meta({ id: 'ApplicationScale' });

const TAGS = ['applications'];
const params = z.strictObject({ id: ServiceId });

const list = routeFor('read', {
  method: 'get',
  path: '/api/applications',
  tags: TAGS,
  summary: 'The services of the configuration, and what may be done to them',
  responses: answers('The services.', z.object({ applications: z.array(ServiceSummary) })),
});

const health = routeFor('read', {
  method: 'get',
  path: '/api/applications/{id}/health',
  tags: TAGS,
  summary: 'How a service is now: its alarms, open incidents, last actions',
  request: { params },
  responses: { ...answers('The health.', ApplicationHealth), ...NOT_FOUND },
});

const scale = routeFor('operate', {
  method: 'post',
  path: '/api/applications/{id}/scale',
  tags: TAGS,
  summary: 'Ask for more tasks or instances of a service',
  description:
    'The action of the remedy that scales it, within the bound of its owner, on the way of POST /api/actions/execute.',
  request: { params, body: jsonBody(ApplicationScale) },
  responses: { ...OPENED, ...NOT_FOUND, ...NOT_NOW },
});

const unknown = (id: string): Problem =>
  new Problem('not-found', `The configuration has no service ${id}. GET /api/applications lists them.`);

export function applicationRoutes(deps: ActionRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) => context.json({ applications: await (await deps.requests()).services() }, 200))
    .openapi(health, async (context) => {
      const { id } = context.req.valid('param');
      const found = await (await deps.requests()).health(id);
      if (found === null) throw unknown(id);
      return context.json(found, 200);
    })
    .openapi(scale, async (context) => {
      const { id } = context.req.valid('param');
      const { to, reason } = context.req.valid('json');
      const requests = await deps.requests();
      const scaling = await requests.scalingActionOf(id, to);
      if (scaling === null) throw unknown(id);
      if (scaling.kind !== 'action') throw objectionProblem(scaling);
      const order = { action: scaling.action, service: id, alarm: null, incident: null, to, reason };
      const requester = requesterOf(context.get('caller'), context.get('requestId'), deps);
      const incident = incidentOf(await requests.request(order, requester));
      return context.json(incident, 202, { location: `/api/incidents/${incident.id}` });
    });
}
