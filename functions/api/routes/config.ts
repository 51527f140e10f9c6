import * as z from 'zod';
import {
  changePolicy,
  type PolicyChange,
  type PolicyDeps,
  PolicyHistoryEntry,
  type PolicyReport,
  policyHistory,
  readPolicy,
  resetPolicy,
  restorePolicy,
  resume,
  stopEverything,
} from '#shared/app/policy/change-policy.ts';
import { type PolicyTrial, tryPolicy } from '#shared/app/policy/try-policy.ts';
import { Reason } from '#shared/domain/configuration/overlay.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';

const Settings = z.record(z.string(), z.unknown());

export const RuntimePolicy = z
  .object({
    revision: z.number().nullable().meta({ description: 'Of the overlay; null while nobody has written one.' }),
    killSwitch: z.object({
      killSwitch: z.boolean(),
      reason: z.string().nullable(),
      since: z.string().optional(),
      by: z.string().optional(),
    }),
    unreadable: z
      .string()
      .nullable()
      .meta({ description: 'Why the overlay cannot be used, so that nothing is changed.' }),
    lastChange: z
      .object({
        change: z.string(),
        reason: z.string(),
        changedBy: z.object({ name: z.string() }),
        changedAt: z.string(),
      })
      .nullable(),
    effective: Settings.meta({ description: 'The settings that hold now.' }),
    deployed: Settings.meta({ description: 'The deployed settings: nothing at run time is wider.' }),
    overlay: Settings.meta({ description: 'The settings that people changed at run time.' }),
    origins: z.array(z.object({ field: z.string(), value: z.unknown(), from: z.string() })).readonly(),
  })
  .meta({ id: 'RuntimePolicy', description: 'Holds no secret.' });

const Preview = z
  .object({
    days: z.number(),
    events: z.number().meta({ description: 'Events that came in.' }),
    actions: z.number().meta({ description: 'Actions that were begun.' }),
    effects: z
      .array(
        z.object({
          rule: z.enum(['drop', 'record-only', 'suggest-only', 'go-further', 'group', 'limit', 'delay']),
          setting: z.string(),
          of: z.enum(['events', 'actions']),
          count: z.number(),
          words: z.string(),
        }),
      )
      .readonly(),
    partial: z.boolean().meta({ description: 'Whether only the newest part of the week was read.' }),
  })
  .meta({ id: 'RulePreview' });

const Changed = z
  .object({
    changes: z
      .array(z.object({ field: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }))
      .readonly()
      .meta({
        description: 'The differences from before; without `before` or `after` the deployed value held or holds.',
      }),
    policy: RuntimePolicy,
    preview: Preview.nullable().meta({
      description:
        'Of a dry run: what the change would have done to what came in and was done in the last 7 days; null where no rule differs that acts on it.',
    }),
  })
  .meta({ id: 'PolicyChange' });

const Seen = z.object({
  'if-match': z
    .string()
    .regex(/^(?:\*|"[0-9a-f]{16}")$/, 'Must be the etag of GET /api/config as you saw it, or *')
    .optional()
    .meta({ description: 'The `etag` of GET /api/config as you saw it, or `*` for whatever it is now.' }),
});
const dryRun = z.boolean().default(false).meta({ description: 'Says what would be, and changes nothing.' });
const TAGS = ['config'];
const COLLISIONS = withProblems({
  409: 'It is not done; `detail` says why.',
  412: 'Somebody else changed it: read it again.',
  428: 'The header if-match is missing.',
});

const show = routeFor('read', {
  method: 'get',
  path: '/api/config',
  tags: TAGS,
  summary:
    'Read the policy that holds now, the deployed one, what was changed at run time, and where each value comes from',
  responses: answers('The policy.', RuntimePolicy),
});

const change = routeFor('administer', {
  method: 'post',
  path: '/api/config',
  tags: TAGS,
  summary: 'Change the policy within what is deployed',
  description:
    'Modes, thresholds, limits, features, actions, mutes and freezes. `change` is a JSON merge patch (RFC 7396) of `overlay`: null takes a setting back.',
  request: { headers: Seen, body: jsonBody(z.strictObject({ change: Settings, reason: Reason, dryRun })) },
  responses: { ...answers('The change.', Changed), ...COLLISIONS },
});

const Trial = z.object({ changes: Changed.shape.changes, preview: Changed.shape.preview }).meta({ id: 'PolicyTrial' });

const trial = routeFor('read', {
  method: 'post',
  path: '/api/config/preview',
  tags: TAGS,
  summary: 'Try a change of the policy on what came in and was done in the last 7 days; changes nothing',
  description:
    '`change` is that of POST /api/config; `policy.stormIncidentsPerMinute` and `policy.stormIncidentsPerHour`, which only a deployment changes, can be tried, too.',
  request: { body: jsonBody(z.strictObject({ change: Settings })) },
  responses: { ...answers('The effects on the last week.', Trial), ...COLLISIONS },
});

const reset = routeFor('administer', {
  method: 'post',
  path: '/api/config/reset',
  tags: TAGS,
  summary: 'Take everything back to what is deployed; the kill switch stays as it is',
  request: { headers: Seen, body: jsonBody(z.strictObject({ reason: Reason, dryRun })) },
  responses: { ...answers('The change.', Changed), ...COLLISIONS },
});

const restore = routeFor('administer', {
  method: 'post',
  path: '/api/config/restore',
  tags: TAGS,
  summary: 'Take the settings of an earlier revision again',
  request: {
    headers: Seen,
    body: jsonBody(z.strictObject({ revision: z.number().int().min(1).max(999_999_999), reason: Reason, dryRun })),
  },
  responses: { ...answers('The change.', Changed), ...NOT_FOUND, ...COLLISIONS },
});

