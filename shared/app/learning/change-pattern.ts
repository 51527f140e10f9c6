import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import type { LearningNote } from '#shared/domain/learning/learning-note.ts';
import { Retryable } from '#shared/kernel/errors.ts';
import type { PatternStore } from '#shared/ports/pattern-store.ts';

const MOST_TRIES = 5;

/** Who changes patterns of a place, and when. */
export interface LearningChange {
  readonly scope: string;
  readonly by: string;
  readonly at: Date;
}

/** The note of a change of one pattern, or of none. */
export function noteOf(
  { scope, by, at }: LearningChange,
  event: LearningNote['event'],
  patternId: string | null,
  reason: string,
): LearningNote {
  return { version: 1, scope, at: at.toISOString(), by, event, patternId, reason: reason.slice(0, 300) };
}

/**
 * Changes one pattern over what stands there now; read again when somebody else changed it meanwhile. `change` gives the same pattern for
 * "nothing to do". Null when there is no such pattern. Throws `Retryable` when it changes faster than it can be written.
 */
export async function changePattern(
  store: Pick<PatternStore, 'list' | 'write'>,
  { scope, id }: Pick<LearnedPattern, 'scope' | 'id'>,
  change: (pattern: LearnedPattern) => LearnedPattern,
): Promise<{ before: LearnedPattern; after: LearnedPattern } | null> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const before = (await store.list(scope)).find((pattern) => pattern.id === id);
    if (before === undefined) return null;
    const after = change(before);
    if (after === before) return { before, after };
    const next = { ...after, revision: before.revision + 1 };
    if ((await store.write(next)) === 'written') return { before, after: next };
  }
  throw new Retryable(`The pattern ${id} changed again and again while it was changed.`);
}
