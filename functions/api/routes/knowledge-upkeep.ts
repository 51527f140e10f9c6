import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import { KnowledgeStats, statsOf } from '#shared/app/knowledge/list-patterns.ts';
import { applyChanges, importPatterns } from '#shared/app/learning/pattern-maintenance.ts';
import type { Caller } from '#shared/domain/access/caller.ts';
import { isOfSimulation } from '#shared/domain/knowledge/search/past-incident.ts';
import {
  MAINTENANCE,
  optimizePatterns,
  type PatternChange,
  suggestGeneralisations,
} from '#shared/domain/learning/apply-pattern-changes.ts';
import { exportPatterns, PatternExport } from '#shared/domain/learning/exchange-patterns.ts';
import { PatternStage } from '#shared/domain/learning/learned-pattern.ts';
import { LearningNote } from '#shared/domain/learning/learning-note.ts';
import { approvalsMissing, asItCounts, retire } from '#shared/domain/learning/pattern-trust.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { rollBackPatterns } from '#shared/domain/learning/roll-back-patterns.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';
import type { KnowledgeRoutesDeps } from './knowledge.ts';
import { DryRun, Reason, ScopeName, scopeOf } from './knowledge-requests.ts';

const PatternState = z.object({ confidence: z.number(), stage: PatternStage });
const PatternChanges = z
  .object({
    dryRun: z.boolean(),
    changes: z
      .array(
        z.object({
          patternId: z.string(),
          wording: z.string(),
          event: LearningNote.shape.event,
          reason: z.string(),
          before: PatternState,
          after: PatternState.extend({
            retired: z.boolean().meta({ description: 'It is used no longer, and can be restored.' }),
          }),
          done: z.enum(['done', 'dry-run', 'skipped']),
        }),
      )
      .readonly(),
    remaining: z.number().int().meta({ description: 'Changes beyond those of one request: send it again.' }),
    suggestions: z
      .array(z.object({ ids: z.array(z.string()).readonly(), wording: z.string() }))
      .readonly()
      .meta({ description: 'Wordings that could replace two patterns; a person decides.' }),
  })
  .meta({ id: 'PatternChanges' });

