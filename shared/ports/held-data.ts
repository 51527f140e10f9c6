import * as z from 'zod';
import type { DataEvent } from '#shared/domain/audit/access-event.ts';
import type { AuditReader } from './audit-reader.ts';

/** What a deployment holds of a repository, by what it is to people; `docs/guide/data.md` says where each is and when it expires. */
export const HELD_KINDS = [
  'incident',
  'action',
  'evidence',
  'audit',
  'healing',
  'limit',
  'knowledge',
  'pattern',
  'test',
  'run',
  'baseline',
  'prediction',
  'outcome',
  'message',
  'event',
  'request',
  'quality',
] as const;
export const HeldKind = z.enum(HELD_KINDS);
export type HeldKind = z.infer<typeof HeldKind>;

const HELD_TABLES = ['incidents', 'knowledge', 'stats', 'control'] as const;

/** One record of a table, or one object of the bucket. */
export const HeldRecord = z.strictObject({
  kind: HeldKind,
  place: z.union([
    z.strictObject({ table: z.enum(HELD_TABLES), pk: z.string(), sk: z.string() }),
    z.strictObject({ object: z.string() }),
  ]),
  /** Of an object the parsed JSON, of a document of quality checks its packed text. */
  record: z.unknown(),
});
export type HeldRecord = z.infer<typeof HeldRecord>;

/** How far a walk has come, and the repository's keys (`repositoryKeyOf`) that it has met. Opaque to whoever carries it. */
export const WalkPosition = z.strictObject({
  step: z.number().int().nonnegative().max(100),
  after: z.string().max(4000).nullable(),
  keys: z.array(z.string().max(300)).max(100),
});
export type WalkPosition = z.infer<typeof WalkPosition>;

/** Of an incident, as much as a deletion needs to know about it. */
export interface HeldIncident {
  readonly id: string;
  readonly attempt: number;
  readonly status: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

export interface HeldPage {
  readonly held: readonly HeldRecord[];
  /** The incidents whose records are in `held`. */
  readonly incidents: readonly HeldIncident[];
  /** Null at the end. `keys` are those of the position before and of this page. */
  readonly next: WalkPosition | null;
  readonly keys: readonly string[];
}

/**
 * Walks over what is held of a repository (`owner/name` in lower case), by the indexes and lists that there are. A page has at most about two
 * million characters, unless one record is larger.
 */
export interface HeldData {
  page(repository: string, from: WalkPosition | null, known?: readonly string[]): Promise<HeldPage>;
  /** The newest incidents, up to a hundred. */
  newest(repository: string): Promise<readonly HeldIncident[]>;
  /** Removes them for good, earlier versions of an object included. The order is kept: what leads to others comes last. Repeatable. */
  remove(held: readonly HeldRecord[]): Promise<void>;
}

/** A deletion that was begun and has not ended. */
export const Deletion = z.strictObject({
  version: z.literal(1),
  repository: z.string(),
  startedAt: z.iso.datetime(),
  by: z.string(),
  byId: z.string(),
  byKind: z.enum(['person', 'key']),
  /** Keys of the repository, which later steps need when its incidents are gone. */
  keys: z.array(z.string()),
  counts: z.partialRecord(HeldKind, z.number().int().nonnegative()),
  /** Where its walk goes on; null at the beginning of one. */
  position: WalkPosition.nullable(),
  /** What the walk has removed so far. The deletion ends with a walk that finds nothing. */
  found: z.number().int().nonnegative(),
  /** When a workflow was last stopped; null when none was. */
  stoppedAt: z.iso.datetime().nullable(),
});
export type Deletion = z.infer<typeof Deletion>;

/** Deletions under way, one for each repository. */
export interface Deletions {
  get(repository: string): Promise<Deletion | null>;
  put(deletion: Deletion): Promise<void>;
  end(repository: string): Promise<void>;
}

/** What was deleted on request, in a chained audit trail of its own. */
export interface DataTrail extends AuditReader {
  /** Writes an entry once: a repeat of the same key is no second. */
  append(key: string, event: DataEvent): Promise<void>;
}
