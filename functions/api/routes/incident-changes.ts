import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Context } from 'hono';
import * as z from 'zod';
import type { FeedbackOrder, IncidentChange, IncidentEdit } from '#shared/app/incidents/annotate-incident.ts';
import type { Lessons, ResolutionOrder } from '#shared/app/incidents/end-incident.ts';
import { annotatedOf } from '#shared/app/incidents/read-incident.ts';
import type { ReportOrder, ReportOutcome } from '#shared/app/incidents/report-incident.ts';
import { type Caller, nameOfCaller } from '#shared/domain/access/caller.ts';
import { MAX_REPORT_LINES } from '#shared/domain/incident/annotations.ts';
import { RepositoryName, Severity } from '#shared/domain/incident/target-context.ts';
import type { IncidentLists } from '#shared/ports/incident-lists.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import { Problem } from '../problem.ts';
import {
  answers,
  type Environment,
  jsonBody,
  makeRoutes,
  NOT_FOUND,
  routeFor,
  withProblems,
  writtenText,
} from './contract.ts';
import { IncidentResponse } from './incident-answers.ts';
import { find, IncidentPath } from './incidents.ts';

/** What people change of incidents, by use cases that are loaded when the first of them is needed. `by` names who does it. */
export interface IncidentChanges {
  report(order: ReportOrder, by: string): Promise<ReportOutcome>;
  edit(
    id: string,
    edit: IncidentEdit,
    how: { by: string; reason: string | null; ifRevision?: number },
  ): Promise<IncidentChange>;
  acknowledge(id: string, by: string): Promise<IncidentChange>;
  handOver(id: string, reason: string, by: string): Promise<IncidentChange & { readonly told?: readonly string[] }>;
  resolve(id: string, order: ResolutionOrder, by: string): Promise<IncidentChange & Partial<Lessons>>;
  giveFeedback(id: string, order: FeedbackOrder, by: string): Promise<IncidentChange>;
  markFalsePositive(
    id: string,
    order: { reason: string; updatePatterns: boolean },
    by: string,
  ): Promise<IncidentChange & Partial<Lessons>>;
}

export interface IncidentChangeDeps {
  readonly changes: () => Promise<IncidentChanges>;
  readonly incidents: Pick<IncidentStore, 'get'>;
  readonly lists: Pick<IncidentLists, 'idsStartingWith' | 'list'>;
  /** Random bytes in hexadecimal. */
  readonly random: (bytes: number) => string;
}

const IncidentCreate = z
  .strictObject({
    title: writtenText(300),
    description: z.string().max(20_000).default(''),
    service: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}$/, 'Must name a service: letters, digits, spaces, and . _ -')
      .nullable()
      .default(null),
    repository: RepositoryName.nullable().default(null),
    severity: Severity.default('medium'),
    lines: z
      .array(z.string().max(4000))
      .max(MAX_REPORT_LINES)
      .default([])
      .meta({ description: 'Lines of a log that show the failure. They are redacted before they are kept.' }),
    simulated: z.boolean().default(false).meta({
      description:
        'A rehearsal: nothing is executed, nobody is told, it is marked in lists, and no figure contains it.',
    }),
  })
  .meta({ id: 'IncidentCreate' });

/** Of a field that may be null: a replacement without it says so. */
const missing = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) =>
    input === undefined ? `is missing: it must be ${what}, or null for none` : undefined,
});
const MISSING_TEXT = missing('a text');
const EDIT = {
  title: writtenText(300, MISSING_TEXT).nullable().meta({ description: 'Null: as it arrived.' }),
  severity: z.enum(Severity.options, missing(Severity.options.join(', '))).nullable(),
  assignee: writtenText(200, MISSING_TEXT).nullable(),
  notes: z.string(MISSING_TEXT).max(8000).nullable(),
};
const reason = writtenText(1000).optional().meta({ description: 'Why, for the audit trail.' });
const IncidentReplace = z.strictObject({ ...EDIT, reason }).meta({ id: 'IncidentReplace' });
export const IncidentUpdate = z.strictObject(EDIT).partial().extend({ reason }).meta({ id: 'IncidentUpdate' });

const IncidentResolve = z
  .strictObject({
    solution: writtenText(2000),
    actionTaken: writtenText(2000).nullable().default(null),
    minutes: z
      .number()
      .min(0)
      .max(525_600)
      .nullable()
      .default(null)
      .meta({ description: 'How long people worked on it.' }),
    success: z.boolean().default(true).meta({ description: 'Whether it helped; work that did not help ends nothing.' }),
    class: FailureClass.nullable().default(null).meta({ description: 'The true class, where Selfheal erred.' }),
  })
  .meta({ id: 'IncidentResolve' });

