import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';
import type { LearnOrder, PatternResult } from '#shared/app/learning/learn-patterns.ts';
import { PatternStage, Tag } from '#shared/domain/learning/learned-pattern.ts';
import type { adviseRate, RateMetric } from '#shared/domain/learning/learning-rate.ts';
import { asItCounts } from '#shared/domain/learning/pattern-trust.ts';
import { caseOfPastIncident } from '#shared/domain/learning/replay.ts';
import { Resolution } from '#shared/domain/learning/resolution.ts';
import type { SelfTest } from '#shared/domain/learning/self-test.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor } from './contract.ts';
import type { KnowledgeRoutesDeps } from './knowledge.ts';
import { DryRun, ScopeName, scopeOf } from './knowledge-requests.ts';

/** What learns from records; loaded when the first of them arrives. */
export interface RecordLearning {
  learn(
    order: LearnOrder,
    rules: Parameters<typeof asItCounts>[1],
  ): Promise<{ results: readonly PatternResult[]; unplaced: readonly number[] }>;
  test(cases: LearnOrder['cases'], patterns: Parameters<typeof asItCounts>[0][]): SelfTest;
  rates: typeof adviseRate;
}

export interface KnowledgeLearnDeps extends KnowledgeRoutesDeps {
  readonly recordLearning: () => Promise<RecordLearning>;
}

/** Records of one request: the function has 15 seconds. */
const MAX_LEARNED_RECORDS = 100;
const REPLAYED = 2000;
const TAGS = ['knowledge'];

const Records = z
  .array(
    z.strictObject({
      line: z.number().int().positive().meta({ description: 'Its line in the file, for the answer.' }),
      resolution: Resolution,
      class: FailureClass,
      tags: z.array(Tag).max(20).default([]),
    }),
  )
  .min(1)
  .max(MAX_LEARNED_RECORDS)
  .meta({ description: 'How incidents were resolved. Each counts once, however often it is sent.' });

const Replayed = z.object({
  matched: z.number().int(),
  precision: Proportion.nullable(),
  coverage: Proportion.nullable(),
  others: z.array(z.object({ id: z.string(), class: FailureClass })).readonly(),
});
const Learned = z
  .object({
    scope: z.string(),
    dryRun: z.boolean(),
    results: z
      .array(
        z.object({
          kind: z.enum(['learned', 'adjusted', 'unchanged', 'refused']),
          patternId: z.string(),
          wording: z.string(),
          class: FailureClass,
          stage: PatternStage,
          confidence: z.number(),
          lines: z.array(z.number().int()).readonly(),
          reason: z.string(),
          conflicts: z.array(z.string()).readonly(),
          replay: Replayed.nullable(),
        }),
      )
      .readonly(),
    unplaced: z
      .array(z.number().int())
      .readonly()
      .meta({ description: 'Lines of records with too little text to make a pattern from.' }),
  })
  .meta({ id: 'RecordsLearned' });

const learn = routeFor('operate', {
  method: 'post',
  path: '/api/knowledge/learn',
  tags: TAGS,
  summary: 'Learn patterns from how incidents were resolved',
  description: 'New patterns are only observed until their outcomes are good enough.',
  request: { body: jsonBody(z.strictObject({ scope: ScopeName, records: Records, dryRun: DryRun })) },
  responses: { ...answers('The result for each pattern.', Learned), ...NOT_FOUND },
});

const Tested = z
  .object({
    incidents: z.number().int(),
    identified: Proportion.nullable(),
    byThemselves: Proportion.nullable(),
    falsePositives: Proportion.nullable(),
    meanConfidence: z.number().nullable(),
    meanMinutes: z.number().nullable(),
    cases: z
      .array(
        z.object({
          line: z.number().int(),
          title: z.string(),
          class: FailureClass,
          patternId: z.string().nullable(),
          said: FailureClass.nullable(),
          stage: PatternStage.nullable(),
          confidence: z.number().nullable(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'LearningTest', description: 'How the patterns of a place recognise records. Nothing is changed.' });

const test = routeFor('read', {
  method: 'post',
  path: '/api/learning/test',
  tags: ['learning'],
  summary: 'Test the patterns of a place with records of incidents',
  request: { body: jsonBody(z.strictObject({ scope: ScopeName, records: Records })) },
  responses: { ...answers('How they were recognised.', Tested), ...NOT_FOUND },
});

// Written out, so that the comparison stays in what is loaded when it is asked for.
const METRIC = z.enum(['brier', 'log-loss', 'accuracy'] as const satisfies readonly RateMetric[]);
const Rates = z
  .object({
    metric: METRIC,
    current: z.number(),
    recommended: z.number(),
    results: z
      .array(z.object({ rate: z.number(), outcomes: z.number().int(), score: z.number().nullable() }))
      .readonly()
      .meta({ description: 'Best first.' }),
  })
  .meta({
    id: 'LearningRates',
    description: 'How rates of learning would have foretold the outcomes. Nothing is changed.',
  });

const compare = routeFor('read', {
  method: 'get',
  path: '/api/learning/rates',
  tags: ['learning'],
  summary: 'Compare rates of learning on the outcomes of the patterns of a place',
  description: 'A rate is how much confidence may rise in a week (`learning.maxConfidenceGainPerWeek`).',
  request: {
    query: z.strictObject({
      scope: ScopeName,
      metric: METRIC.default('brier'),
      rates: z
        .string()
        .max(200)
        .transform((text) => text.split(',').map(Number))
        .pipe(z.array(z.number().min(0).max(1)).min(1).max(20))
        .meta({ description: 'Shares with commas.' }),
      current: z.coerce.number().min(0).max(1).optional().meta({ description: 'By default the rate that holds.' }),
    }),
  },
  responses: { ...answers('The rates, best first.', Rates), ...NOT_FOUND },
});

export function knowledgeLearnRoutes(deps: KnowledgeLearnDeps) {
  const { patterns, knowledge, clock } = deps;
  return makeRoutes()
    .openapi(learn, async (context) => {
      const { scope: given, records, dryRun } = context.req.valid('json');
      const scope = await scopeOf(given, deps);
      const past = (await knowledge.remembered(scope, { after: null, limit: REPLAYED })).map(caseOfPastIncident);
      // Whoever sends them answers for them, whatever name a file holds.
      const cases = records.map((one) => ({ ...one, resolution: { ...one.resolution, by: null } }));
      const by = context.get('caller').name;
      const order = { scope, by, at: clock.now(), cases, past, dryRun, source: 'human' } as const;
      const { results, unplaced } = await (await deps.recordLearning()).learn(order, await deps.rules());
      return context.json({ scope, dryRun, results, unplaced }, 200);
    })
    .openapi(compare, async (context) => {
      const { scope, metric, rates, current } = context.req.valid('query');
      const [stored, rules] = [await patterns.list(await scopeOf(scope, deps)), await deps.rules()];
      const asked = { current: current ?? rules.maxConfidenceGainPerWeek, rates };
      return context.json((await deps.recordLearning()).rates(stored, asked, { metric, rules }), 200);
    })
    .openapi(test, async (context) => {
      const { scope: given, records } = context.req.valid('json');
      const scope = await scopeOf(given, deps);
      const [now, rules] = [clock.now(), await deps.rules()];
      const current = (await patterns.list(scope)).map((one) => asItCounts(one, rules, now));
      return context.json((await deps.recordLearning()).test(records, current), 200);
    });
}
