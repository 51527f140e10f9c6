import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LearnedPattern } from '#shared/domain/learning/learned-pattern.ts';
import { LearningNote, noteIdOf } from '#shared/domain/learning/learning-note.ts';
import type { PatternStore } from '#shared/ports/learning-stores.ts';
import { dynamoClient, overRevisionBefore } from './dynamo-client.ts';
import { openTable, ttlOf, withoutStorage } from './dynamo-table.ts';
import { parseRecord } from './errors.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const patternsOf = (scope: string): string => `PATTERNS#${scope}`;
const notesOf = (scope: string): string => `LEARNING#${scope}`;

/**
 * Knowledge table: a pattern is an item of `PATTERNS#<scope>`; `LEARNING#<scope>` has the notes by time, and the count
 * of each day.
 */
export function makeDynamoPatternStore(options: {
  readonly table: string;
  readonly client?: DynamoDBDocumentClient;
}): PatternStore {
  const table = openTable({ table: options.table, client: options.client ?? dynamoClient() });
  return {
    list: async (scope) => {
      const items = await table.query(patternsOf(scope));
      return items.map((item) => parseRecord(LearnedPattern, withoutStorage(item), `Pattern ${String(item.sk)}`));
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
