import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import * as z from 'zod';
import { correctPrediction } from '#shared/app/learning/correct-prediction.ts';
import { promoteModel, type RegistryDeps, rollBackModel } from '#shared/app/learning/model-registry.ts';
import { learningMaterial, MAX_PREDICTIONS, MAX_SCOPES, readAnswers } from '#shared/app/learning/read-learning.ts';
import type { Caller } from '#shared/domain/access/caller.ts';
import { AccuracyPoint, accuracySeries } from '#shared/domain/answers/accuracy-series.ts';
import { AnswersReport } from '#shared/domain/answers/answers-report.ts';
import { Correction } from '#shared/domain/answers/prediction.ts';
import { PatternStage } from '#shared/domain/learning/learned-pattern.ts';
import { LearningHealth, learningHealthOf } from '#shared/domain/learning/learning-health.ts';
import { LearningReport, learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { learningStageOf, stageProgressOf } from '#shared/domain/learning/learning-stage.ts';
import { type ModelVersion, type RegistryChange, Stage } from '#shared/domain/learning/model-registry.ts';
import { promisedBy } from '#shared/domain/learning/provenance.ts';
import type { ModelArtifacts, ModelRegistryStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';
import type { KnowledgeRoutesDeps } from './knowledge.ts';
import { ScopeName, scopeOf } from './knowledge-requests.ts';

export interface LearningRoutesDeps extends KnowledgeRoutesDeps {
  readonly predictions: Pick<PredictionStore, 'recentPredictions' | 'watch' | 'correctPrediction'>;
  readonly registry: ModelRegistryStore;
  readonly artifacts: ModelArtifacts;
  /** The model that comes with the code; read when it is first needed. */
  readonly shipped: () => Promise<ModelVersion | null>;
}

const Progress = {
  next: PatternStage.nullable(),
  progress: z.number().meta({ description: '0 to 1: of the criterion that is furthest from being met.' }),
  etaDays: z
    .number()
    .int()
    .nullable()
    .meta({ description: 'If outcomes come and help as lately; null if that would not do.' }),
  missing: z.array(z.string()).readonly(),
};

export const LearningStatus = z
  .object({
    enabled: z.object({ fromOutcomes: z.boolean(), classes: z.array(FailureClass).nullable() }),
    scopes: z.array(z.string()).readonly(),
    patterns: z.object({
      active: z.number().int(),
      byStage: z.record(PatternStage, z.number().int()),
      needApproval: z.number().int(),
    }),
    stage: z.object({
      stage: z.enum(['none', ...PatternStage.options]),
      patternId: z.string().nullable(),
      ...Progress,
    }),
    closest: z
      .array(
        z.object({
          id: z.string(),
          scope: z.string(),
          title: z.string(),
          stage: PatternStage,
          confidence: z.number(),
          ...Progress,
        }),
      )
      .readonly()
      .meta({ description: 'The patterns that are closest to their next stage.' }),
    model: z.object({
      id: z.string(),
      predictions: z.number().int(),
      judged: z.number().int(),
      accuracy: Proportion.nullable(),
      degraded: z.boolean(),
      degradedSince: z.string().nullable(),
      watchedAt: z.string().nullable().meta({ description: 'When the schedule last compared answers with outcomes.' }),
      retrain: AnswersReport.shape.retrain,
    }),
  })
  .meta({ id: 'LearningStatus', description: `Without a scope: of the ${MAX_SCOPES} scopes of the latest incidents.` });

export const AnswersFigures = AnswersReport.omit({ cost: true }).meta({
  id: 'AnswersFigures',
  description: `Of the latest ${MAX_PREDICTIONS} predictions.`,
});

const NamedHealth = LearningHealth.extend({
  /** New patterns a week. */
  learning_velocity: z.number(),
  /** Evenness of the classes that patterns are of, 0 to 1; null without patterns. */
  pattern_diversity: z.number().nullable(),
  /** 1 less the calibration error of the model's answers; null while no outcome is known. */
  confidence_calibration: z.number().nullable(),
  /** Share of the outcomes of patterns that people reported; null without outcomes. */
  human_feedback_ratio: z.number().nullable(),
  /** Share of the ended incidents that a pattern recognised; null without incidents. */
  knowledge_base_coverage: z.number().nullable(),
  /** What to do first. */
  recommendation: z.string(),
}).meta({ id: 'NamedLearningHealth' });

export const AccuracySeries = z
  .object({
    stepDays: z.number().int(),
    points: z.array(AccuracyPoint),
  })
  .meta({ id: 'AccuracySeries', description: `Oldest first; from the latest ${MAX_PREDICTIONS} predictions.` });

export const Models = z
  .object({
    shipped: z.string().nullable(),
    models: z.array(
      z.object({
        id: z.string(),
        stage: Stage,
        at: z.string(),
        by: z.string(),
        trainedAt: z.string().nullable(),
        accuracy: z.number().nullable(),
        cases: z.number().int().nullable(),
      }),
    ),
  })
  .meta({ id: 'Models' });

const TAGS = ['learning'];
const Period = z.strictObject({
  scope: ScopeName.optional(),
  days: z.coerce.number().int().min(1).max(400).default(30),
});
const share = (otherwise: number) => z.coerce.number().min(0).max(1).default(otherwise);
const HealthQuery = Period.extend({
  minAccuracy: share(0.8),
  minSuccess: share(0.7),
  minCoverage: share(0.3),
  maxMinutes: z.coerce.number().int().min(1).max(100_000).default(120),
});
const read = <const P extends string, Q extends z.ZodObject, A extends z.ZodType>(
  path: P,
  summary: string,
  query: Q,
  answer: A,
) =>
  routeFor('read', {
    method: 'get',
    path,
    tags: TAGS,
    summary,
    request: { query },
    responses: { ...answers('The figures.', answer), ...NOT_FOUND },
  });

const status = read(
  '/api/learning',
  'Status, stage, progress and expected time of learning',
  Period.pick({ scope: true }),
  LearningStatus,
);
const health = read(
  '/api/learning/health',
  'Whether learning works, and what to do where not',
  HealthQuery,
  LearningHealth,
);
/** The requests' own path of it, with the figures by the document's names. */
const aiHealth = read(
  '/api/ai/learning-health',
  'The same as /api/learning/health, and its figures by other names',
  HealthQuery,
  NamedHealth,
);
const report = read(
  '/api/learning/report',
  'Report on recent learning, and how much it helped',
  Period,
  LearningReport,
);
const quality = read(
  '/api/learning/quality',
  'How good the answers of the model in production are',
  z.strictObject({}),
  AnswersFigures,
);
const series = read(
  '/api/learning/accuracy',
  'Accuracy, confidence and Brier score over time',
  z.strictObject({
    days: z.coerce.number().int().min(1).max(400).default(30),
    step: z.enum(['day', 'week']).default('day'),
  }),
  AccuracySeries,
);
const listModels = read('/api/models', 'The trained models with their stages and accuracy', z.strictObject({}), Models);

const REFUSED = withProblems({ 409: 'It is not done; `detail` says why.' });

const correct = routeFor('operate', {
  method: 'post',
  path: '/api/learning/corrections',
  tags: TAGS,
  summary: 'Say which class a failure really had; the predicted one confirms the prediction',
  description: 'It judges the prediction. No correction raises what Selfheal may do by itself.',
  request: {
    body: jsonBody(
      z.strictObject({
        incidentId: z.string().regex(/^[a-z0-9-]{8,60}$/, 'Must be the whole id of an incident'),
        class: Correction.shape.class,
      }),
    ),
  },
  responses: {
    ...answers(
      'The answer that was given, and whether it was right.',
      z.object({ said: FailureClass, right: z.boolean() }),
    ),
    ...REFUSED,
  },
});

const ModelChange = z.object({ production: z.string().nullable() });
const promote = routeFor('administer', {
  method: 'post',
  path: '/api/models/{id}/promote',
  tags: TAGS,
  summary: 'Promote a trained model by one stage; refused unless it is shown to be no worse',
  request: {
    params: z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/, 'Must be the id of a model') }),
    body: jsonBody(z.strictObject({ to: z.enum(['staging', 'production']).optional() })),
  },
  responses: { ...answers('The model in production now.', ModelChange), ...REFUSED },
});
const rollback = routeFor('administer', {
  method: 'post',
  path: '/api/models/rollback',
  tags: TAGS,
  summary: 'Put the previous model into production again',
  responses: { ...answers('The model in production now.', ModelChange), ...REFUSED },
});

