import { createHash } from 'node:crypto';
import type { Database } from '../storage/database.ts';
import type { Deployment } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { numberOf, objectOf, textOf } from '../template/json.ts';

export interface StreamSettings {
  readonly name: string;
  readonly arn: string;
  readonly shards: number;
  readonly retentionHours: number;
  readonly encryption: 'KMS' | 'NONE';
}

export interface StreamRecord {
  /** Larger for whatever was put later into the shard. */
  readonly sequence: number;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
}

interface Put {
  readonly shard: string;
  readonly sequence: number;
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS stream_records (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, shard TEXT NOT NULL,
  partition_key TEXT NOT NULL, data BLOB NOT NULL, arrived_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS stream_records_by_shard ON stream_records (stream, shard, sequence);
CREATE TABLE IF NOT EXISTS stream_positions (
  mapping TEXT NOT NULL, shard TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (mapping, shard)
);`;
const HOUR_MS = 3_600_000;
const DEFAULT_RETENTION_HOURS = 24;

interface Row {
  readonly sequence: number;
  readonly partition_key: string;
  readonly data: Uint8Array;
  readonly arrived_at: number;
}

export const shardId = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

/** Digits of a sequence number on AWS; here the number with leading zeros. */
const SEQUENCE_DIGITS = 56;
export const sequenceText = (sequence: number): string => String(sequence).padStart(SEQUENCE_DIGITS, '0');

/** The shard of a partition key: shards divide the range of 128-bit MD5 hashes evenly (Kinesis Data Streams Developer Guide, "Partition key"). */
export function shardOf(partitionKey: string, shards: number): string {
  const hash = BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
  return shardId(Number((hash * BigInt(shards)) >> 128n));
}

/** Kinesis streams on disk. What is older than a stream's retention is gone. */
export function makeStreamStore(database: Database, streams: readonly StreamSettings[]) {
  database.exec(SCHEMA);
  const insert = database.prepare(
    'INSERT INTO stream_records (stream, shard, partition_key, data, arrived_at) VALUES (?, ?, ?, ?, ?)',
  );
  const after = database.prepare(
    'SELECT * FROM stream_records WHERE stream = ? AND shard = ? AND sequence > ? AND arrived_at >= ? ORDER BY sequence LIMIT ?',
  );
  const last = database.prepare('SELECT MAX(sequence) AS sequence FROM stream_records WHERE stream = ? AND shard = ?');
  const count = database.prepare(
    'SELECT COUNT(*) AS records FROM stream_records WHERE stream = ? AND shard = ? AND sequence > ? AND arrived_at >= ?',
  );
  const expire = database.prepare('DELETE FROM stream_records WHERE stream = ? AND arrived_at < ?');
  const readPosition = database.prepare('SELECT sequence FROM stream_positions WHERE mapping = ? AND shard = ?');
  const writePosition = database.prepare(
    'INSERT INTO stream_positions (mapping, shard, sequence) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence',
  );
  const listeners = new Map<string, Set<() => void>>();
  const oldest = ({ retentionHours }: StreamSettings): number => Date.now() - retentionHours * HOUR_MS;
  return {
    find: (name: string): StreamSettings | undefined => streams.find((stream) => stream.name === name),
    findByArn: (arn: string): StreamSettings | undefined => streams.find((stream) => stream.arn === arn),
    put(stream: StreamSettings, partitionKey: string, data: Buffer): Put {
      expire.run(stream.name, oldest(stream));
      const shard = shardOf(partitionKey, stream.shards);
      const { lastInsertRowid } = insert.run(stream.name, shard, partitionKey, data, Date.now());
      for (const listener of listeners.get(stream.name) ?? []) listener();
      return { shard, sequence: Number(lastInsertRowid) };
    },
    /** Records of a shard after a sequence number, oldest first. */
    after(stream: StreamSettings, shard: string, sequence: number, limit: number): StreamRecord[] {
      const rows = after.all(stream.name, shard, sequence, oldest(stream), limit) as unknown as Row[];
      return rows.map((row) => ({
        sequence: row.sequence,
        partitionKey: row.partition_key,
        data: Buffer.from(row.data),
        arrivedAt: row.arrived_at,
      }));
    },
    /** Sequence number of the newest record; 0 for an empty shard. */
    newest: (stream: StreamSettings, shard: string): number =>
      (last.get(stream.name, shard) as { sequence: number | null }).sequence ?? 0,
    waiting: (stream: StreamSettings, shard: string, sequence: number): number =>
      (count.get(stream.name, shard, sequence, oldest(stream)) as { records: number }).records,
    /** How far a mapping has read a shard; null before its first batch. */
    position: (mapping: string, shard: string): number | null =>
      (readPosition.get(mapping, shard) as { sequence: number } | undefined)?.sequence ?? null,
    setPosition: (mapping: string, shard: string, sequence: number): void =>
      void writePosition.run(mapping, shard, sequence),
    /** Calls `listener` for each put; returns a function that unsubscribes. */
    onPut(stream: string, listener: () => void): () => void {
      const all = listeners.get(stream) ?? new Set();
      listeners.set(stream, all.add(listener));
      return () => void all.delete(listener);
    },
  };
}
export type StreamStore = ReturnType<typeof makeStreamStore>;

/** Settings of every stream in the deployment. On demand, AWS begins with four shards. */
export function streamSettings(deployment: Deployment): StreamSettings[] {
  return deployment.ofType('AWS::Kinesis::Stream').map(({ name, arn, properties, id, type }) => {
    const mode = textOf(objectOf(properties.StreamModeDetails).StreamMode);
    const shards = numberOf(properties.ShardCount) ?? (mode === 'ON_DEMAND' ? 4 : undefined);
    if (shards === undefined) throw new UnsupportedTemplate(`${id} (${type}): it has no ShardCount.`);
    const encryption = objectOf(properties.StreamEncryption);
    if (encryption.EncryptionType !== undefined && textOf(encryption.KeyId) === undefined)
      throw new UnsupportedTemplate(`${id} (${type}): its encryption names no key.`);
    return {
      name,
      arn: arn ?? '',
      shards,
      retentionHours: numberOf(properties.RetentionPeriodHours) ?? DEFAULT_RETENTION_HOURS,
      encryption: textOf(encryption.EncryptionType) === 'KMS' ? 'KMS' : 'NONE',
    };
  });
}
