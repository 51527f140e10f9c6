import {
  optimizePatterns,
  type PatternChange,
  suggestGeneralisations,
} from '#shared/domain/learning/apply-pattern-changes.ts';
import { learningReportOf } from '#shared/domain/learning/learning-report.ts';
import { isReviewDue, type ReviewAction } from '#shared/domain/learning/learning-review.ts';
import type { PatternStore, PredictionStore } from '#shared/ports/learning-stores.ts';
import { type AnnounceDeps, announce } from '../notify/announce.ts';
import { readStop, type StopDeps } from '../notify/stop-notice.ts';
import { type GovernedDeps, governed } from '../policy/governed.ts';
import { applyChanges } from './pattern-maintenance.ts';
import { learningMaterial, MAX_SCOPES, type ReadLearningDeps } from './read-learning.ts';

export interface ReviewLearningDeps extends GovernedDeps, AnnounceDeps, StopDeps {
  readonly patterns: ReadLearningDeps['patterns'] & Pick<PatternStore, 'write' | 'note'>;
  readonly knowledge: ReadLearningDeps['knowledge'];
  readonly predictions: ReadLearningDeps['predictions'] & Pick<PredictionStore, 'setWatch'>;
}

/** As of `selfheal knowledge optimize`. */
const MIN_CONFIDENCE = 0.3;
const UNUSED_DAYS = 365;
/** Changes of one review: each takes two writes. What is left is done by the next one. */
const MAX_CHANGES = 500;

const ACTION_OF: Partial<Record<PatternChange['event'], ReviewAction>> = {
  'pattern.adjusted': 'update_confidence',
  'pattern.retired': 'prune_ineffective_patterns',
  'pattern.merged': 'prune_ineffective_patterns',
};

/**
 * Reviews learning when the policy asks for it and it is due: lets confidence follow the outcomes, retires and merges patterns, suggests wordings,
 * and announces what was done with the figures of the time since. The state is written last, so that a crash repeats the mail; changes of patterns
 * are not decided twice. Needs the state of the watch over our answers, which is written before it.
 */
export async function reviewLearning(given: ReviewLearningDeps): Promise<'not-scheduled' | 'not-due' | 'reviewed'> {
  const deps = await governed(given);
  const { patterns, predictions, clock } = deps;
  const { review, ...rules } = deps.configuration.learning;
  if (review === null) return 'not-scheduled';
  const now = clock.now();
  const watch = await predictions.watch();
  if (watch === null || !isReviewDue(review, watch.reviewedAt ?? null, now)) return 'not-due';
  const { scopes, stored, material } = await learningMaterial(
    { scope: null, days: review.everyDays, now },
    { ...rules, review },
    deps,
  );
  const options = { rules: deps.configuration.learning, now, minConfidence: MIN_CONFIDENCE, unusedDays: UNUSED_DAYS };
  const counts: Record<ReviewAction, number> = {
    update_confidence: 0,
    prune_ineffective_patterns: 0,
    suggest_new_patterns: 0,
  };
  const suggestions: { readonly ids: readonly string[]; readonly wording: string }[] = [];
  let left = MAX_CHANGES;
  for (const scope of scopes.slice(0, MAX_SCOPES)) {
    const own = stored.filter((pattern) => pattern.scope === scope);
    const wanted = optimizePatterns(own, options).filter(({ event }) => isWanted(event, review.actions));
    const results = await applyChanges(
      wanted.slice(0, left),
      { scope, by: 'the scheduled review', at: now, dryRun: false },
      patterns,
    );
    left -= results.length;
    for (const { event, done } of results) {
      const action = ACTION_OF[event];
      if (action !== undefined && done === 'done') counts[action] += 1;
    }
    if (review.actions.includes('suggest_new_patterns')) suggestions.push(...suggestGeneralisations(own));
  }
  counts.suggest_new_patterns = suggestions.length;
  const report = learningReportOf(material);
  const stopped = await readStop(deps);
  await announce(
    { kind: 'learning-reviewed', review, report, scopes: scopes.length, counts, suggestions, stopped },
    deps,
  );
  deps.meter.count('learning-reviewed');
  await predictions.setWatch({ ...watch, reviewedAt: now.toISOString() });
  return 'reviewed';
}

function isWanted(event: PatternChange['event'], actions: readonly ReviewAction[]): boolean {
  const action = ACTION_OF[event];
  return action !== undefined && actions.includes(action);
}
