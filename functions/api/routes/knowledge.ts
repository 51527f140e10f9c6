import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import * as z from 'zod';
import type { IdentityDeps } from '#shared/app/access/people.ts';
import { listPatterns } from '#shared/app/knowledge/list-patterns.ts';
import { recentScopes, type ScopeDeps } from '#shared/app/knowledge/scopes.ts';
import { searchKnowledge } from '#shared/app/knowledge/search-knowledge.ts';
import { MAX_VERSIONS, PatternText, tryPattern, wordingsFrom } from '#shared/app/learning/write-pattern.ts';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { PatternStage, Tag } from '#shared/domain/learning/learned-pattern.ts';
import { asItCounts } from '#shared/domain/learning/pattern-trust.ts';
import { titlesOf } from '#shared/plugins/actions/registry.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { PatternStore, PatternVersions } from '#shared/ports/learning-stores.ts';
import type { FailureRecall } from '#shared/ports/recall.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor } from './contract.ts';
import { noSuchPattern, PatternPath, Scoped, ScopeName, scopeOf } from './knowledge-requests.ts';
import { detailsOf, PatternDetails, PatternSummary, summaryOf } from './pattern-answers.ts';

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

const MAX_TRIED_CHARACTERS = 60_000;
const MAX_SHOWN_LINES = 100;
const TAGS = ['knowledge'];

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

/** What is known about failures of a place: listed, read, searched, and tried before it is stored. */
export function knowledgeRoutes(deps: KnowledgeRoutesDeps) {
  const { patterns, patternVersions, clock } = deps;
  const now = () => clock.now();
  const titleOf = titlesOf(deps.actions);
  return makeRoutes()
    .openapi(scopes, async (context) => context.json({ scopes: await recentScopes(deps) }, 200))
    .openapi(list, async (context) => {
      const rules = await deps.rules();
      const { limit, cursor, retired, ...query } = context.req.valid('query');
      const asked = { ...query, scope: await scopeOf(query.scope, deps), retired: retired === 'true' };
      const page = await listPatterns(asked, { limit, cursor }, { patterns, rules, now: now() });
      return context.json(
        { patterns: page.patterns.map((one) => summaryOf(one, rules, titleOf)), next: page.next },
        200,
      );
    })
    .openapi(show, async (context) => {
      const rules = await deps.rules();
      const { id } = context.req.valid('param');
      const pattern = await patterns.get(await scopeOf(context.req.valid('query').scope, deps), id);
      if (pattern === null) throw noSuchPattern(id);
      return context.json(detailsOf(asItCounts(pattern, rules, now()), rules, titleOf), 200, {
        etag: `"${pattern.revision}"`,
      });
    })
    .openapi(versions, async (context) => {
      const rules = await deps.rules();
      const { id } = context.req.valid('param');
      const scope = await scopeOf(context.req.valid('query').scope, deps);
      if ((await patterns.get(scope, id)) === null) throw noSuchPattern(id);
      const kept = await patternVersions.of(scope, id, MAX_VERSIONS);
      return context.json({ versions: kept.map((one) => summaryOf(one, rules, titleOf)) }, 200);
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
      const rules = await deps.rules();
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
