import type { FailureClass } from '@selfheal/kernel/failure-class.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import type { Learning } from '#shared/domain/learning/learning-settings.ts';
import { asItCounts } from '#shared/domain/learning/pattern-trust.ts';
import { makeCaseTest } from '#shared/domain/learning/replay.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';

/** Finds the learned patterns of some scopes that match a failure, each with its current weight. */
export interface PatternReader {
  recognising(
    scopes: readonly string[],
    failureClass: FailureClass,
    lines: readonly string[],
  ): Promise<LearnedPattern[]>;
}

export function makePatternReader(deps: {
  readonly patterns: Pick<PatternStore, 'list'>;
  readonly rules: Learning;
  readonly clock: Clock;
}): PatternReader {
  return {
    recognising: async (scopes, failureClass, lines) => {
      if (lines.length === 0) return [];
      const failure = { id: '', lines, messages: new Set<string>() };
      const now = deps.clock.now();
      const stored = await Promise.all(scopes.map((scope) => deps.patterns.list(scope)));
      const found = stored.flat().filter((pattern) => fits(pattern, failureClass) && makeCaseTest(pattern)(failure));
      // Of a pattern and one that refines it, only the latter counts.
      const refined = new Set(found.flatMap(({ parent, retired }) => (retired === null ? (parent ?? []) : [])));
      return found
        .filter(({ id }) => !refined.has(id))
        .map((pattern) => withinClass(asItCounts(pattern, deps.rules, now), failureClass));
    },
  };
}

/** What a person wrote down is shown with failures of every class: its author and the classifier may name one failure differently. */
function fits({ class: own, written }: LearnedPattern, failureClass: FailureClass): boolean {
  return own === failureClass || written === true;
}

/** Of another class than the failure's, where both are known, it is only a suggestion. */
function withinClass(pattern: LearnedPattern, failureClass: FailureClass): LearnedPattern {
  const { class: own, stage } = pattern;
  const agrees = own === failureClass || own === 'unknown' || failureClass === 'unknown';
  return agrees || stage === 'observe' ? pattern : { ...pattern, stage: 'suggest' };
}
