import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import { identifiersOfCaller } from '#shared/app/access/approver.ts';
import { type IdentityDeps, identityOf } from '#shared/app/access/people.ts';
import { listPatterns } from '#shared/app/knowledge/list-patterns.ts';
import { recentScopes, resolveScope, type ScopeDeps } from '#shared/app/knowledge/scopes.ts';
import { searchKnowledge } from '#shared/app/knowledge/search-knowledge.ts';
import {
  addPattern,
  adjustPattern,
  editPattern,
  MAX_VERSIONS,
  PatternEdit,
  PatternId,
  PatternOrder,
  type PatternTarget,
  PatternText,
  type PatternWriting,
  removePattern,
  restorePattern,
  tryPattern,
  wordingsFrom,
} from '#shared/app/learning/write-pattern.ts';
import type { Caller } from '#shared/domain/access/caller.ts';
import { relationOf } from '#shared/domain/access/identity.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { ALL_SERVICES } from '#shared/domain/incident/scope.ts';
import { type TitleOfAction, withoutReceipt } from '#shared/domain/learning/known-by-pattern.ts';
import { type LearnedPattern, PatternStage, Tag } from '#shared/domain/learning/learned-pattern.ts';
import {
  approvalsMissing,
  asItCounts,
  effectivenessOf,
  verifiedOutcomes,
} from '#shared/domain/learning/pattern-trust.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { titlesOf } from '#shared/plugins/actions/registry.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { PatternStore, PatternVersions } from '#shared/ports/learning-stores.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';

export interface KnowledgeRoutesDeps extends ScopeDeps, IdentityDeps {
  /** The limits of learning that hold now. */
  readonly rules: () => Promise<Configuration['learning']>;
  readonly patterns: PatternStore;
  readonly patternVersions: PatternVersions;
  readonly knowledge: Pick<KnowledgeStore, 'remembered' | 'learned'>;
  /** Built when the first search comes; kept as long as the function's process. */
  readonly recall: () => Promise<FailureRecall>;
  readonly actions: readonly { readonly id: string; readonly title: string }[];
  readonly clock: Clock;
}

export const PatternSummary = z
  .object({
    id: z.string(),
    scope: z.string(),
    revision: z.number().int(),
    wording: z.string(),
    alternatives: z.array(z.string()).readonly().meta({ description: 'Further wordings, any of which is enough.' }),
    title: z.string(),
    class: FailureClass,
    tags: z.array(z.string()).readonly(),
    service: z.string().nullable(),
    solution: z.string(),
    action: z.string().nullable().meta({ description: 'The deployed action or playbook that was the solution.' }),
    parent: z.string().nullable(),
    stage: PatternStage,
    confidence: z.number(),
    helped: Proportion.nullable(),
    verified: z.number().int().meta({ description: 'Of those that helped, how many Selfheal measured.' }),
    source: z.enum(['written', 'human', 'verified', 'imported']),
    by: z.string(),
    createdAt: z.string(),
    needsApproval: z.array(z.string()).readonly().meta({ description: 'Tags that need a person to approve it.' }),
    retired: z.object({ at: z.string(), reason: z.string() }).nullable(),
  })
  .meta({ id: 'Pattern', description: 'Stage and confidence as they count now. Texts come from logs and people.' });

export const PatternDetails = PatternSummary.extend({
  history: z
    .array(z.object({ at: z.string(), confidence: z.number(), stage: PatternStage, reason: z.string() }))
    .readonly(),
  outcomes: z
    .array(
      z.object({
        incident: z.string(),
        at: z.string(),
        by: z.enum(['human', 'verified']),
        helped: z.boolean(),
        trusted: z.boolean(),
        minutes: z.number().nullable(),
      }),
    )
    .readonly(),
}).meta({ id: 'KnowledgeBaseEntry', description: 'A pattern with its history: an entry of the knowledge base.' });

