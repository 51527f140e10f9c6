import { AwsFault } from '../gateway/fault.ts';
import { type Database, inTransaction } from '../storage/database.ts';
import type { Resource } from '../template/deployment.ts';
import { type JsonObject, numberOf, objectOf, parseObject, textsOf } from '../template/json.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS vectors (
  index_arn TEXT NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL, metadata TEXT NOT NULL, PRIMARY KEY (index_arn, key)
) WITHOUT ROWID;`;

export interface StoredVector {
  readonly key: string;
  readonly data: Float32Array;
  readonly metadata: JsonObject;
}

/** What a template says of an index. */
export interface VectorIndex {
  readonly arn: string;
  readonly dimension: number;
  readonly metric: string;
  readonly nonFilterable: ReadonlySet<string>;
}

interface Row {
  readonly key: string;
  readonly data: Uint8Array;
  readonly metadata: string;
}

/** Indexes of vectors on disk. */
export function makeVectorIndexes(database: Database, resources: readonly Resource[]) {
  database.exec(SCHEMA);
  const known = new Map(resources.map((resource) => [resource.arn ?? '', indexOf(resource)]));
  const put = database.prepare('INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)');
  const get = database.prepare('SELECT key, data, metadata FROM vectors WHERE index_arn = ? AND key = ?');
  const remove = database.prepare('DELETE FROM vectors WHERE index_arn = ? AND key = ?');
  const all = database.prepare('SELECT key, data, metadata FROM vectors WHERE index_arn = ?');
  return {
    /** Throws `AwsFault` when the template has no such index. */
    index(arn: string): VectorIndex {
      const index = known.get(arn);
      if (index === undefined) throw new AwsFault('NotFoundException', 'The specified index could not be found', 404);
      return index;
    },
    /** All or none. */
    put(arn: string, vectors: readonly StoredVector[]): void {
      inTransaction(database, () => {
        for (const { key, data, metadata } of vectors)
          put.run(arn, key, new Uint8Array(data.buffer), JSON.stringify(metadata));
      });
    },
    get(arn: string, key: string): StoredVector | undefined {
      const row = get.get(arn, key) as Row | undefined;
      return row === undefined ? undefined : stored(row);
    },
    delete: (arn: string, key: string): void => void remove.run(arn, key),
    *all(arn: string): Generator<StoredVector> {
      for (const row of all.iterate(arn)) yield stored(row as unknown as Row);
    },
  };
}
export type VectorIndexes = ReturnType<typeof makeVectorIndexes>;

function indexOf({ arn, properties }: Resource): VectorIndex {
  return {
    arn: arn ?? '',
    dimension: numberOf(properties.Dimension) ?? 0,
    metric: String(properties.DistanceMetric),
    nonFilterable: new Set(textsOf(objectOf(properties.MetadataConfiguration).NonFilterableMetadataKeys)),
  };
}

function stored({ key, data, metadata }: Row): StoredVector {
  // A copy, because what SQLite gives need not begin where a float may.
  return { key, data: new Float32Array(new Uint8Array(data).buffer), metadata: parseObject(metadata, key) };
}
