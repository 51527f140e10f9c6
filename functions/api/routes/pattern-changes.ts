import * as z from 'zod';
import { identifiersOfCaller } from '#shared/app/access/approver.ts';
import { type IdentityDeps, identityOf } from '#shared/app/access/people.ts';
import {
  addPattern,
  adjustPattern,
  editPattern,
  PatternEdit,
  PatternOrder,
  type PatternTarget,
  type PatternWriting,
  removePattern,
  restorePattern,
} from '#shared/app/learning/write-pattern.ts';
import type { Caller } from '#shared/domain/access/caller.ts';
import { relationOf } from '#shared/domain/access/identity.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { asItCounts } from '#shared/domain/learning/pattern-trust.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { titlesOf } from '#shared/plugins/actions/registry.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';
import type { KnowledgeRoutesDeps } from './knowledge.ts';
import {
  DryRun,
  noSuchPattern,
  PatternPath,
  Reason,
  Revision,
  revisionOf,
  Scoped,
  ScopeName,
  scopeOf,
} from './knowledge-requests.ts';
import { detailsOf, PatternWritten } from './pattern-answers.ts';

const TAGS = ['knowledge'];
const CONFLICT = withProblems({ 409: 'It is not done; `detail` says why.' });
const CHANGED = withProblems({
  409: 'It is not done; `detail` says why.',
  412: 'Somebody else changed it: read it again.',
  428: 'The header if-match is missing.',
});

const add = routeFor('operate', {
  method: 'post',
  path: '/api/knowledge/patterns',
  tags: TAGS,
  summary: 'Write down how a failure is recognised and what helps',
  description:
    'It is shown as a suggestion from the start and earns every higher stage by its outcomes. It starts no action: those come from the deployed configuration.',
  request: { body: jsonBody(PatternOrder.extend({ scope: ScopeName, dryRun: DryRun })) },
  responses: {
    201: { description: 'Stored.', content: { 'application/json': { schema: PatternWritten } } },
    ...answers('The entry that would be stored (`dryRun`).', PatternWritten),
    ...NOT_FOUND,
    ...CONFLICT,
  },
});

const edit = routeFor('operate', {
  method: 'patch',
  path: '/api/knowledge/patterns/{id}',
  tags: TAGS,
  summary: 'Change the title, solution, class, tags, service or parent of a pattern',
  request: {
    params: PatternPath,
    headers: Revision,
    query: Scoped,
    body: jsonBody(PatternEdit.extend({ dryRun: DryRun })),
  },
  responses: { ...answers('The pattern.', PatternWritten), ...NOT_FOUND, ...CHANGED },
});

const remove = routeFor('operate', {
  method: 'delete',
  path: '/api/knowledge/patterns/{id}',
  tags: TAGS,
  summary: 'Remove a pattern: it counts no longer; an earlier revision can be restored',
  request: {
    params: PatternPath,
    headers: Revision,
    query: Scoped.extend({ reason: Reason, dryRun: z.enum(['true', 'false']).default('false') }),
  },
  responses: { ...answers('The removed pattern.', PatternWritten), ...NOT_FOUND, ...CHANGED },
});

const restore = routeFor('operate', {
  method: 'post',
  path: '/api/knowledge/patterns/{id}/restore',
  tags: TAGS,
  summary: 'Put back what an earlier revision said; outcomes since then stay',
  request: {
    params: PatternPath,
    headers: Revision,
    query: Scoped,
    body: jsonBody(z.strictObject({ revision: z.number().int().min(1), dryRun: DryRun })),
  },
  responses: { ...answers('The pattern.', PatternWritten), ...NOT_FOUND, ...CHANGED },
});

const adjust = routeFor('operate', {
  method: 'post',
  path: '/api/knowledge/patterns/{id}/confidence',
  tags: TAGS,
  summary: 'Set the confidence of a pattern',
  description:
    'A lower confidence applies at once and becomes the upper limit. A higher one removes that limit; the pattern then rises with its outcomes.',
  request: {
    params: PatternPath,
    headers: Revision,
    query: Scoped,
    body: jsonBody(z.strictObject({ confidence: z.number().min(0).max(1), reason: Reason, dryRun: DryRun })),
  },
  responses: { ...answers('The pattern.', PatternWritten), ...NOT_FOUND, ...CHANGED },
});

const approve = routeFor('approve', {
  method: 'post',
  path: '/api/knowledge/patterns/{id}/approval',
  tags: TAGS,
  summary: 'Approve a pattern that its tags keep a suggestion',
  request: {
    params: PatternPath,
    headers: Revision,
    query: Scoped,
    body: jsonBody(z.strictObject({ dryRun: DryRun })),
  },
  responses: { ...answers('The pattern.', PatternWritten), ...NOT_FOUND, ...CHANGED },
});

/** Past incidents that a new pattern is replayed over, newest first. */
const REPLAYED = 2000;

