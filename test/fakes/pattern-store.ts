import type { PatternReader } from '#shared/app/knowledge/recognise-patterns.ts';
import { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { LearningNote } from '#shared/domain/learning/learning-note.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';

/** Learned patterns in memory. */
export function makeMemoryPatternStore(patterns: readonly LearnedPattern[] = []): PatternStore {
  const kept = new Map(patterns.map((pattern) => [`${pattern.scope}#${pattern.id}`, LearnedPattern.parse(pattern)]));
  const notes = new Map<string, LearningNote>();
  const days = new Map<string, number>();
  return {
    list: async (scope) => structuredClone([...kept.values()].filter((pattern) => pattern.scope === scope)),
    write: async (pattern) => {
      const key = `${pattern.scope}#${pattern.id}`;
      if ((kept.get(key)?.revision ?? 0) !== pattern.revision - 1) return 'changed-meanwhile';
      kept.set(key, LearnedPattern.parse(pattern));
      return 'written';
    },
    takeNew: async (scope, day, most) => {
      const taken = days.get(`${scope}#${day}`) ?? 0;
      if (taken >= most) return false;
      days.set(`${scope}#${day}`, taken + 1);
      return true;
    },
    note: async (note) => {
      notes.set(JSON.stringify(note), LearningNote.parse(note));
    },
    notes: async (scope, limit) =>
      [...notes.values()]
        .filter((note) => note.scope === scope)
        .sort((a, b) => (a.at < b.at ? 1 : -1))
        .slice(0, limit),
  };
}

/** No pattern recognises anything. */
export const NO_PATTERNS: PatternReader = { recognising: async () => [] };