const MAX_CLOSEST = 10;

export function learningRoutes(deps: LearningRoutesDeps) {
  const materialOf = async ({ scope, days }: { scope?: string | undefined; days: number }) =>
    await learningMaterial(
      { scope: scope === undefined ? null : await scopeOf(scope, deps), days, now: deps.clock.now() },
      await deps.rules(),
      deps,
    );
  const healthOf = async ({ scope, days, ...limits }: z.infer<typeof HealthQuery>) => {
    const { material, stored } = await materialOf({ scope, days });
    const report = learningReportOf(material);
    return { report, health: learningHealthOf(report, stored, { rules: await deps.rules(), limits }) };
  };
  const registryDeps = async (): Promise<RegistryDeps> => ({ ...deps, shipped: await deps.shipped() });
  const changeBy = (caller: Caller) => ({ at: deps.clock.now(), by: caller.name.slice(0, 200) });
  return makeRoutes()
    .openapi(status, async (context) => {
      const rules = await deps.rules();
      const { scope } = context.req.valid('query');
      const now = deps.clock.now();
      const [{ material, scopes }, { report: figures, watch }] = await Promise.all([
        materialOf({ scope, days: 30 }),
        readAnswers(deps),
      ]);
      const active = material.patterns.filter(({ retired }) => retired === null);
      const { byStage } = learningReportOf(material).patterns;
      const closest = active
        .map(({ id, scope: of, title, confidence, ...rest }) => ({
          ...{ id, scope: of, title, confidence },
          ...stageProgressOf({ id, scope: of, title, confidence, ...rest }, rules, now),
        }))
        .filter(({ next }) => next !== null)
        .sort((a, b) => b.progress - a.progress);
      const { model: id, predictions, judged, accuracy, degraded, retrain } = figures;
      return context.json(
        {
          enabled: { fromOutcomes: rules.fromOutcomes, classes: rules.classes },
          scopes,
          patterns: {
            active: active.length,
            byStage,
            needApproval: closest.filter(({ missing }) => missing.some((one) => one.startsWith('an approval'))).length,
          },
          stage: learningStageOf(material.patterns, rules, now),
          closest: closest.slice(0, MAX_CLOSEST),
          model: {
            ...{ id, predictions, judged, accuracy, degraded, retrain },
            degradedSince: watch?.degradedSince ?? null,
            watchedAt: watch?.lookedAt ?? null,
          },
        },
        200,
      );
    })
    .openapi(health, async (context) => context.json((await healthOf(context.req.valid('query'))).health, 200))
    .openapi(aiHealth, async (context) => {
      const { health: found, report: figures } = await healthOf(context.req.valid('query'));
      const { calibrationError } = (await readAnswers(deps)).report;
      const named = {
        learning_velocity: figures.patterns.perWeek,
        pattern_diversity: figures.patterns.diversity,
        confidence_calibration: calibrationError === null ? null : 1 - calibrationError,
        human_feedback_ratio: figures.outcomes.byPeople?.value ?? null,
        knowledge_base_coverage: figures.incidents.covered?.value ?? null,
        recommendation: found.recommendations[0] ?? 'Nothing has to be done.',
      };
      return context.json({ ...found, ...named }, 200);
    })
    .openapi(report, async (context) =>
      context.json(learningReportOf((await materialOf(context.req.valid('query'))).material), 200),
    )
    .openapi(quality, async (context) => {
      const { cost, ...figures } = (await readAnswers(deps)).report;
      return context.json(figures, 200);
    })
    .openapi(series, async (context) => {
      const { days, step } = context.req.valid('query');
      const stepDays = step === 'day' ? 1 : 7;
      const predictions = await deps.predictions.recentPredictions(MAX_PREDICTIONS);
      return context.json(
        { stepDays, points: accuracySeries(predictions, { to: deps.clock.now(), days, stepDays }) },
        200,
      );
    })
    .openapi(correct, async (context) => {
      const { incidentId, class: actual } = context.req.valid('json');
      const order = { incidentId, class: actual, ...changeBy(context.get('caller')) };
      const corrected = await correctPrediction(order, deps.predictions);
      if (corrected.kind === 'refused') throw new Problem('not-now', `${incidentId}: ${corrected.reason}`);
      const { said, right } = corrected;
      return context.json({ said, right }, 200);
    })
    .openapi(listModels, async (context) => {
      const [{ entries }, shipped] = await Promise.all([deps.registry.read(), deps.shipped()]);
      const models = await Promise.all(
        entries.slice(-MAX_MODELS).map(async ({ id, stage, at, by }) => {
          const provenance = (await deps.registry.getVersion(id))?.provenance;
          const promise = provenance === undefined ? null : promisedBy(provenance).class;
          const accuracy = promise === null ? null : promise.hits / promise.cases;
          return {
            id,
            stage,
            at,
            by,
            trainedAt: provenance?.trainedAt ?? null,
            accuracy,
            cases: promise?.cases ?? null,
          };
        }),
      );
      return context.json({ shipped: shipped?.provenance.model ?? null, models: models.reverse() }, 200);
    })
    .openapi(promote, async (context) => {
      const { id } = context.req.valid('param');
      const { to } = context.req.valid('json');
      const changed = await promoteModel({ id, to }, changeBy(context.get('caller')), await registryDeps());
      return context.json({ production: productionAfter(changed) }, 200);
    })
    .openapi(rollback, async (context) => {
      const changed = await rollBackModel(changeBy(context.get('caller')), await registryDeps());
      return context.json({ production: productionAfter(changed) }, 200);
    });
}

const MAX_MODELS = 30;

/** Throws `Problem` with the reasons where nothing was changed. */
function productionAfter(changed: RegistryChange): string | null {
  if (changed.kind === 'refused') throw new Problem('not-now', `Refused: ${changed.reasons.join(' ')}`);
  return changed.registry.history.at(-1) ?? null;
}