/** What people write down about failures and how it changes: each change names the revision that was seen, and can be tried first (`dryRun`). */
export function patternChangeRoutes(deps: KnowledgeRoutesDeps) {
  const { patterns, patternVersions, clock } = deps;
  const actionIds = deps.actions.map(({ id }) => id);
  const now = () => clock.now();
  const titleOf = titlesOf(deps.actions);
  /** By the limits of learning that hold now. */
  const desk = async () => {
    const rules = await deps.rules();
    const writing = { patterns, versions: patternVersions, rules, actionIds };
    const written = (outcome: PatternWriting, { id, dryRun }: { id: string; dryRun: boolean }) => {
      const { pattern, replay } = doneOrProblem(outcome, id);
      const replayed = replay === null ? null : { matched: replay.matched };
      return {
        pattern: detailsOf(asItCounts(pattern, rules, now()), rules, titleOf),
        dryRun,
        replayed,
        heldBack: null,
      };
    };
    return { rules, writing, written };
  };
  const target = async (
    { id, scope, revision }: { id: string; scope: string; revision: string | undefined },
    caller: Caller,
    dryRun: boolean,
  ): Promise<PatternTarget> => ({
    scope: await scopeOf(scope, deps),
    id,
    revision: revisionOf(revision),
    by: caller.name,
    names: identifiersOfCaller(caller),
    at: now(),
    dryRun,
  });
  return makeRoutes()
    .openapi(add, async (context) => {
      const { writing, written } = await desk();
      const { scope: given, dryRun, ...order } = context.req.valid('json');
      const scope = await scopeOf(given, deps);
      const past = (await deps.knowledge.remembered(scope, { after: null, limit: REPLAYED })).map(caseOfPastIncident);
      const caller = context.get('caller');
      const who = { by: caller.name, names: identifiersOfCaller(caller) };
      const change = { scope, ...who, at: now(), past, dryRun };
      const body = written(await addPattern(order, change, writing), { id: '', dryRun });
      return dryRun ? context.json(body, 200) : context.json(body, 201, { etag: `"${body.pattern.revision}"` });
    })
    .openapi(edit, async (context) => {
      const { writing, written } = await desk();
      const { id, scope, revision } = addressed(
        context.req.valid('param'),
        context.req.valid('query'),
        context.req.valid('header'),
      );
      const { dryRun, ...change } = context.req.valid('json');
      const at = await target({ id, scope, revision }, context.get('caller'), dryRun);
      return context.json(written(await editPattern(change, at, writing), at), 200);
    })
    .openapi(remove, async (context) => {
      const { writing, written } = await desk();
      const { reason, dryRun } = context.req.valid('query');
      const named = addressed(context.req.valid('param'), context.req.valid('query'), context.req.valid('header'));
      const at = await target(named, context.get('caller'), dryRun === 'true');
      return context.json(written(await removePattern(reason, at, writing), at), 200);
    })
    .openapi(restore, async (context) => {
      const { writing, written } = await desk();
      const { revision, dryRun } = context.req.valid('json');
      const named = addressed(context.req.valid('param'), context.req.valid('query'), context.req.valid('header'));
      const at = await target(named, context.get('caller'), dryRun);
      return context.json(written(await restorePattern(revision, at, writing), at), 200);
    })
    .openapi(adjust, async (context) => {
      const { rules, writing, written } = await desk();
      const { confidence, reason, dryRun } = context.req.valid('json');
      const named = addressed(context.req.valid('param'), context.req.valid('query'), context.req.valid('header'));
      const at = await target(named, context.get('caller'), dryRun);
      const answer = written(await adjustPattern({ kind: 'confidence', confidence, reason }, at, writing), at);
      return context.json({ ...answer, heldBack: heldBackWords(confidence, answer.pattern.confidence, rules) }, 200);
    })
    .openapi(approve, async (context) => {
      const { writing, written } = await desk();
      const named = addressed(context.req.valid('param'), context.req.valid('query'), context.req.valid('header'));
      const caller = context.get('caller');
      const at = await target(named, caller, context.req.valid('json').dryRun);
      const pattern = await patterns.get(at.scope, at.id);
      if (pattern !== null) await requireAnother(pattern, caller, deps);
      return context.json(written(await adjustPattern({ kind: 'approve' }, at, writing), at), 200);
    });
}

const MIN_DIFFERENCE = 0.005;

/** Why a raise is less than what was asked for, and what is left of it. */
function heldBackWords(asked: number, given: number, { maxConfidenceGainPerWeek }: Configuration['learning']) {
  if (asked - given < MIN_DIFFERENCE) return null;
  const limit = `a confidence rises by at most ${maxConfidenceGainPerWeek.toFixed(2)} a week (learning.maxConfidenceGainPerWeek) and no higher than its outcomes allow`;
  return `It is ${given.toFixed(2)}, not ${asked.toFixed(2)}: ${limit}; ${(asked - given).toFixed(2)} are left for later weeks.`;
}

/** Throws `Problem` unless a person approves what somebody else wrote. */
async function requireAnother({ provenance }: LearnedPattern, caller: Caller, deps: IdentityDeps): Promise<void> {
  if (caller.kind !== 'person')
    throw new Problem('forbidden', 'Approvals are for people: sign in instead of sending an API key.');
  const { by, authors } = provenance;
  const [own, writers] = await Promise.all([
    identityOf(identifiersOfCaller(caller), deps),
    identityOf(authors ?? [by], deps),
  ]);
  const relation = relationOf(own, writers);
  // Earlier records name one writer without the kind of the name, from which nobody else is told apart.
  if (relation === 'same' || (relation === 'unknown' && authors !== undefined))
    throw new Problem(
      'forbidden',
      'You wrote this pattern, or an API key of yours did: somebody else has to approve it.',
    );
}

const addressed = (
  { id }: { id: string },
  { scope }: { scope: string },
  { 'if-match': revision }: { 'if-match'?: string | undefined },
) => ({ id, scope, revision });

function doneOrProblem(writing: PatternWriting, id: string): Extract<PatternWriting, { kind: 'done' }> {
  switch (writing.kind) {
    case 'done':
      return writing;
    case 'invalid':
      throw new Problem('invalid-request', writing.reason);
    case 'refused':
      throw new Problem('not-now', `Not done: ${writing.reason}.`);
    case 'not-found':
      throw noSuchPattern(id);
    case 'changed-meanwhile':
      throw new Problem('changed-meanwhile', `The pattern ${id} was changed meanwhile: read it again.`);
    default:
      return writing satisfies never;
  }
}