const Rating = z.number().int().min(1).max(5).nullable().default(null);
const FeedbackCreate = z
  .strictObject({
    actionCorrect: z.boolean(),
    speedRating: Rating.meta({ description: '1 (bad) to 5 (good).' }),
    effectivenessRating: Rating,
    comments: writtenText(2000).nullable().default(null),
  })
  .meta({ id: 'FeedbackCreate' });

const FalsePositiveCreate = z
  .strictObject({
    reason: writtenText(2000),
    updatePatterns: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether it counts against the learned patterns that recognise it.' }),
  })
  .meta({ id: 'FalsePositiveCreate' });

const Ended = z.object({
  incident: IncidentResponse,
  learned: z.array(z.string()).meta({ description: 'Everything that Selfheal learned from it, in words.' }),
});

const TAGS = ['incidents'];
const IfMatch = z.object({
  'if-match': z
    .string()
    .regex(
      /^(\*|"\d{1,9}(?:-[0-9a-f]{40})?")$/,
      'Must be the ETag of the incident as you read it, or its revision in quotes: "3"',
    )
    .optional()
    .meta({
      description:
        'The `ETag` of the incident as you read it, or its `revision` in quotes; without it the latest state is changed.',
    }),
});
const CONFLICTS = withProblems({ 409: 'It cannot be done now; the detail says why.' });
const OUTDATED = withProblems({ 412: 'Somebody changed it since you read it.' });

const create = routeFor('operate', {
  method: 'post',
  path: '/api/incidents',
  tags: TAGS,
  summary: 'Report a failure: it is classified, diagnosed and planned like every other',
  request: { body: jsonBody(IncidentCreate) },
  responses: {
    201: { description: 'The incident.', content: { 'application/json': { schema: IncidentResponse } } },
    ...CONFLICTS,
  },
});

const edited = {
  tags: TAGS,
  responses: { ...answers('The incident.', IncidentResponse), ...NOT_FOUND, ...CONFLICTS, ...OUTDATED },
} as const;

const replace = routeFor('operate', {
  method: 'put',
  path: '/api/incidents/{id}',
  summary: 'Replace title, severity, assignee and notes',
  request: { params: IncidentPath, headers: IfMatch, body: jsonBody(IncidentReplace) },
  ...edited,
});

const update = routeFor('operate', {
  method: 'patch',
  path: '/api/incidents/{id}',
  summary: 'Change some of title, severity, assignee and notes',
  request: { params: IncidentPath, headers: IfMatch, body: jsonBody(IncidentUpdate) },
  ...edited,
});

const acknowledge = routeFor('operate', {
  method: 'post',
  path: '/api/incidents/{id}/acknowledge',
  tags: TAGS,
  summary: 'Say that you work on it; the first person who says so stays',
  request: { params: IncidentPath },
  responses: { ...answers('The incident.', IncidentResponse), ...NOT_FOUND, ...CONFLICTS },
});

const handOver = routeFor('operate', {
  method: 'post',
  path: '/api/incidents/{id}/escalate',
  tags: TAGS,
  summary: 'Have others told that a person is needed, by every channel, and call who is on call',
  description:
    'Once for each attempt and channel; asking again reaches only channels that could not be told. It changes nothing else.',
  request: { params: IncidentPath, body: jsonBody(z.strictObject({ reason: writtenText(500) })) },
  responses: {
    ...answers(
      'The incident, and the channels that told people.',
      z.object({
        incident: IncidentResponse,
        told: z.array(z.string()).readonly().meta({ description: 'Ids of the channels that told people.' }),
      }),
    ),
    ...NOT_FOUND,
    ...CONFLICTS,
  },
});

const ended = {
  tags: TAGS,
  responses: { ...answers('The incident.', Ended), ...NOT_FOUND, ...CONFLICTS },
} as const;

const resolve = routeFor('operate', {
  method: 'post',
  path: '/api/incidents/{id}/resolve',
  summary: 'End an incident with the solution that helped, and learn from it',
  request: { params: IncidentPath, body: jsonBody(IncidentResolve) },
  ...ended,
});

const falsePositive = routeFor('operate', {
  method: 'post',
  path: '/api/incidents/{id}/false-positive',
  summary: 'End an incident that was none',
  request: { params: IncidentPath, body: jsonBody(FalsePositiveCreate) },
  ...ended,
});

