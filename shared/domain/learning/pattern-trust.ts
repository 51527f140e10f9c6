import { percentText } from '@selfheal/kernel/numbers/number-words.ts';
import { type Proportion, proportionOf, wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import { redactOutgoing } from '@selfheal/redaction/redact.ts';
import { type LearnedPattern, MAX_KEPT, type PatternOutcome, PatternStage } from './learned-pattern.ts';
import type { Learning } from './learning-settings.ts';

/** Outcomes that a pattern's initial confidence is worth. */
const PRIOR_WEIGHT = 2;
const DAY_MS = 24 * 60 * 60 * 1000;
const WEEK_MS = 7 * DAY_MS;
/** Smaller changes of confidence are not recorded in the history. */
const MIN_STEP = 0.0005;

const STAGES = PatternStage.options;
const heightOf = (stage: PatternStage): number => STAGES.indexOf(stage);

/** Rate at which its solution helped; null without an outcome. */
export function effectivenessOf({ outcomes }: Pick<LearnedPattern, 'outcomes'>): Proportion | null {
  return proportionOf(outcomes.filter(({ helped }) => helped).length, outcomes.length);
}

/** Of its outcomes that helped, how many Selfheal measured; the others are the word of people. */
export const verifiedOutcomes = ({ outcomes }: Pick<LearnedPattern, 'outcomes'>): number =>
  outcomes.filter(({ helped, by }) => helped && by === 'verified').length;

/** Outcomes that may count for a pattern, and all that count against it. */
export function countedOutcomes(outcomes: readonly PatternOutcome[]): PatternOutcome[] {
  return outcomes.filter(({ trusted, helped }) => trusted || !helped);
}

/** The prior updated by its outcomes; old outcomes count less, so that an unused pattern returns to its prior. */
function earnedConfidence(pattern: LearnedPattern, { halfLifeDays }: Learning, now: Date): number {
  let helped = pattern.prior * PRIOR_WEIGHT;
  let all = PRIOR_WEIGHT;
  for (const outcome of countedOutcomes(pattern.outcomes)) {
    const days = Math.max(0, now.getTime() - Date.parse(outcome.at)) / DAY_MS;
    const weight = 0.5 ** (days / halfLifeDays);
    all += weight;
    if (outcome.helped) helped += weight;
  }
  return Math.min(helped / all, pattern.cap ?? 1);
}

/** The confidence a week ago, from which it may rise only by a limited amount. */
function confidenceAWeekAgo({ history }: LearnedPattern, now: Date): number {
  const before = history.findLast(({ at }) => Date.parse(at) <= now.getTime() - WEEK_MS);
  if (before !== undefined) return before.confidence;
  // Where older steps were dropped, the lowest remaining one: it must not rise faster by changing more often.
  const known = history.length < MAX_KEPT ? history.slice(0, 1) : history;
  return Math.min(...known.map(({ confidence }) => confidence));
}

/** Tags that keep a pattern a suggestion until a person approves it. */
export function approvalsMissing({ tags, approved }: LearnedPattern, { approvalTags }: Learning): string[] {
  return approved === null ? tags.filter((tag) => approvalTags.includes(tag)) : [];
}

/**
 * The highest stage whose criteria hold, at most one above the current one. Only outcomes since it was learned count:
 * those it was made from prove nothing. What a person wrote down as guidance is a suggestion at least.
 */
function stageFor(pattern: LearnedPattern, confidence: number, rules: Learning): PatternStage {
  const proof = countedOutcomes(pattern.outcomes).filter(({ at }) => at > pattern.provenance.at);
  const [lowerBound] = wilsonInterval(proof.filter(({ helped }) => helped).length, proof.length);
  const most = approvalsMissing(pattern, rules).length > 0 ? 'suggest' : 'act';
  let reached: PatternStage = pattern.written === true ? 'suggest' : 'observe';
  for (const stage of ['suggest', 'match', 'act'] as const) {
    const needed = rules.stages[stage];
    const holds = confidence >= needed.confidence && proof.length >= needed.cases && lowerBound >= needed.lowerBound;
    if (!holds || heightOf(stage) > heightOf(most) || heightOf(stage) > heightOf(pattern.stage) + 1) break;
    reached = stage;
  }
  return reached;
}

function rollbackReason(pattern: LearnedPattern, rules: Learning): string | null {
  const failed = pattern.outcomes.filter(({ helped }) => !helped).length;
  const cases = pattern.outcomes.length;
  if (cases < rules.rollbackCases || failed / cases <= rules.rollbackFailureRate) return null;
  return `It failed in ${failed} of ${cases} cases; more than ${percentText(rules.rollbackFailureRate)} are not allowed.`;
}

/**
 * The pattern with its current confidence (limited to a rise per week) and stage, retired when it failed too often. A
 * change is recorded in its history. Returns the same pattern when nothing changed.
 */
export function settled(pattern: LearnedPattern, rules: Learning, now: Date, reason: string): LearnedPattern {
  if (pattern.retired !== null) return pattern;
  const at = now.toISOString();
  const failing = rollbackReason(pattern, rules);
  if (failing !== null) return retire(pattern, now, failing);
  const highest = Math.max(confidenceAWeekAgo(pattern, now) + rules.maxConfidenceGainPerWeek, 0);
  const confidence = Math.min(earnedConfidence(pattern, rules, now), highest, 1);
  const stage = stageFor(pattern, confidence, rules);
  const isSmall = Math.abs(confidence - pattern.confidence) < MIN_STEP && pattern.confidence <= highest;
  if (stage === pattern.stage && isSmall) return pattern;
  return withStep({ ...pattern, confidence, stage }, { at, confidence, stage, reason });
}

/** A pattern as it counts now: it may have faded since the last update, and never rises by being read. */
export function asItCounts(pattern: LearnedPattern, rules: Learning, now: Date): LearnedPattern {
  const current = settled(pattern, rules, now, 'as time went by');
  const stage = heightOf(current.stage) < heightOf(pattern.stage) ? current.stage : pattern.stage;
  return { ...pattern, stage, confidence: Math.min(pattern.confidence, current.confidence), retired: current.retired };
}

/** Retires a pattern; only a roll-back restores it. */
export function retire(pattern: LearnedPattern, now: Date, reason: string): LearnedPattern {
  const at = now.toISOString();
  const { confidence } = pattern;
  const changed = {
    ...pattern,
    stage: 'observe' as const,
    retired: { at, reason: redactOutgoing(reason).slice(0, 300) },
  };
  return withStep(changed, { at, confidence, stage: 'observe', reason });
}

/** Adds a step to the history, dropping the oldest when there are too many. */
export function withStep(
  pattern: LearnedPattern,
  step: Omit<LearnedPattern['history'][number], 'reason'> & { readonly reason: string },
): LearnedPattern {
  const last = { ...step, reason: redactOutgoing(step.reason).slice(0, 300) };
  return { ...pattern, history: [...pattern.history, last].slice(-MAX_KEPT) };
}

/**
 * Adds outcomes of new incidents in order of time; keeps the newest when there are too many. The same outcomes added again change nothing, those
 * included that were not kept: of one time, the incidents' names decide.
 */
export function withOutcomes(pattern: LearnedPattern, outcomes: readonly PatternOutcome[]): LearnedPattern {
  const known = new Set(pattern.outcomes.map(({ incident }) => incident));
  const added = outcomes.filter(({ incident }) => !known.has(incident) && known.add(incident));
  if (added.length === 0) return pattern;
  const all = [...pattern.outcomes, ...added].sort((a, b) => compare(a.at, b.at) || compare(a.incident, b.incident));
  const kept = all.slice(-MAX_KEPT);
  return added.some((one) => kept.includes(one)) ? { ...pattern, outcomes: kept } : pattern;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
