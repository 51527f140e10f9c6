import { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { LearningNote, noteIdOf } from '#shared/domain/learning/learning-note.ts';
import type { PatternStore, PatternVersions } from '#shared/ports/learning-stores.ts';
import { type Item, openTable, overRevisionBefore, type TableOptions, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const patternsOf = (scope: string): string => `PATTERNS#${scope}`;
const notesOf = (scope: string): string => `LEARNING#${scope}`;

/**
 * Knowledge table: a pattern is an item of `PATTERNS#<scope>`; `LEARNING#<scope>` has the notes by time, and the count
 * of each day.
 */
export function makeDynamoPatternStore(options: TableOptions): PatternStore {
  const table = openTable(options);
  return {
    list: async (scope) => {
      const items = await table.query(patternsOf(scope));
      return items.map(patternFrom);
    },
    get: async (scope, id) => {
      const item = await table.get({ pk: patternsOf(scope), sk: id });
      return item && patternFrom(item);
    },
    page: async (scope, { after, limit }) => {
      const items = await table.query(patternsOf(scope), { limit, ...(after === null ? {} : { after }) });
      return items.map(patternFrom);
    },
    write: async (pattern) => {
      const record = LearnedPattern.parse(pattern);
      const item = { pk: patternsOf(record.scope), sk: record.id, ...record };
      return (await table.putOnce(item, overRevisionBefore(record.revision))) ? 'written' : 'changed-meanwhile';
    },
    takeNew: async (scope, day, most) => {
      if (most < 1) return false;
      const taken = await table.update(
        { pk: notesOf(scope), sk: `DAY#${day}` },
        {
          update: 'SET expiresAt = :expires ADD learned :one',
          condition: 'attribute_not_exists(learned) OR learned < :most',
          values: { ':one': 1, ':most': most, ':expires': ttlOf(new Date(Date.parse(day) + 8 * DAY_MS)) },
        },
      );
      return taken !== null;
    },
    note: async (note) => {
      const record = LearningNote.parse(note);
      const key = { pk: notesOf(record.scope), sk: `NOTE#${record.at}#${noteIdOf(record)}` };
      await table.put({ ...key, ...record }, { condition: 'attribute_not_exists(pk)' });
    },
    notes: async (scope, limit) => {
      const items = await table.query(notesOf(scope), { prefix: 'NOTE#', newestFirst: true, limit });
      return items.map((item) => parseRecord(LearningNote, withoutStorage(item), `Note ${String(item.sk)}`));
    },
  };
}

const patternFrom = (item: Item): LearnedPattern =>
  parseRecord(LearnedPattern, withoutStorage(item), `Pattern ${String(item.sk)}`);

/** How long an earlier revision can be restored. */
const VERSION_DAYS = 400;

/** Knowledge table: `PATTERN-VERSIONS#<scope>#<id>`, one item per revision. */
export function makeDynamoPatternVersions(options: TableOptions): PatternVersions {
  const table = openTable(options);
  const partition = (scope: string, id: string): string => `PATTERN-VERSIONS#${scope}#${id}`;
  return {
    keep: async (pattern) => {
      const record = LearnedPattern.parse(pattern);
      const sk = String(record.revision).padStart(10, '0');
      const last = record.history.at(-1)?.at ?? record.provenance.at;
      const expiresAt = ttlOf(new Date(Date.parse(last) + VERSION_DAYS * DAY_MS));
      await table.put({ pk: partition(record.scope, record.id), sk, ...record, expiresAt });
    },
    of: async (scope, id, limit) => {
      const items = await table.query(partition(scope, id), { newestFirst: true, limit });
      return items.map(patternFrom);
    },
  };
}