const history = routeFor('read', {
  method: 'get',
  path: '/api/config/history',
  tags: TAGS,
  summary: 'Who changed what, when and why, newest first',
  request: { query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(50) }) },
  responses: answers('The changes.', z.object({ entries: z.array(PolicyHistoryEntry) })),
});

const stop = routeFor('administer', {
  method: 'post',
  path: '/api/config/stop',
  tags: TAGS,
  summary: 'Stop every action within seconds: the kill switch',
  request: { body: jsonBody(z.strictObject({ reason: Reason })) },
  responses: answers('It is stopped.', RuntimePolicy),
});

const start = routeFor('administer', {
  method: 'post',
  path: '/api/config/resume',
  tags: TAGS,
  summary: 'Let actions happen again after a stop',
  request: { headers: Seen, body: jsonBody(z.strictObject({ reason: Reason })) },
  responses: { ...answers('It goes on.', RuntimePolicy), ...COLLISIONS },
});

export function configRoutes(deps: PolicyDeps) {
  return makeRoutes()
    .openapi(show, async (context) => {
      const report = await readPolicy(deps);
      return context.json(shown(report), 200, tagged(report));
    })
    .openapi(change, async (context) => {
      const { change: patch, ...request } = context.req.valid('json');
      const seen = seenBy(context.req.valid('header'));
      return context.json(
        doneOrProblem(await changePolicy(patch, { ...request, seen }, context.get('caller'), deps)),
        200,
      );
    })
    .openapi(trial, async (context) =>
      context.json(triedOrProblem(await tryPolicy(context.req.valid('json').change, deps)), 200),
    )
    .openapi(reset, async (context) => {
      const request = { ...context.req.valid('json'), seen: seenBy(context.req.valid('header')) };
      return context.json(doneOrProblem(await resetPolicy(request, context.get('caller'), deps)), 200);
    })
    .openapi(restore, async (context) => {
      const { revision, ...request } = context.req.valid('json');
      const seen = seenBy(context.req.valid('header'));
      const done = await restorePolicy(revision, { ...request, seen }, context.get('caller'), deps);
      if (done.kind === 'not-found')
        throw new Problem('not-found', `There is no revision ${revision}. GET /api/config/history lists them.`);
      return context.json(doneOrProblem(done), 200);
    })
    .openapi(history, async (context) =>
      context.json({ entries: await policyHistory(context.req.valid('query').limit, deps) }, 200),
    )
    .openapi(stop, async (context) => {
      const report = await stopEverything(context.req.valid('json').reason, context.get('caller'), deps);
      return context.json(shown(report), 200, tagged(report));
    })
    .openapi(start, async (context) => {
      const request = { ...context.req.valid('json'), seen: seenBy(context.req.valid('header')) };
      const done = await resume(request, context.get('caller'), deps);
      if (done.kind === 'outdated') throw outdated();
      if (done.kind === 'not-stopped') throw new Problem('not-now', 'Nothing is stopped: the kill switch is off.');
      return context.json(shown(done.report), 200, tagged(done.report));
    });
}

const shown = ({ tag: _tag, ...policy }: PolicyReport): z.infer<typeof RuntimePolicy> => ({
  ...policy,
  effective: { ...policy.effective },
  deployed: { ...policy.deployed },
});

const tagged = ({ tag }: PolicyReport) => ({ etag: `"${tag}"` });

/** Null for `*`. Throws `Problem` without the header. */
function seenBy({ 'if-match': header }: z.infer<typeof Seen>): string | null {
  if (header !== undefined) return header === '*' ? null : header.slice(1, -1);
  throw new Problem(
    'revision-needed',
    'Send the etag of GET /api/config as if-match, or if-match: * to change whatever it is now.',
  );
}

const outdated = (): Problem =>
  new Problem('changed-meanwhile', 'Somebody else changed the policy meanwhile: read GET /api/config again.');

function refusalOf(refused: Extract<PolicyChange, { kind: 'invalid' | 'unreadable' }>): Problem {
  if (refused.kind === 'unreadable')
    return new Problem(
      'conflict',
      `The stored policy cannot be used; reset it or restore a revision. ${refused.reason}`,
    );
  const errors = refused.problems.slice(0, 20).map(({ field, problem }) => ({ field: `change.${field}`, problem }));
  return new Problem('invalid-request', refusalWords(errors), { errors });
}

/** Each reason once, after all fields that have it. */
function refusalWords(errors: readonly { readonly field: string; readonly problem: string }[]): string {
  const reasons = Map.groupBy(errors, ({ problem }) => problem);
  return [...reasons].map(([reason, same]) => `${same.map(({ field }) => field).join(', ')}: ${reason}`).join(' ');
}

function triedOrProblem(done: PolicyTrial): z.infer<typeof Trial> {
  if (done.kind !== 'tried') throw refusalOf(done);
  return { changes: done.changes, preview: done.preview };
}

function doneOrProblem(done: PolicyChange): z.infer<typeof Changed> {
  switch (done.kind) {
    case 'changed':
      return { changes: done.changes, policy: shown(done.report), preview: done.preview };
    case 'invalid':
    case 'unreadable':
      throw refusalOf(done);
    case 'outdated':
      throw outdated();
    case 'not-found':
      throw new Problem('not-found', 'There is no such revision.');
    default:
      return done satisfies never;
  }
}
