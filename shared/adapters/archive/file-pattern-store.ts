import * as z from 'zod';
import { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { LearningNote, noteIdOf } from '#shared/domain/learning/learning-note.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';
import { readRecordFile, replaceFile } from './record-file.ts';

/** Notes that the file keeps, newest first. */
const MAX_NOTES = 2_000;

const PatternFile = z.strictObject({
  version: z.literal(1),
  patterns: z.array(LearnedPattern),
  notes: z.array(LearningNote),
  /** New patterns by scope and day. */
  days: z.record(z.string(), z.number().int()),
});
type PatternFile = z.infer<typeof PatternFile>;

const EMPTY: PatternFile = { version: 1, patterns: [], notes: [], days: {} };

/** Patterns in one file, for a single user. */
export function makeFilePatternStore(path: string): PatternStore {
  const read = () => readRecordFile(path, PatternFile, EMPTY, 'file of learned patterns');
  const write = (file: PatternFile) => replaceFile(path, `${JSON.stringify(PatternFile.parse(file), null, 2)}\n`);
  return {
    list: async (scope) => (await read()).patterns.filter((pattern) => pattern.scope === scope),
    get: async (scope, id) =>
      (await read()).patterns.find((pattern) => pattern.scope === scope && pattern.id === id) ?? null,
    page: async (scope, { after, limit }) =>
      (await read()).patterns
        .filter((pattern) => pattern.scope === scope && (after === null || pattern.id > after))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    write: async (pattern) => {
      const file = await read();
      const at = file.patterns.findIndex(({ id, scope }) => id === pattern.id && scope === pattern.scope);
      if ((file.patterns[at]?.revision ?? 0) !== pattern.revision - 1) return 'changed-meanwhile';
      await write({ ...file, patterns: at === -1 ? [...file.patterns, pattern] : file.patterns.with(at, pattern) });
      return 'written';
    },
    takeNew: async (scope, day, most) => {
      const file = await read();
      const key = `${scope}#${day}`;
      const taken = file.days[key] ?? 0;
      if (taken >= most) return false;
      await write({ ...file, days: { ...file.days, [key]: taken + 1 } });
      return true;
    },
    note: async (note) => {
      const file = await read();
      const same = (one: LearningNote): boolean => one.at === note.at && noteIdOf(one) === noteIdOf(note);
      if (!file.notes.some(same)) await write({ ...file, notes: [...file.notes, note].slice(-MAX_NOTES) });
    },
    notes: async (scope, limit) =>
      (await read()).notes
        .filter((note) => note.scope === scope)
        .reverse()
        .slice(0, limit),
  };
}
