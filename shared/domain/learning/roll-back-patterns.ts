import { wilsonInterval } from '@selfheal/kernel/numbers/proportion.ts';
import type { PatternChange } from './apply-pattern-changes.ts';
import type { LearnedPattern } from './learned-pattern.ts';
import type { Learning } from './learning-settings.ts';
import { countedOutcomes, retire, withStep } from './pattern-trust.ts';

export interface RollbackOrder {
  readonly to: Date;
  readonly now: Date;
  readonly reason: string;
  /** Whether patterns that proved good since then stay. */
  readonly keepProven: boolean;
  readonly rules: Learning;
}

/**
 * Changes that restore patterns to their state at a date: later ones are retired, later outcomes dropped, confidence,
 * stage and patterns retired since then restored. With `keepProven` a pattern stays whose outcomes since then meet the
 * criteria of the first stage.
 */
export function rollBackPatterns(patterns: readonly LearnedPattern[], order: RollbackOrder): PatternChange[] {
  const { to, now, keepProven, rules } = order;
  const date = to.toISOString();
  return patterns.flatMap((before): PatternChange[] => {
    if (before.history.every(({ at }) => at <= date) && before.provenance.at <= date) return [];
    if (keepProven && before.retired === null && provedGood(before, date, rules)) return [];
    const reason = `rolled back to ${date.slice(0, 10)}: ${order.reason}`.slice(0, 300);
    if (before.provenance.at > date) {
      if (before.retired !== null) return [];
      return [{ before, after: retire(before, now, reason), event: 'pattern.rolled-back', reason }];
    }
    return [{ before, after: restored(before, date, now, reason), event: 'pattern.rolled-back', reason }];
  });
}

function provedGood({ outcomes }: LearnedPattern, date: string, { stages: { suggest } }: Learning): boolean {
  const since = countedOutcomes(outcomes).filter(({ at }) => at > date);
  const [lowerBound] = wilsonInterval(since.filter(({ helped }) => helped).length, since.length);
  return since.length >= suggest.cases && lowerBound >= suggest.lowerBound;
}

function restored(pattern: LearnedPattern, date: string, now: Date, reason: string): LearnedPattern {
  const kept = pattern.history.filter(({ at }) => at <= date);
  // Where older steps were dropped, the lowest is assumed.
  const then = kept.at(-1) ?? {
    confidence: Math.min(...pattern.history.map(({ confidence }) => confidence)),
    stage: 'observe' as const,
  };
  const { confidence, stage } = then;
  const { retired, approved } = pattern;
  const back: LearnedPattern = {
    ...pattern,
    confidence,
    stage,
    outcomes: pattern.outcomes.filter(({ at }) => at <= date),
    // Otherwise later steps would count as a confidence it had.
    history: kept,
    retired: retired !== null && retired.at <= date ? retired : null,
    approved: approved !== null && approved.at <= date ? approved : null,
  };
  return withStep(back, { at: now.toISOString(), confidence, stage, reason });
}