const feedback = routeFor('operate', {
  method: 'post',
  path: '/api/incidents/{id}/feedback',
  tags: TAGS,
  summary: 'Say whether what was done was right',
  description: 'Your latest word counts. An action called wrong counts as failed when later ones are ranked.',
  request: { params: IncidentPath, body: jsonBody(FeedbackCreate) },
  responses: { ...answers('The incident.', IncidentResponse), ...NOT_FOUND, ...CONFLICTS },
});

const KEY_BYTES = 16;

export function incidentChangeRoutes(deps: IncidentChangeDeps) {
  const idOf = async (id: string) => (await find(id, (one) => deps.incidents.get(one), deps)).id;
  const edit = async (
    id: string,
    { reason, ...given }: z.infer<typeof IncidentUpdate>,
    { caller, revision }: { caller: Caller; revision: string | undefined },
  ) => {
    const how = { by: nameOfCaller(caller), reason: reason ?? null, ...revisionOf(revision) };
    return changed(await (await deps.changes()).edit(await idOf(id), given, how));
  };
  return makeRoutes()
    .openapi(create, async (context) => {
      const by = nameOfCaller(context.get('caller'));
      const requestId = context.get('requestId') ?? deps.random(KEY_BYTES);
      const outcome = await (await deps.changes()).report({ ...context.req.valid('json'), requestId }, by);
      if (outcome.kind === 'refused') throw new Problem('not-now', outcome.reason);
      const incident = annotatedOf(outcome.incident);
      return context.json(incident, 201, { location: `/api/incidents/${incident.id}` });
    })
    .openapi(replace, async (context) => {
      const { req } = context;
      const how = { caller: context.get('caller'), revision: req.valid('header')['if-match'] };
      return withTag(context, await edit(req.valid('param').id, req.valid('json'), how));
    })
    .openapi(update, async (context) => {
      const { req } = context;
      const how = { caller: context.get('caller'), revision: req.valid('header')['if-match'] };
      return withTag(context, await edit(req.valid('param').id, req.valid('json'), how));
    })
    .openapi(acknowledge, async (context) => {
      const id = await idOf(context.req.valid('param').id);
      const outcome = await (await deps.changes()).acknowledge(id, nameOfCaller(context.get('caller')));
      return withTag(context, changed(outcome));
    })
    .openapi(handOver, async (context) => {
      const id = await idOf(context.req.valid('param').id);
      const { reason } = context.req.valid('json');
      const outcome = await (await deps.changes()).handOver(id, reason, nameOfCaller(context.get('caller')));
      return context.json({ incident: changed(outcome), told: [...(outcome.told ?? [])] }, 200);
    })
    .openapi(resolve, async (context) => {
      const id = await idOf(context.req.valid('param').id);
      const by = nameOfCaller(context.get('caller'));
      const outcome = await (await deps.changes()).resolve(id, context.req.valid('json'), by);
      return context.json({ incident: changed(outcome), learned: [...(outcome.learned ?? [])] }, 200);
    })
    .openapi(falsePositive, async (context) => {
      const id = await idOf(context.req.valid('param').id);
      const by = nameOfCaller(context.get('caller'));
      const outcome = await (await deps.changes()).markFalsePositive(id, context.req.valid('json'), by);
      return context.json({ incident: changed(outcome), learned: [...(outcome.learned ?? [])] }, 200);
    })
    .openapi(feedback, async (context) => {
      const id = await idOf(context.req.valid('param').id);
      const { speedRating: speed, effectivenessRating: effectiveness, ...given } = context.req.valid('json');
      const order = { ...given, speed, effectiveness };
      const by = nameOfCaller(context.get('caller'));
      return withTag(context, changed(await (await deps.changes()).giveFeedback(id, order, by)));
    });
}

/** The incident, with its revision as `ETag`. */
const withTag = (context: Context<Environment>, incident: z.infer<typeof IncidentResponse>) =>
  context.json(incident, 200, { etag: `"${incident.revision}"` });

const revisionOf = (tag: string | undefined): { ifRevision?: number } =>
  tag === undefined || tag === '*' ? {} : { ifRevision: Number.parseInt(tag.slice(1), 10) };

/** The incident as it is now. Throws `Problem` when it was not changed. */
function changed(outcome: IncidentChange) {
  switch (outcome.kind) {
    case 'changed':
      return annotatedOf(outcome.incident);
    case 'not-found':
      throw new Problem('not-found', 'The incident is gone.');
    case 'outdated':
      throw new Problem('outdated', `Its revision is ${outcome.revision} now: read it again, then repeat your change.`);
    case 'refused':
      throw new Problem('not-now', outcome.reason);
    default:
      return outcome satisfies never;
  }
}
