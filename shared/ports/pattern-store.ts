import type { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import type { LearningNote } from '#shared/domain/learning/learning-note.ts';

/** Learned patterns, kept apart by place. Every write touches one record, under a condition. */
export interface PatternStore {
  list(scope: string): Promise<LearnedPattern[]>;
  /** Writes over the revision before this one; `changed-meanwhile` when somebody else did. */
  write(pattern: LearnedPattern): Promise<'written' | 'changed-meanwhile'>;
  /** Takes one of the new patterns that a place may have in a day (`2026-11-21`); false when there is none left. */
  takeNew(scope: string, day: string, most: number): Promise<boolean>;
  /** Adds to the record of what was learned and changed. A repeat of the same note is harmless. */
  note(note: LearningNote): Promise<void>;
  /** Newest first. */
  notes(scope: string, limit: number): Promise<LearningNote[]>;
}