const Written = z
  .object({
    pattern: PatternDetails,
    dryRun: z.boolean(),
    replayed: z
      .object({ matched: z.number().int() })
      .nullable()
      .meta({ description: 'Of a new pattern: how many past incidents of the scope it matches.' }),
    heldBack: z
      .string()
      .nullable()
      .meta({ description: 'Why the confidence is less than what was asked for; null where it is not.' }),
  })
  .meta({ id: 'PatternWritten' });

export const KnowledgeResults = z
  .object({
    results: z
      .array(
        z.object({
          id: z.string(),
          title: z.string(),
          score: z.number(),
          resolution: z.string(),
          reasons: z.array(z.string()).readonly(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'KnowledgeResults', description: 'Best first; scores from 0 to 1.' });

/** A scope as a person names it: see `resolveScope`. */
export const ScopeName = z
  .string()
  .trim()
  .min(3)
  .max(400)
  .meta({
    description: `${ALL_SERVICES} (every service), owner/name of a repository that had an incident, service:NAME, the name of an alarm or a service, repository#ID:owner/name, or alarm#ARN.`,
  });
export const DryRun = z.boolean().default(false).meta({ description: 'Says what would be, and changes nothing.' });
export const Reason = z.string().trim().min(1).max(300);

const Scoped = z.strictObject({ scope: ScopeName });
const PatternPath = z.strictObject({ id: PatternId });
export const Revision = z.object({
  'if-match': z
    .string()
    .regex(/^(?:\*|"\d{1,9}")$/, 'Must be the revision that you saw, such as "3", or *')
    .optional()
    .meta({ description: 'The `etag` of what you read, or `*` for whatever it is now.' }),
});
const MAX_TRIED_CHARACTERS = 60_000;

const TAGS = ['knowledge'];
const CONFLICT = withProblems({ 409: 'It is not done; `detail` says why.' });
const CHANGED = withProblems({
  409: 'It is not done; `detail` says why.',
  412: 'Somebody else changed it: read it again.',
  428: 'The header if-match is missing.',
});

const scopes = routeFor('read', {
  method: 'get',
  path: '/api/knowledge/scopes',
  tags: TAGS,
  summary: 'Where the latest incidents were: repositories and alarms, each with knowledge of its own',
  responses: answers(
    'The scopes, the latest first.',
    z.object({
      scopes: z.array(z.object({ scope: z.string(), incidents: z.number().int(), lastIncidentAt: z.string() })),
    }),
  ),
});

const list = routeFor('read', {
  method: 'get',
  path: '/api/knowledge/patterns',
  tags: TAGS,
  summary: 'List what is known about failures of a scope, a page at a time',
  request: {
    query: Scoped.extend({
      class: FailureClass.optional(),
      stage: PatternStage.optional(),
      tag: Tag.optional(),
      service: z.string().max(60).optional(),
      retired: z.enum(['true', 'false']).default('false').meta({ description: 'List removed ones, too.' }),
      limit: z.coerce.number().int().min(1).max(100).default(25),
      cursor: z.string().max(2000).optional(),
    }),
  },
  responses: {
    ...answers('One page.', z.object({ patterns: z.array(PatternSummary), next: z.string().nullable() })),
    ...NOT_FOUND,
  },
});

const show = routeFor('read', {
  method: 'get',
  path: '/api/knowledge/patterns/{id}',
  tags: TAGS,
  summary: 'Read one pattern with its outcomes and the history of its confidence',
  request: { params: PatternPath, query: Scoped },
  responses: { ...answers('The pattern; its `etag` is its revision.', PatternDetails), ...NOT_FOUND },
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
    201: { description: 'Stored.', content: { 'application/json': { schema: Written } } },
    ...answers('The entry that would be stored (`dryRun`).', Written),
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
  responses: { ...answers('The pattern.', Written), ...NOT_FOUND, ...CHANGED },
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
  responses: { ...answers('The removed pattern.', Written), ...NOT_FOUND, ...CHANGED },
});

const versions = routeFor('read', {
  method: 'get',
  path: '/api/knowledge/patterns/{id}/versions',
  tags: TAGS,
  summary: 'The earlier revisions of a pattern, the latest first',
  request: { params: PatternPath, query: Scoped },
  responses: {
    ...answers(`At most ${MAX_VERSIONS}.`, z.object({ versions: z.array(PatternSummary) })),
    ...NOT_FOUND,
  },
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
  responses: { ...answers('The pattern.', Written), ...NOT_FOUND, ...CHANGED },
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
  responses: { ...answers('The pattern.', Written), ...NOT_FOUND, ...CHANGED },
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
  responses: { ...answers('The pattern.', Written), ...NOT_FOUND, ...CHANGED },
});

const attempt = routeFor('read', {
  method: 'post',
  path: '/api/knowledge/try',
  tags: TAGS,
  summary: 'Try a pattern on a line or a log, before it is stored',
  request: { body: jsonBody(PatternText.extend({ text: z.string().min(1).max(MAX_TRIED_CHARACTERS) })) },
  responses: answers(
    'The wording that is looked for, and the lines that it is found in (at most 100 of them).',
    z.object({
      wording: z.string(),
      matched: z.number().int(),
      lines: z.array(z.object({ line: z.number().int(), text: z.string() })),
    }),
  ),
});

const search = routeFor('read', {
  method: 'get',
  path: '/api/knowledge/search',
  tags: TAGS,
  summary: 'Search written advice and, of a scope, past incidents and patterns for a question or an error message',
  request: {
    query: z.strictObject({
      query: z.string().trim().min(2).max(2000),
      scope: ScopeName.optional(),
      limit: z.coerce.number().int().min(1).max(30).default(10),
    }),
  },
  responses: { ...answers('The results.', KnowledgeResults), ...NOT_FOUND },
});

const MAX_SHOWN_LINES = 100;
/** Past incidents that a new pattern is replayed over, newest first. */
const REPLAYED = 2000;

export function knowledgeRoutes(deps: KnowledgeRoutesDeps) {
  const { patterns, patternVersions, clock } = deps;
  const actionIds = deps.actions.map(({ id }) => id);
  const now = () => clock.now();
  const titleOf = titlesOf(deps.actions);
  /** By the limits of learning that hold now. */
  const desk = async () => {
    const rules = await deps.rules();
    const writing = { patterns, versions: patternVersions, rules, actionIds };
    const shown = (pattern: LearnedPattern) => detailsOf(asItCounts(pattern, rules, now()), rules, titleOf);
    const written = (outcome: PatternWriting, { id, dryRun }: { id: string; dryRun: boolean }) => {
      const { pattern, replay } = doneOrProblem(outcome, id);
      const replayed = replay === null ? null : { matched: replay.matched };
      return { pattern: shown(pattern), dryRun, replayed, heldBack: null };
    };
    return { rules, writing, shown, written };
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
    .openapi(scopes, async (context) => context.json({ scopes: await recentScopes(deps) }, 200))
    .openapi(list, async (context) => {
      const { rules } = await desk();
      const { limit, cursor, retired, ...query } = context.req.valid('query');
      const asked = { ...query, scope: await scopeOf(query.scope, deps), retired: retired === 'true' };
      const page = await listPatterns(asked, { limit, cursor }, { patterns, rules, now: now() });
      return context.json(
        { patterns: page.patterns.map((one) => summaryOf(one, rules, titleOf)), next: page.next },
        200,
      );
    })
    .openapi(show, async (context) => {
      const { shown } = await desk();
      const { id } = context.req.valid('param');
      const pattern = await patterns.get(await scopeOf(context.req.valid('query').scope, deps), id);
      if (pattern === null) throw missing(id);
      return context.json(shown(pattern), 200, { etag: `"${pattern.revision}"` });
    })
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
    .openapi(versions, async (context) => {
      const { rules } = await desk();
      const { id } = context.req.valid('param');
      const scope = await scopeOf(context.req.valid('query').scope, deps);
      if ((await patterns.get(scope, id)) === null) throw missing(id);
      const kept = await patternVersions.of(scope, id, MAX_VERSIONS);
      return context.json({ versions: kept.map((one) => summaryOf(one, rules, titleOf)) }, 200);
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
    })
    .openapi(attempt, async (context) => {
      const { text, ...given } = context.req.valid('json');
      const read = wordingsFrom(given);
      if ('problem' in read) throw new Problem('invalid-request', `pattern: ${read.problem}.`);
      const lines = tryPattern(read.wordings, text);
      return context.json(
        { wording: read.wordings.join(' | '), matched: lines.length, lines: lines.slice(0, MAX_SHOWN_LINES) },
        200,
      );
    })
    .openapi(search, async (context) => {
      const { rules } = await desk();
      const { query, scope: given, limit } = context.req.valid('query');
      const scope = given === undefined ? '' : await scopeOf(given, deps);
      const recall = await deps.recall();
      const learned = scope === '' ? [] : (await patterns.list(scope)).map((one) => asItCounts(one, rules, now()));
      const results = await searchKnowledge(
        { text: query, scope, limit, now: now() },
        { recall, patterns: learned, titleOf },
      );
      return context.json({ results }, 200);
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

/** The scope that the caller names. Throws `Problem`. */
export async function scopeOf(given: string, deps: ScopeDeps): Promise<string> {
  const answer = await resolveScope(given, deps);
  if (answer.kind === 'scope') return answer.scope;
  throw new Problem(answer.kind === 'invalid' ? 'invalid-request' : 'not-found', answer.reason);
}

const missing = (id: string): Problem =>
  new Problem('not-found', `There is no pattern ${id} in this scope. GET /api/knowledge/patterns lists them.`);

const addressed = (
  { id }: { id: string },
  { scope }: { scope: string },
  { 'if-match': revision }: { 'if-match'?: string | undefined },
) => ({ id, scope, revision });

/** Null for `*`. Throws `Problem` without the header. */
export function revisionOf(header: string | undefined): number | null {
  if (header === undefined)
    throw new Problem(
      'revision-needed',
      'Send the etag of what you saw as if-match, or if-match: * to change whatever it is now.',
    );
  return header === '*' ? null : Number(header.replaceAll('"', ''));
}

function doneOrProblem(writing: PatternWriting, id: string): Extract<PatternWriting, { kind: 'done' }> {
  switch (writing.kind) {
    case 'done':
      return writing;
    case 'invalid':
      throw new Problem('invalid-request', writing.reason);
    case 'refused':
      throw new Problem('not-now', `Not done: ${writing.reason}.`);
    case 'not-found':
      throw missing(id);
    case 'changed-meanwhile':
      throw new Problem('changed-meanwhile', `The pattern ${id} was changed meanwhile: read it again.`);
    default:
      return writing satisfies never;
  }
}

function summaryOf(
  pattern: LearnedPattern,
  rules: Configuration['learning'],
  titleOf: TitleOfAction,
): z.infer<typeof PatternSummary> {
  const { id, scope, revision, wording, alternatives = [], title, tags, service, stage, confidence, retired } = pattern;
  const { source, by, at } = pattern.provenance;
  return {
    ...{
      id,
      scope,
      revision,
      wording,
      alternatives,
      title,
      class: pattern.class,
      tags,
      service,
      solution: withoutReceipt(pattern, titleOf),
      stage,
      confidence,
      retired,
    },
    action: pattern.actionId,
    parent: pattern.parent ?? null,
    helped: effectivenessOf(pattern),
    verified: verifiedOutcomes(pattern),
    source: pattern.written === true ? 'written' : source,
    by,
    createdAt: at,
    needsApproval: approvalsMissing(pattern, rules),
  };
}

function detailsOf(
  pattern: LearnedPattern,
  rules: Configuration['learning'],
  titleOf: TitleOfAction,
): z.infer<typeof PatternDetails> {
  return { ...summaryOf(pattern, rules, titleOf), history: pattern.history, outcomes: pattern.outcomes };
}
