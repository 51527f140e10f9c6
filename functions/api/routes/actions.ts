import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { present } from '@selfheal/kernel/present.ts';
import * as z from 'zod';
import { identifiersOfCaller } from '#shared/app/access/approver.ts';
import { noSuchAction } from '#shared/app/actions/action-meanings.ts';
import { ActionSummary, listActions } from '#shared/app/actions/allowed-targets.ts';
import type { ActionOrder, Objection } from '#shared/app/actions/find-target.ts';
import {
  INCIDENTS_PER_PAGE,
  OUTCOMES_PER_CLASS,
  type ReadActionsDeps,
  readActionStats,
  recentActions,
} from '#shared/app/actions/read-actions.ts';
import type { Requester, RequestOutcome } from '#shared/app/actions/request-action.ts';
import type { ResizeOrder, requestExecutorSize } from '#shared/app/actions/request-executor-size.ts';
import type { requestTaskRetry, TaskOrder } from '#shared/app/actions/request-task-retry.ts';
import type { ServiceHealth, ServiceSummary } from '#shared/app/actions/services.ts';
import type { Rehearsal } from '#shared/app/actions/try-action.ts';
import { annotatedOf } from '#shared/app/incidents/read-incident.ts';
import { type GovernedDeps, governed } from '#shared/app/policy/governed.ts';
import { type Caller, nameOfCaller } from '#shared/domain/access/caller.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { ActionStats } from '#shared/domain/learning/action-stats.ts';
import { ActionRecord } from '#shared/domain/plan/bound-action.ts';
import type { ActionPlugin } from '#shared/plugins/actions/contract.ts';
import type { ExperienceStore } from '#shared/ports/learning-stores.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems, writtenText } from './contract.ts';
import { IncidentResponse } from './incident-answers.ts';

/** What reads services and asks for actions; loaded when the first request needs it. */
export interface ActionRequests {
  request(order: ActionOrder & { readonly reason: string | null }, requester: Requester): Promise<RequestOutcome>;
  resizeExecutors(order: ResizeOrder, requester: Requester): ReturnType<typeof requestExecutorSize>;
  retryTask(order: TaskOrder, requester: Requester): ReturnType<typeof requestTaskRetry>;
  try(
    order: ActionOrder & { readonly repository: string | null; readonly class: FailureClass | null },
    by: string,
  ): Promise<Rehearsal | Objection>;
  services(): Promise<ServiceSummary[]>;
  health(id: string): Promise<ServiceHealth | null>;
  scalingActionOf(
    id: string,
    to: number,
  ): Promise<{ readonly kind: 'action'; readonly action: string } | Objection | null>;
}

export interface ActionRoutesDeps extends ReadActionsDeps {
  readonly requests: () => Promise<ActionRequests>;
  readonly actions: readonly ActionPlugin[];
  readonly experience: Pick<ExperienceStore, 'actionOutcomes'>;
  readonly governance: GovernedDeps;
  /** Random bytes in hexadecimal. */
  readonly random: (bytes: number) => string;
}

const ActionId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,99}$/, 'Must be the id of an action, such as scale-ecs-service');
export const ServiceId = z.string().regex(/^[a-z0-9-]{1,60}$/, 'Must be the id of a configured service');
export const Count = z.number().int().min(1).max(10_000);
const AlarmName = z.string().min(1).max(255);
const IncidentId = z.string().regex(/^[a-z0-9-]{8,60}$/, 'Must be the whole id of an incident');

export const PastAction = z
  .object({
    action: z.string(),
    incident: z.string(),
    subject: z.string(),
    requestedBy: z.string().nullable().meta({ description: 'Who asked for it; null: Selfheal chose it.' }),
    at: z.string(),
    state: ActionRecord.shape.state,
    verified: ActionRecord.shape.verified,
    summary: z.string().nullable(),
  })
  .meta({ id: 'PastAction' });

const ActionCreate = z
  .strictObject({
    action: ActionId,
    service: ServiceId.nullable().default(null),
    alarm: AlarmName.nullable().default(null).meta({ description: 'Of the service; without it the one that rings.' }),
    incident: IncidentId.nullable().default(null).meta({
      description: 'Instead of a service: the action is for what this ended incident was about.',
    }),
    to: Count.nullable().default(null).meta({ description: 'Of an action that scales: how many there should be.' }),
    reason: writtenText(1000).nullable().default(null),
  })
  .meta({ id: 'ActionCreate', description: 'One action on one target: a service or an incident.' });

const ActionTry = z
  .strictObject({
    service: ServiceId.nullable().default(null),
    alarm: AlarmName.nullable().default(null),
    incident: IncidentId.nullable().default(null),
    repository: RepositoryName.nullable().default(null),
    to: Count.nullable().default(null),
    class: FailureClass.nullable().default(null).meta({ description: 'Of the failure; playbooks depend on it.' }),
  })
  .meta({ id: 'ActionTry', description: 'Without a target: sample values.' });

const ActionRehearsal = z
  .object({
    action: z.string(),
    decision: z.enum(['act', 'approve', 'suggest', 'escalate', 'recovered', 'deny', 'sample']),
    reasons: z.array(z.string()).readonly(),
    effect: z.string().nullable().meta({ description: 'The effect it would have; null: none.' }),
    undo: z.string().nullable(),
  })
  .meta({
    id: 'ActionRehearsal',
    description: 'The decision that plan and guard would make now. Nothing was changed.',
  });

