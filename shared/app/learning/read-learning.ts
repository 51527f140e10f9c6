import { type AnswersReport, answersReportOf } from '#shared/domain/answers/answers-report.ts';
import type { Watch } from '#shared/domain/answers/watch.ts';
import { ALL_SERVICES } from '#shared/domain/incident/scope.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { endedCasesOf, type LearningInputs } from '#shared/domain/learning/learning-report.ts';
import type { Learning } from '#shared/domain/learning/learning-settings.ts';
import { asItCounts } from '#shared/domain/learning/pattern-trust.ts';
import type { KnowledgeStore } from '#shared/ports/knowledge-store.ts';
import type { PatternStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import { recentScopes } from '../knowledge/scopes.ts';
import { type WatchedModelDeps, watchedModel } from '../upkeep/watch-answers.ts';

export interface ReadLearningDeps {
  readonly patterns: Pick<PatternStore, 'list' | 'notes'>;
  readonly knowledge: Pick<KnowledgeStore, 'remembered'>;
  readonly predictions: Pick<PredictionStore, 'recentPredictions' | 'watch'>;
}

/** Scopes read where none is named: those of the latest incidents. */
export const MAX_SCOPES = 20;
const MAX_PAST = 1000;
const MAX_NOTES = 500;
/** Predictions that figures are computed from, newest first. */
export const MAX_PREDICTIONS = 2000;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface LearningMaterial {
  readonly scopes: readonly string[];
  /** As they count now. */
  readonly material: LearningInputs;
  readonly stored: readonly LearnedPattern[];
}

/** Patterns, ended incidents and changes of a scope, or of all services and the scopes of the latest incidents. */
export async function learningMaterial(
  { scope, days, now }: { readonly scope: string | null; readonly days: number; readonly now: Date },
  rules: Learning,
  deps: ReadLearningDeps,
): Promise<LearningMaterial> {
  const recent = scope === null ? await recentScopes(deps) : [];
  const scopes = scope === null ? [ALL_SERVICES, ...recent.slice(0, MAX_SCOPES - 1).map((one) => one.scope)] : [scope];
  const read = await Promise.all(
    scopes.map(async (one) => {
      // Twice the period: the goals are measured against the one before.
      const range = { after: new Date(now.getTime() - 2 * days * DAY_MS).toISOString(), limit: MAX_PAST };
      const [patterns, past, notes] = await Promise.all([
        deps.patterns.list(one),
        deps.knowledge.remembered(one, range),
        deps.patterns.notes(one, MAX_NOTES),
      ]);
      return { patterns, past, notes };
    }),
  );
  const stored = read.flatMap(({ patterns }) => patterns);
  return {
    scopes,
    stored,
    material: {
      patterns: stored.map((pattern) => asItCounts(pattern, rules, now)),
      incidents: read.flatMap(({ past }) => endedCasesOf(past)),
      notes: read.flatMap(({ notes }) => notes),
      from: new Date(now.getTime() - days * DAY_MS),
      to: now,
    },
  };
}

/** How good the answers of the model in production are, and what the last watch said. */
export async function readAnswers(
  deps: Pick<ReadLearningDeps, 'predictions'> &
    Pick<WatchedModelDeps, 'registry'> & {
      readonly shipped: () => Promise<WatchedModelDeps['shipped']>;
    },
): Promise<{ readonly report: AnswersReport; readonly watch: Watch | null }> {
  const [shipped, predictions, watch] = await Promise.all([
    deps.shipped(),
    deps.predictions.recentPredictions(MAX_PREDICTIONS),
    deps.predictions.watch(),
  ]);
  const model = await watchedModel({ registry: deps.registry, shipped });
  return { report: answersReportOf(predictions, model), watch };
}
