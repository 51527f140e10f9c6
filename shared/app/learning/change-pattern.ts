import { Retryable } from '@selfheal/kernel/errors.ts';
import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import type { LearningNote } from '#shared/domain/learning/learning-note.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';

const MAX_TRIES = 5;

/** Who changes patterns, of which scope, and when. */
export interface LearningChange {
  readonly scope: string;
  readonly by: string;
  /** Every name of who changes it, as `Identifier`s; absent where a program does. */
  readonly names?: readonly string[];
  readonly at: Date;
}

/** The note about a change of one pattern, or of none. */
export function noteOf(
  { scope, by, at }: LearningChange,
  event: LearningNote['event'],
  patternId: string | null,
  reason: string,
): LearningNote {
  return { version: 1, scope, at: at.toISOString(), by, event, patternId, reason: reason.slice(0, 300) };
}

/**
 * Changes one pattern in its current state, and reads it again when it was changed meanwhile. `change` returns the same pattern when there is
 * nothing to do. Null when the pattern does not exist. Throws `Retryable` when others keep changing it.
 */
export async function changePattern(
  store: Pick<PatternStore, 'list' | 'write'>,
  { scope, id }: Pick<LearnedPattern, 'scope' | 'id'>,
  change: (pattern: LearnedPattern) => LearnedPattern,
): Promise<{ before: LearnedPattern; after: LearnedPattern } | null> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const before = (await store.list(scope)).find((pattern) => pattern.id === id);
    if (before === undefined) return null;
    const after = change(before);
    if (after === before) return { before, after };
    const next = { ...after, revision: before.revision + 1 };
    if ((await store.write(next)) === 'written') return { before, after: next };
  }
  throw new Retryable(`Could not change pattern ${id}, because others kept changing it. Try again.`);
}
