import { makeWordingTest, problemOfWording } from '@selfheal/diagnosis/failure/wording.ts';
import { type LearnedPattern, PatternStage, wordingsOf } from './learned-pattern.ts';
import type { LearningNote } from './learning-note.ts';
import type { Learning } from './learning-settings.ts';
import { effectivenessOf, retire, settled, withOutcomes } from './pattern-trust.ts';

/** What maintenance does: `merge` duplicates, `retire` what fails, is weak or unused, and let the rest fade, `suggest` common wordings. */
export const MAINTENANCE = ['merge', 'retire', 'suggest'] as const;
type Maintenance = (typeof MAINTENANCE)[number];

export interface OptimizeOptions {
  /** Only these; all of them when it is absent. */
  readonly only?: readonly Maintenance[] | undefined;
  readonly rules: Learning;
  readonly now: Date;
  /** Patterns below this effectiveness are retired once there are enough cases. */
  readonly minConfidence: number;
  /** Days after which a pattern that was only observed and never matched is retired. */
  readonly unusedDays: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_MESSAGES = 20;
const MAX_TAGS = 20;
/** Words that two wordings must share before a common one is suggested. */
const MIN_SHARED = 0.6;
const MAX_WORDS = 60;

const active = (patterns: readonly LearnedPattern[]): LearnedPattern[] =>
  patterns.filter(({ retired }) => retired === null);

/**
 * Changes that pattern maintenance would make: duplicates are merged, failing or unused patterns are retired, the rest
 * fades.
 */
export function optimizePatterns(patterns: readonly LearnedPattern[], options: OptimizeOptions): PatternChange[] {
  const { only = MAINTENANCE } = options;
  const merged = only.includes('merge') ? mergeSimilar(active(patterns), options) : [];
  const touched = new Set(merged.map(({ before }) => before.id));
  const rest = active(patterns).filter(({ id }) => !touched.has(id));
  const others = only.includes('retire') ? rest : [];
  return [...merged, ...others.flatMap((pattern) => pruned(pattern, options) ?? faded(pattern, options))];
}

function pruned(
  pattern: LearnedPattern,
  { rules, now, minConfidence, unusedDays }: OptimizeOptions,
): PatternChange | null {
  const cases = pattern.outcomes.length;
  const last = pattern.outcomes.at(-1)?.at ?? pattern.provenance.at;
  const newest = last > pattern.provenance.at ? last : pattern.provenance.at;
  const days = Math.floor((now.getTime() - Date.parse(newest)) / DAY_MS);
  const weak = cases >= rules.rollbackCases && pattern.confidence < minConfidence;
  const unused = pattern.stage === 'observe' && days >= unusedDays;
  if (!weak && !unused) return null;
  const reason = weak
    ? `Its confidence of ${pattern.confidence.toFixed(2)} after ${cases} cases is below ${minConfidence}.`
    : `It was only observed and matched nothing for ${days} days.`;
  return { before: pattern, after: retire(pattern, now, reason), event: 'pattern.retired', reason };
}

function faded(pattern: LearnedPattern, { rules, now }: OptimizeOptions): PatternChange[] {
  const reason = 'as time went by';
  const after = settled(pattern, rules, now, reason);
  if (after === pattern) return [];
  if (after.retired !== null)
    return [{ before: pattern, after, event: 'pattern.retired', reason: after.retired.reason }];
  return [{ before: pattern, after, event: 'pattern.adjusted', reason }];
}

/**
 * Of two patterns that resolve the same class in the same way, the one whose wording matches the other's absorbs it.
 */
function mergeSimilar(patterns: readonly LearnedPattern[], { rules, now }: OptimizeOptions): PatternChange[] {
  const changes: PatternChange[] = [];
  const gone = new Set<string>();
  // The most general ones first, so that a chain of three ends in one.
  for (const general of [...patterns].sort((a, b) => a.wording.length - b.wording.length)) {
    if (gone.has(general.id)) continue;
    const tests = wordingsOf(general).map(makeWordingTest);
    const says = (wording: string): boolean => tests.some((test) => test(wording));
    const special = patterns.filter(
      (other) =>
        other.id !== general.id && !gone.has(other.id) && sameRemedy(general, other) && wordingsOf(other).every(says),
    );
    if (special.length === 0) continue;
    for (const other of [general, ...special]) gone.add(other.id);
    changes.push(...takenIn(general, special, rules, now));
  }
  return changes;
}

const sameRemedy = (a: LearnedPattern, b: LearnedPattern): boolean =>
  a.class === b.class && a.service === b.service && a.solution.toLowerCase() === b.solution.toLowerCase();

function takenIn(
  general: LearnedPattern,
  special: readonly LearnedPattern[],
  rules: Learning,
  now: Date,
): PatternChange[] {
  const all = [general, ...special];
  const joined = withOutcomes(
    {
      ...general,
      // The lowest of their confidences: merging raises nothing.
      stage: lowest(all.map(({ stage }) => stage)),
      confidence: Math.min(...all.map(({ confidence }) => confidence)),
      messages: [...new Set(all.flatMap(({ messages }) => messages))].slice(0, MAX_MESSAGES),
      tags: [...new Set(all.flatMap(({ tags }) => tags))].slice(0, MAX_TAGS),
      approved: all.every(({ approved }) => approved !== null) ? general.approved : null,
    },
    special.flatMap(({ outcomes }) => outcomes),
  );
  const reason = `It covers ${special.map(({ id }) => id).join(', ')}, which are merged into it.`;
  const after = settled(joined, rules, now, reason);
  return [
    { before: general, after, event: 'pattern.merged', reason },
    ...special.map((before): PatternChange => {
      const why = `${general.id} covers the same failures with a more general message.`;
      return { before, after: retire(before, now, why), event: 'pattern.absorbed', reason: why };
    }),
  ];
}

function lowest(stages: readonly PatternStage[]): PatternStage {
  return PatternStage.options.find((stage) => stages.includes(stage)) ?? 'observe';
}

/** A wording that could replace two patterns; a person decides, and it is replayed over the past like any new one. */
export interface Generalisation {
  readonly ids: readonly [string, string];
  readonly wording: string;
}

/** Patterns that resolve the same class in the same way and differ in a few words only. */
export function suggestGeneralisations(patterns: readonly LearnedPattern[]): Generalisation[] {
  const all = active(patterns);
  return all.flatMap((a, at) =>
    all.slice(at + 1).flatMap((b) => {
      const wording = sameRemedy(a, b) ? sharedWording(a.wording, b.wording) : null;
      return wording === null ? [] : [{ ids: [a.id, b.id] as const, wording }];
    }),
  );
}

/** The longest common subsequence of words, with `*` for what is between; null when it is too short. */
function sharedWording(a: string, b: string): string | null {
  const [left, right] = [a, b].map((wording) => wording.toLowerCase().split(' ').slice(0, MAX_WORDS)) as [
    string[],
    string[],
  ];
  const lengths = left.map(() => right.map(() => 0));
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const row = lengths[i];
      if (row !== undefined)
        row[j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  if (at(0, 0) < MIN_SHARED * Math.max(left.length, right.length)) return null;
  const words: string[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j]) {
      words.push(left[i] ?? '');
      i += 1;
      j += 1;
      continue;
    }
    if (words.at(-1) !== '*') words.push('*');
    if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  const wording = words.join(' ').replace(/\*(?: \*)+/g, '*');
  // A common wording that equals one of the two leads to a merge, not to a suggestion.
  const isNew = wording !== a.toLowerCase() && wording !== b.toLowerCase();
  return isNew && problemOfWording(wording) === null ? wording : null;
}

/** Patterns that helped less often than required, worst first. */
export function weakPatterns(patterns: readonly LearnedPattern[], minEffectiveness: number): LearnedPattern[] {
  const share = (pattern: LearnedPattern): number => effectivenessOf(pattern)?.value ?? 1;
  return active(patterns)
    .filter((pattern) => share(pattern) < minEffectiveness)
    .sort((a, b) => share(a) - share(b));
}

/** What to do with a pattern, and why. */
export interface PatternChange {
  readonly before: LearnedPattern;
  readonly after: LearnedPattern;
  readonly event: LearningNote['event'];
  readonly reason: string;
}
