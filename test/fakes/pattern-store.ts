import type { PatternReader } from '#shared/app/knowledge/recognise-patterns.ts';
import { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { LearningNote } from '#shared/domain/learning/learning-note.ts';
import type { PatternStore, PatternVersions } from '#shared/ports/learning-stores.ts';

/** Learned patterns in memory. */
export function makeMemoryPatternStore(patterns: readonly LearnedPattern[] = []): PatternStore {
  const kept = new Map(patterns.map((pattern) => [`${pattern.scope}#${pattern.id}`, LearnedPattern.parse(pattern)]));
  const notes = new Map<string, LearningNote>();
  const days = new Map<string, number>();
  return {
    list: async (scope) => structuredClone([...kept.values()].filter((pattern) => pattern.scope === scope)),
    get: async (scope, id) => structuredClone(kept.get(`${scope}#${id}`) ?? null),
    page: async (scope, { after, limit }) =>
      structuredClone([...kept.values()])
        .filter((pattern) => pattern.scope === scope && (after === null || pattern.id > after))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
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

/** Earlier revisions in memory. */
export function makeMemoryPatternVersions(): PatternVersions {
  const kept = new Map<string, LearnedPattern>();
  return {
    keep: async (pattern) => {
      kept.set(`${pattern.scope}#${pattern.id}#${pattern.revision}`, LearnedPattern.parse(pattern));
    },
    of: async (scope, id, limit) =>
      [...kept.values()]
        .filter((pattern) => pattern.scope === scope && pattern.id === id)
        .sort((a, b) => b.revision - a.revision)
        .slice(0, limit),
  };
}

/** No pattern recognises anything. */
export const NO_PATTERNS: PatternReader = { recognising: async () => [] };
