import { makeWordingTest } from '@selfheal/diagnosis/failure/wording.ts';
import { shareText } from '@selfheal/kernel/numbers/number-words.ts';
import { Proportion } from '@selfheal/kernel/numbers/proportion.ts';
import { counted, measuredTimeWords } from '@selfheal/kernel/time-words.ts';
import * as z from 'zod';
import { weakPatterns } from './apply-pattern-changes.ts';
import { type LearnedPattern, PatternStage, wordingsOf } from './learned-pattern.ts';
import type { LearningReport } from './learning-report.ts';
import type { Learning } from './learning-settings.ts';
import { approvalsMissing, effectivenessOf } from './pattern-trust.ts';

export const LearningHealth = z
  .object({
    healthy: z.boolean(),
    checks: z
      .array(
        z.object({
          name: z.string(),
          /** `unknown` where nothing was counted. */
          state: z.enum(['good', 'bad', 'unknown']),
          text: z.string(),
          /** Advice; null when nothing has to be done. */
          advice: z.string().nullable(),
        }),
      )
      .readonly(),
    /** Patterns that help less often than they should, with the incidents where they did not. */
    weak: z
      .array(
        z.object({
          patternId: z.string(),
          title: z.string(),
          helped: Proportion,
          failedIn: z.array(z.string()).readonly(),
          advice: z.string(),
        }),
      )
      .readonly(),
    /** The checks' advice in one list. */
    recommendations: z.array(z.string()).readonly(),
  })
  .meta({ id: 'LearningHealth' });
export type LearningHealth = z.infer<typeof LearningHealth>;
export type HealthCheck = LearningHealth['checks'][number];
type WeakPattern = LearningHealth['weak'][number];

export interface HealthLimits {
  readonly minAccuracy: number;
  readonly minSuccess: number;
  readonly minCoverage: number;
  /** Minutes that an incident may take on average. */
  readonly maxMinutes: number;
}

const MAX_INCIDENTS_NAMED = 5;
/** With fewer cases a share is not called bad. */
const MIN_CASES = 5;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Whether learning works and keeps its limits, and what to do where not. */
export function learningHealthOf(
  report: LearningReport,
  patterns: readonly LearnedPattern[],
  { rules, limits }: { readonly rules: Learning; readonly limits: HealthLimits },
): LearningHealth {
  const active = patterns.filter(({ retired }) => retired === null);
  const { incidents, outcomes } = report;
  const checks: HealthCheck[] = [
    atLeast(
      'accuracy',
      incidents.recognisedRight,
      limits.minAccuracy,
      'Make the wordings of patterns that recognise other classes more exact.',
    ),
    atLeast('success', outcomes.helped, limits.minSuccess, 'Take back or correct the patterns listed as weak.'),
    atLeast(
      'coverage',
      incidents.covered,
      limits.minCoverage,
      'Write down how incidents were resolved that no pattern recognises, with a line of their log.',
    ),
    timeCheck(incidents.meanMinutes, limits.maxMinutes),
    velocityCheck(report, rules),
    conflictCheck(active),
    safetyCheck(active, rules),
    approvalCheck(active, rules),
  ];
  return {
    healthy: checks.every(({ state }) => state !== 'bad'),
    checks,
    weak: weakPatterns(active, limits.minSuccess).flatMap(weakOf),
    recommendations: checks.flatMap(({ advice }) => advice ?? []),
  };
}

function atLeast(name: string, share: Proportion | null, least: number, advice: string): HealthCheck {
  if (share === null) return { name, state: 'unknown', text: 'nothing was counted', advice: null };
  const isAccuracy = name === 'accuracy';
  const counted = `${share.hits} of ${share.cases}${isAccuracy ? ' right' : ''}`;
  if (share.cases < MIN_CASES)
    return {
      name,
      state: 'unknown',
      text: `${counted}; at least ${MIN_CASES} ${isAccuracy ? 'answers' : 'cases'} are needed`,
      advice: null,
    };
  const text = `${counted} (${shareText(share.value)}); at least ${shareText(least)} are needed`;
  const bad = share.value < least;
  return { name, state: bad ? 'bad' : 'good', text, advice: bad ? advice : null };
}

function timeCheck(minutes: number | null, most: number): HealthCheck {
  const name = 'resolution time';
  if (minutes === null) return { name, state: 'unknown', text: 'no times are known', advice: null };
  const bad = minutes > most;
  const advice = bad ? 'Look at the slowest incidents: what is resolved often may be approved to act sooner.' : null;
  return {
    name,
    state: bad ? 'bad' : 'good',
    text: `${measuredTimeWords(60_000 * minutes)} on average, at most ${counted(most, 'minute')} are accepted`,
    advice,
  };
}

