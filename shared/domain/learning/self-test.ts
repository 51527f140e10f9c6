import { type Proportion, proportionOf } from '../../kernel/numbers/proportion.ts';
import type { LearnedPattern } from './learned-pattern.ts';
import { pastCaseOf, type ResolvedCase } from './propose-patterns.ts';
import { makeCaseTest } from './replay.ts';

/** What learned patterns would have made of one simulated incident. */
export interface SelfTestCase {
  readonly line: number;
  readonly title: string;
  readonly class: ResolvedCase['class'];
  /** The surest pattern that recognised it, or null. */
  readonly patternId: string | null;
  readonly said: LearnedPattern['class'] | null;
  readonly stage: LearnedPattern['stage'] | null;
  readonly confidence: number | null;
}

export interface SelfTest {
  readonly incidents: number;
  /** Recognised as what they are. */
  readonly identified: Proportion | null;
  /** By a pattern that may spare the model: nobody had to look. */
  readonly byThemselves: Proportion | null;
  /** Recognised as something else. */
  readonly falsePositives: Proportion | null;
  readonly meanConfidence: number | null;
  /** That the patterns which identified them took so far, in minutes; null where no times are known. */
  readonly meanMinutes: number | null;
  readonly cases: readonly SelfTestCase[];
}

/** Runs simulated incidents through the patterns, changing nothing. One whose class nobody knows can be recognised as nothing. */
export function selfTest(simulated: readonly ResolvedCase[], patterns: readonly LearnedPattern[]): SelfTest {
  const tests = patterns
    .filter(({ retired }) => retired === null)
    .sort((a, b) => b.confidence - a.confidence || (a.id < b.id ? -1 : 1))
    .map((pattern) => ({ pattern, recognises: makeCaseTest(pattern) }));
  const answered = simulated.map((one) => ({
    one,
    found: tests.find(({ recognises }) => recognises(pastCaseOf(one)))?.pattern ?? null,
  }));
  const right = answered.filter(({ one, found }) => found !== null && found.class === one.class);
  const all = simulated.length;
  return {
    incidents: all,
    identified: proportionOf(right.length, all),
    byThemselves: proportionOf(right.filter(({ found }) => found?.stage === 'act').length, all),
    falsePositives: proportionOf(
      answered.filter(({ one, found }) => found !== null && found.class !== one.class).length,
      all,
    ),
    meanConfidence: mean(answered.flatMap(({ found }) => found?.confidence ?? [])),
    meanMinutes: mean(
      right.flatMap(
        ({ found }) => found?.outcomes.flatMap(({ helped, minutes }) => (helped ? (minutes ?? []) : [])) ?? [],
      ),
    ),
    cases: answered.map(({ one, found }) => ({
      line: one.line,
      title: one.resolution.title,
      class: one.class,
      patternId: found?.id ?? null,
      said: found?.class ?? null,
      stage: found?.stage ?? null,
      confidence: found?.confidence ?? null,
    })),
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
