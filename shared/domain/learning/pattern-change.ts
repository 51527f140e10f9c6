import type { LearnedPattern } from './learned-pattern.ts';
import type { LearningNote } from './learning-note.ts';

/** What is to become of a pattern, and why. */
export interface PatternChange {
  readonly before: LearnedPattern;
  readonly after: LearnedPattern;
  readonly event: LearningNote['event'];
  readonly reason: string;
}