function velocityCheck({ patterns }: LearningReport, { maxNewPatternsPerDay }: Learning): HealthCheck {
  const name = 'velocity';
  const text = `${patterns.perWeek.toFixed(1)} new patterns a week`;
  if (patterns.learned === 0) {
    return {
      name,
      state: 'unknown',
      text,
      advice:
        'Nothing was learned in this time: "selfheal knowledge learn FILE" takes in how people resolved incidents.',
    };
  }
  const full = patterns.perWeek >= 7 * maxNewPatternsPerDay;
  const advice = full
    ? 'The limit of new patterns is used up every day: check whether they are any good before you raise it.'
    : null;
  return { name, state: full ? 'bad' : 'good', text, advice };
}

/** Patterns of different classes one of which recognises the other's wording. */
function conflictCheck(patterns: readonly LearnedPattern[]): HealthCheck {
  const pairs = patterns.flatMap((a) => {
    const tests = wordingsOf(a).map(makeWordingTest);
    const says = (wording: string): boolean => tests.some((test) => test(wording));
    return patterns
      .filter((b) => a.id !== b.id && isOtherClass(a, b) && wordingsOf(b).some(says))
      .map((b) => `${a.id} and ${b.id}`);
  });
  const [first] = pairs;
  if (first === undefined)
    return { name: 'conflicts', state: 'good', text: 'no two patterns contradict each other', advice: null };
  return {
    name: 'conflicts',
    state: 'bad',
    text: `${counted(pairs.length, 'pair')} of patterns ${pairs.length === 1 ? 'calls' : 'call'} the same words different classes (${first})`,
    advice: 'Decide on one class for each, and take the other back with "selfheal knowledge adjust ID --confidence 0".',
  };
}

const isOtherClass = (a: LearnedPattern, b: LearnedPattern): boolean =>
  a.class !== b.class && a.class !== 'unknown' && b.class !== 'unknown';

/** Patterns above the stage that their limits allow: Selfheal never does that, but a changed record might. */
function safetyCheck(patterns: readonly LearnedPattern[], rules: Learning): HealthCheck {
  const name = 'safety limits';
  const beyond = patterns.filter((pattern) => isBeyond(pattern, rules)).map(({ id }) => id);
  if (beyond.length === 0) return { name, state: 'good', text: 'every pattern stands within its limits', advice: null };
  return {
    name,
    state: 'bad',
    text: `${beyond.length} patterns stand beyond their limits (${beyond.slice(0, MAX_INCIDENTS_NAMED).join(', ')})`,
    advice: 'Look into who changed them, and roll back with "selfheal knowledge rollback --to DATE".',
  };
}

function isBeyond(pattern: LearnedPattern, rules: Learning): boolean {
  const { stage, history, confidence, written } = pattern;
  // What a person wrote down is suggested whatever its confidence (`pattern-trust.ts`).
  const needsConfidence = stage !== 'observe' && !(written === true && stage === 'suggest');
  if (needsConfidence && confidence < rules.stages[stage].confidence - 0.0005) return true;
  const high = PatternStage.options.indexOf(stage) > PatternStage.options.indexOf('suggest');
  if (high && approvalsMissing(pattern, rules).length > 0) return true;
  return history.some(({ at, confidence: then }) => {
    const weekBefore = Date.parse(at) - WEEK_MS;
    const before = history.findLast((step) => Date.parse(step.at) <= weekBefore) ?? history[0];
    return before !== undefined && then > before.confidence + rules.maxConfidenceGainPerWeek + 0.0005;
  });
}

function approvalCheck(patterns: readonly LearnedPattern[], rules: Learning): HealthCheck {
  const waiting = patterns.filter(
    (pattern) => pattern.stage === 'suggest' && approvalsMissing(pattern, rules).length > 0,
  );
  const text = `${counted(waiting.length, 'pattern waits', 'patterns wait')} for an approval`;
  const [first] = waiting;
  const advice =
    first === undefined
      ? null
      : `Look at ${first.id} and others: "selfheal knowledge adjust ID --approve" lets them rise.`;
  return { name: 'approvals', state: 'good', text, advice };
}

function weakOf(pattern: LearnedPattern): WeakPattern[] {
  const helped = effectivenessOf(pattern);
  if (helped === null) return [];
  const failed = pattern.outcomes.filter((outcome) => !outcome.helped).map(({ incident }) => incident);
  const staged = pattern.outcomes.filter((outcome) => !outcome.helped && !outcome.trusted).length;
  const advice =
    staged === failed.length
      ? 'All its failures are of runs that outsiders can word: look whether they were staged.'
      : helped.cases < MIN_CASES
        ? 'Too few cases to judge: leave it observed.'
        : 'Look at what helped instead, write that down, and take this one back.';
  return [
    { patternId: pattern.id, title: pattern.title, helped, failedIn: failed.slice(0, MAX_INCIDENTS_NAMED), advice },
  ];
}
