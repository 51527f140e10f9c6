import { type Proportion, proportionOf } from '@selfheal/kernel/numbers/proportion.ts';
import type { LearnedPattern } from './learned-pattern.ts';
import { pastCaseOf, type ResolvedCase } from './propose-patterns.ts';
import { makeCaseTest } from './replay.ts';

/** Result of one simulated incident. */
interface SelfTestCase {
  readonly line: number;
  readonly title: string;
  readonly class: ResolvedCase['class'];
  /** The most confident pattern that recognised it, or null. */
  readonly patternId: string | null;
  readonly said: LearnedPattern['class'] | null;
  readonly stage: LearnedPattern['stage'] | null;
  readonly confidence: number | null;
}

export interface SelfTest {
  readonly incidents: number;
  /** Recognised correctly. */
  readonly identified: Proportion | null;
  /** By a pattern that makes a model unnecessary: nobody had to look. */
  readonly byThemselves: Proportion | null;
  /** Recognised as something else. */
  readonly falsePositives: Proportion | null;
  readonly meanConfidence: number | null;
  /** Minutes that the recognising patterns took so far; null where no times are known. */
  readonly meanMinutes: number | null;
  readonly cases: readonly SelfTestCase[];
}

/**
 * Runs simulated incidents through the patterns without changing anything. An incident of an unknown class cannot be
 * recognised correctly.
 */
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
