import { wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import { type LearnedPattern, PatternStage } from './learned-pattern.ts';
import type { Learning } from './learning-settings.ts';
import { approvalsMissing, countedOutcomes } from './pattern-trust.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Outcomes of so many days say how fast more will come. */
const RATE_DAYS = 30;
/** Outcomes beyond what a pattern keeps are not waited for. */
const MAX_CASES = 60;

/** How far a pattern, or learning as a whole, is from its next stage. */
export interface StageProgress {
  readonly stage: PatternStage;
  /** Null at the highest stage. */
  readonly next: PatternStage | null;
  /** 0 to 1: of the criterion that is furthest from being met. */
  readonly progress: number;
  /** Days until the criteria may be met if outcomes come and help as lately; null when they would not. */
  readonly etaDays: number | null;
  /** What is missing, in words. */
  readonly missing: readonly string[];
}

export interface LearningStage extends Omit<StageProgress, 'stage'> {
  /** The highest stage that a pattern has reached; `none` without patterns. */
  readonly stage: PatternStage | 'none';
  /** The pattern that is closest to the next stage. */
  readonly patternId: string | null;
}

/** What a pattern lacks for its next stage. */
export function stageProgressOf(pattern: LearnedPattern, rules: Learning, now: Date): StageProgress {
  const { stage, confidence } = pattern;
  const next = PatternStage.options[PatternStage.options.indexOf(stage) + 1] ?? null;
  if (next === null || next === 'observe') return { stage, next: null, progress: 1, etaDays: null, missing: [] };
  const needed = rules.stages[next];
  const proof = countedOutcomes(pattern.outcomes).filter(({ at }) => at > pattern.provenance.at);
  const hits = proof.filter(({ helped }) => helped).length;
  const [lowerBound] = wilsonInterval(hits, proof.length);
  const blocking = next === 'suggest' ? [] : approvalsMissing(pattern, rules);
  const missing = [
    ...(proof.length < needed.cases ? [`${needed.cases - proof.length} more outcomes`] : []),
    ...(confidence < needed.confidence
      ? [`confidence: needs ${needed.confidence.toFixed(2)}, has ${confidence.toFixed(2)}`]
      : []),
    ...(lowerBound < needed.lowerBound
      ? [`lower bound of how often it helps: needs ${needed.lowerBound.toFixed(2)}, has ${lowerBound.toFixed(2)}`]
      : []),
    ...(blocking.length > 0 ? [`an approval, because of ${blocking.join(', ')}`] : []),
  ];
  const parts = [proof.length / needed.cases, confidence / needed.confidence, lowerBound / needed.lowerBound];
  const progress = Math.min(1, ...parts.map((part) => (Number.isFinite(part) ? part : 1)));
  const etaDays = blocking.length > 0 ? null : daysUntil(pattern, proof, needed, { rules, now });
  return { stage, next, progress, etaDays, missing };
}

function daysUntil(
  { confidence, provenance }: LearnedPattern,
  proof: LearnedPattern['outcomes'],
  needed: Learning['stages']['suggest'],
  { rules, now }: { readonly rules: Learning; readonly now: Date },
): number | null {
  const hits = proof.filter(({ helped }) => helped).length;
  const since = Math.max(now.getTime() - RATE_DAYS * DAY_MS, Date.parse(provenance.at));
  const days = Math.max(1, (now.getTime() - since) / DAY_MS);
  const perDay = proof.filter(({ at }) => Date.parse(at) > since).length / days;
  const share = proof.length === 0 ? 0 : hits / proof.length;
  const cases = Array.from({ length: MAX_CASES + 1 }, (_, at) => at).find(
    (count) =>
      count >= Math.max(needed.cases, proof.length) && wilsonInterval(share * count, count)[0] >= needed.lowerBound,
  );
  if (cases === undefined || share < needed.confidence) return null;
  const more = cases - proof.length;
  if (more > 0 && perDay === 0) return null;
  const rise = Math.max(0, needed.confidence - confidence);
  if (rise > 0 && rules.maxConfidenceGainPerWeek === 0) return null;
  const risingDays = rise === 0 ? 0 : (rise / rules.maxConfidenceGainPerWeek) * 7;
  return Math.ceil(Math.max(more === 0 ? 0 : more / perDay, risingDays));
}

/** The stage of learning: that of its best patterns, and how far the closest of them is from the next one. */
export function learningStageOf(patterns: readonly LearnedPattern[], rules: Learning, now: Date): LearningStage {
  const active = patterns.filter(({ retired }) => retired === null);
  const stage = PatternStage.options.findLast((one) => active.some((pattern) => pattern.stage === one));
  if (stage === undefined)
    return {
      stage: 'none',
      next: 'observe',
      progress: 0,
      etaDays: null,
      missing: ['a first pattern'],
      patternId: null,
    };
  const best = active
    .filter((pattern) => pattern.stage === stage)
    .map((pattern) => ({ patternId: pattern.id, ...stageProgressOf(pattern, rules, now) }))
    .sort((a, b) => b.progress - a.progress || (a.etaDays ?? 1e9) - (b.etaDays ?? 1e9));
  return best[0] ?? { stage, next: null, progress: 1, etaDays: null, missing: [], patternId: null };
}