const ImportResults = z
  .object({
    dryRun: z.boolean(),
    results: z
      .array(
        z.object({
          patternId: z.string(),
          wording: z.string(),
          kind: z.enum(['imported', 'known', 'refused']),
          confidence: z.number(),
          reason: z.string(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'ImportResults' });

const TAGS = ['knowledge'];
const CONFLICT = withProblems({ 409: 'It is not done; `detail` says why.' });
const Flag = z.enum(['true', 'false']).default('false');
/** Changes of one request: each takes three writes, and the function has 15 seconds. */
const MAX_CHANGES = 200;
const MAX_EXPORTED = 2000;
const COUNTED = 1000;
const REPLAYED = 2000;

const stats = routeFor('read', {
  method: 'get',
  path: '/api/knowledge/stats',
  tags: TAGS,
  summary: 'Figures of what is known in a scope',
  request: { query: z.strictObject({ scope: ScopeName }) },
  responses: { ...answers('The figures.', KnowledgeStats), ...NOT_FOUND },
});

const exported = routeFor('read', {
  method: 'get',
  path: '/api/knowledge/export',
  tags: TAGS,
  summary: 'The patterns of a scope, for another scope or team',
  description:
    'Leaves out removed patterns and the incidents that patterns were learned from. The confidence is always in it.',
  request: {
    query: z.strictObject({
      scope: ScopeName,
      class: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(FailureClass))
        .optional()
        .meta({ description: 'One class or several, with commas.' }),
      metrics: Flag,
      history: Flag.meta({ description: 'With the history of each confidence.' }),
    }),
  },
  responses: { ...answers('The file.', PatternExport), ...NOT_FOUND, ...CONFLICT },
});

const imported = routeFor('operate', {
  method: 'post',
  path: '/api/knowledge/import',
  tags: TAGS,
  summary: 'Take over exported patterns with a lower confidence, only to be observed',
  request: {
    body: jsonBody(
      z.strictObject({
        scope: ScopeName,
        file: PatternExport,
        reduceBy: z.number().min(0).max(1).default(0.1).meta({ description: 'Subtracted from each confidence.' }),
        dryRun: DryRun,
      }),
    ),
  },
  responses: { ...answers('The result for each entry.', ImportResults), ...NOT_FOUND },
});

const optimize = routeFor('operate', {
  method: 'post',
  path: '/api/knowledge/optimize',
  tags: TAGS,
  summary: 'Merge duplicates, retire what fails or is never used, let the rest fade',
  request: {
    body: jsonBody(
      z.strictObject({
        scope: ScopeName,
        minConfidence: z.number().min(0).max(1).default(0.3),
        unusedDays: z.number().int().min(1).max(36_500).default(365),
        only: z.array(z.enum(MAINTENANCE)).min(1).optional().meta({
          description: 'The parts of the maintenance; without them all three. `retire` also lets unused patterns fade.',
        }),
        dryRun: DryRun,
      }),
    ),
  },
  responses: { ...answers('The changes.', PatternChanges), ...NOT_FOUND },
});

const rollback = routeFor('operate', {
  method: 'post',
  path: '/api/knowledge/rollback',
  tags: TAGS,
  summary: 'Restore the patterns of a scope to a date, except those that proved good since',
  request: {
    body: jsonBody(
      z.strictObject({
        scope: ScopeName,
        to: z.iso.datetime({ offset: true }),
        reason: Reason,
        all: z.boolean().default(false).meta({ description: 'Also those that proved good since.' }),
        dryRun: DryRun,
      }),
    ),
  },
  responses: { ...answers('The changes.', PatternChanges), ...NOT_FOUND },
});

const reset = routeFor('administer', {
  method: 'post',
  path: '/api/knowledge/reset',
  tags: TAGS,
  summary: 'Retire every pattern of a scope; a roll-back restores them',
  request: {
    body: jsonBody(
      z.strictObject({
        scope: ScopeName,
        confirm: z.string().max(400).meta({ description: 'The scope once more, as you wrote it.' }),
        reason: Reason,
        dryRun: DryRun,
      }),
    ),
  },
  responses: { ...answers('The changes.', PatternChanges), ...NOT_FOUND },
});

/** What concerns all patterns of a scope together. */
export function knowledgeUpkeepRoutes(deps: KnowledgeRoutesDeps) {
  const { patterns, knowledge, clock } = deps;
  const applied = async (
    scope: string,
    caller: Caller,
    dryRun: boolean,
    decide: (at: Date) => Promise<readonly PatternChange[]>,
  ) => {
    const at = clock.now();
    const all = await decide(at);
    const order = { scope, by: caller.name, at, dryRun };
    const changes = await applyChanges(all.slice(0, MAX_CHANGES), order, patterns);
    return { dryRun, changes, remaining: Math.max(0, all.length - MAX_CHANGES), suggestions: [] };
  };
  return makeRoutes()
    .openapi(stats, async (context) => {
      const rules = await deps.rules();
      const scope = await scopeOf(context.req.valid('query').scope, deps);
      const range = { after: null, limit: COUNTED };
      const [stored, lessons, past] = await Promise.all([
        patterns.list(scope),
        knowledge.learned(scope, range),
        knowledge.remembered(scope, range),
      ]);
      const current = stored.map((pattern) => asItCounts(pattern, rules, clock.now()));
      const waiting = current.filter((one) => one.retired === null && approvalsMissing(one, rules).length > 0);
      const rest = {
        scope,
        needApproval: waiting.length,
        lessons: lessons.length,
        pastIncidents: past.filter((one) => !isOfSimulation(one)).length,
      };
      return context.json(statsOf(current, { ...rest, countedUpTo: COUNTED }), 200);
    })
    .openapi(exported, async (context) => {
      const { scope: given, class: classes, metrics, history } = context.req.valid('query');
      const scope = await scopeOf(given, deps);
      const wanted = (await patterns.list(scope)).filter(
        (pattern) => classes === undefined || classes.includes(pattern.class),
      );
      if (wanted.length > MAX_EXPORTED)
        throw new Problem(
          'conflict',
          `${wanted.length} patterns are more than ${MAX_EXPORTED}: export class by class.`,
        );
      const at = clock.now();
      const parts = { metrics: metrics === 'true', confidenceHistory: history === 'true' };
      const file = exportPatterns(wanted, scope, at, parts);
      return context.json(file, 200);
    })
    .openapi(imported, async (context) => {
      const rules = await deps.rules();
      const { scope: given, file, reduceBy, dryRun } = context.req.valid('json');
      const scope = await scopeOf(given, deps);
      const past = (await knowledge.remembered(scope, { after: null, limit: REPLAYED })).map(caseOfPastIncident);
      const order = { scope, by: context.get('caller').name, at: clock.now(), from: file.from, dryRun, past };
      const results = await importPatterns(file, { ...order, adjustment: -reduceBy }, { patterns, rules });
      return context.json({ dryRun, results }, 200);
    })
    .openapi(optimize, async (context) => {
      const rules = await deps.rules();
      const { scope: given, minConfidence, unusedDays, only, dryRun } = context.req.valid('json');
      const scope = await scopeOf(given, deps);
      const stored = await patterns.list(scope);
      const done = await applied(scope, context.get('caller'), dryRun, async (now) =>
        optimizePatterns(stored, { rules, now, minConfidence, unusedDays, only }),
      );
      const suggestions = only?.includes('suggest') === false ? [] : suggestGeneralisations(stored);
      return context.json({ ...done, suggestions: suggestions.slice(0, MAX_CHANGES) }, 200);
    })
    .openapi(rollback, async (context) => {
      const rules = await deps.rules();
      const { scope: given, to, reason, all, dryRun } = context.req.valid('json');
      const date = new Date(to);
      if (date > clock.now()) throw new Problem('invalid-request', 'to: this is in the future. Use a past time.');
      const scope = await scopeOf(given, deps);
      const done = await applied(scope, context.get('caller'), dryRun, async (now) =>
        rollBackPatterns(await patterns.list(scope), { to: date, now, reason, keepProven: !all, rules }),
      );
      return context.json(done, 200);
    })
    .openapi(reset, async (context) => {
      const { scope: given, confirm, reason, dryRun } = context.req.valid('json');
      if (confirm !== given)
        throw new Problem('invalid-request', 'confirm: repeat the scope as you wrote it, to retire everything in it.');
      const scope = await scopeOf(given, deps);
      const done = await applied(scope, context.get('caller'), dryRun, async (now) =>
        (await patterns.list(scope))
          .filter(({ retired }) => retired === null)
          .map((before) => ({ before, after: retire(before, now, reason), event: 'pattern.retired' as const, reason })),
      );
      return context.json(done, 200);
    });
}