const TAGS = ['actions'];
export const OPENED = {
  202: {
    description: 'The incident to follow: plan, approval, guard and verification are in it.',
    content: { 'application/json': { schema: IncidentResponse } },
  },
} as const;
export const NOT_NOW = withProblems({ 409: 'It cannot be done as things are; the detail says why.' });

const list = routeFor('read', {
  method: 'get',
  path: '/api/actions',
  tags: TAGS,
  summary: 'Every action that Selfheal knows, and where the configuration allows it',
  responses: answers('The actions.', z.object({ actions: z.array(ActionSummary) })),
});

const recent = routeFor('read', {
  method: 'get',
  path: '/api/actions/recent',
  tags: TAGS,
  summary: 'Executed actions and their results',
  description: `A page holds the actions of ${INCIDENTS_PER_PAGE} incidents, the newest first; it may be empty and still have a \`next\`.`,
  request: {
    query: z.strictObject({
      action: ActionId.optional(),
      service: ServiceId.optional(),
      repository: RepositoryName.optional(),
      cursor: z.string().max(2000).optional(),
    }),
  },
  responses: answers('One page.', z.object({ actions: z.array(PastAction).readonly(), next: z.string().nullable() })),
});

const stats = routeFor('read', {
  method: 'get',
  path: '/api/actions/stats',
  tags: TAGS,
  summary: 'How often each action helped',
  description: `From the latest ${OUTCOMES_PER_CLASS} outcomes of each class of failure.`,
  request: {
    query: z.strictObject({ action: ActionId.optional(), days: z.coerce.number().int().min(1).max(400).default(90) }),
  },
  responses: answers('The figures.', z.object({ days: z.number().int(), actions: z.array(ActionStats) })),
});

const rehearse = routeFor('read', {
  method: 'post',
  path: '/api/actions/{id}/try',
  tags: TAGS,
  summary: 'Rehearse an action by the same plan and guard, without any effect',
  request: { params: z.strictObject({ id: ActionId }), body: jsonBody(ActionTry) },
  responses: { ...answers('The rehearsal.', ActionRehearsal), ...NOT_FOUND, ...NOT_NOW },
});

const execute = routeFor('operate', {
  method: 'post',
  path: '/api/actions/execute',
  tags: TAGS,
  summary: 'Ask for one action on one target',
  description:
    'Opens an incident that goes the way of every other: plan, approval where policy asks for one, guard, effect, verification, undo. ' +
    'Nobody approves what they asked for themselves.',
  request: { body: jsonBody(ActionCreate) },
  responses: { ...OPENED, ...NOT_NOW },
});

export function actionRoutes(deps: ActionRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) => {
      const { configuration } = await governed(deps.governance);
      return context.json({ actions: listActions(deps.actions, configuration) }, 200);
    })
    .openapi(recent, async (context) => {
      const { action = null, cursor = null, service, repository } = context.req.valid('query');
      const place = present({ service, repository });
      return context.json(await recentActions({ ...place, action, cursor }, deps), 200);
    })
    .openapi(stats, async (context) => {
      const { action = null, days } = context.req.valid('query');
      const { experience, governance } = deps;
      return context.json(
        { days, actions: await readActionStats({ action, days }, { experience, clock: governance.clock }) },
        200,
      );
    })
    .openapi(rehearse, async (context) => {
      const { id: action } = context.req.valid('param');
      const known = deps.actions.map(({ id }) => id);
      if (!known.includes(action)) throw new Problem('not-found', noSuchAction(action, known));
      const by = nameOfCaller(context.get('caller'));
      const tried = await (await deps.requests()).try({ action, ...context.req.valid('json') }, by);
      if (tried.kind !== 'tried') throw objectionProblem(tried);
      const { kind: _kind, ...rehearsal } = tried;
      return context.json({ action, ...rehearsal }, 200);
    })
    .openapi(execute, async (context) => {
      const requester = requesterOf(context.get('caller'), context.get('requestId'), deps);
      const incident = incidentOf(await (await deps.requests()).request(context.req.valid('json'), requester));
      return context.json(incident, 202, { location: `/api/incidents/${incident.id}` });
    });
}

const KEY_BYTES = 16;

/** Who asks for an action, with every name of theirs: of an API key those of its creator, too. */
export function requesterOf(
  caller: Caller,
  requestId: string | undefined,
  { random }: Pick<ActionRoutesDeps, 'random'>,
): Requester {
  return { by: nameOfCaller(caller), names: identifiersOfCaller(caller), requestId: requestId ?? random(KEY_BYTES) };
}

export function objectionProblem(objection: Objection): Problem {
  if (objection.kind === 'refused') return new Problem('not-now', objection.reason);
  const { field, problem } = objection;
  return new Problem('invalid-request', `json.${field}: ${problem}`, { errors: [{ field: `json.${field}`, problem }] });
}

/** The incident of a request. Throws `Problem` when there is none. */
export function incidentOf(outcome: RequestOutcome) {
  if (outcome.kind !== 'opened') throw objectionProblem(outcome);
  return annotatedOf(outcome.incident);
}
