import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

export interface ObjectHeaders {
  readonly contentType: string;
  /** `x-amz-meta-*`, `content-encoding`, `cache-control` and checksum headers, returned unchanged. */
  readonly kept: Readonly<Record<string, string>>;
}

export interface StoredObject extends ObjectHeaders {
  readonly key: string;
  readonly body: Buffer;
  readonly etag: string;
  readonly size: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

export type ObjectEntry = Pick<StoredObject, 'key' | 'etag' | 'size' | 'modifiedAt'>;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  content_type TEXT NOT NULL, kept TEXT NOT NULL, modified_at INTEGER NOT NULL, PRIMARY KEY (bucket, key)
) WITHOUT ROWID;`;

interface Row {
  readonly key: string;
  readonly body: Uint8Array;
  readonly size: number;
  readonly etag: string;
  readonly content_type: string;
  readonly kept: string;
  readonly modified_at: number;
}

/** S3 objects on disk. */
export function makeObjectStore(database: Database, buckets: readonly string[]) {
  database.exec(SCHEMA);
  const known = new Set(buckets);
  const put = database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const get = database.prepare('SELECT * FROM objects WHERE bucket = ? AND key = ?');
  const remove = database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const list = database.prepare(
    'SELECT key, size, etag, modified_at FROM objects WHERE bucket = ? AND key >= ? AND key > ? ORDER BY key',
  );
  return {
    hasBucket: (bucket: string): boolean => known.has(bucket),
    put(bucket: string, key: string, body: Buffer, { contentType, kept }: ObjectHeaders): string {
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      put.run(bucket, key, body, body.length, etag, contentType, JSON.stringify(kept), Date.now());
      return etag;
    },
    get(bucket: string, key: string): StoredObject | undefined {
      const row = get.get(bucket, key) as Row | undefined;
      if (row === undefined) return undefined;
      const { size, etag, content_type: contentType, modified_at: modifiedAt } = row;
      const kept = JSON.parse(row.kept) as Record<string, string>;
      return { key, body: Buffer.from(row.body), size, etag, contentType, kept, modifiedAt };
    },
    delete: (bucket: string, key: string): void => void remove.run(bucket, key),
    /** Up to `limit` entries whose keys start with `prefix` and come after `after`, in key order. */
    list(bucket: string, prefix: string, after: string, limit: number): ObjectEntry[] {
      const entries: ObjectEntry[] = [];
      for (const raw of list.iterate(bucket, prefix, after)) {
        const row = raw as unknown as Row;
        if (!row.key.startsWith(prefix) || entries.length >= limit) break;
        entries.push({ key: row.key, size: row.size, etag: row.etag, modifiedAt: row.modified_at });
      }
      return entries;
    },
  };
}
export type ObjectStore = ReturnType<typeof makeObjectStore>;
