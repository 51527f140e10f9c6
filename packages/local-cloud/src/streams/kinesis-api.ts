import { type JsonObject, listOf, numberOf, objectOf, textOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';
import { type StreamSettings, type StreamStore, sequenceText, shardId } from './stream-store.ts';

/** Quotas: Kinesis Data Streams Developer Guide, "Quotas and limits". */
const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_RECORDS = 500;
const MAX_KEY_LENGTH = 256;
const MAX_READ_RECORDS = 10_000;

interface Iterator {
  readonly stream: string;
  readonly shard: string;
  readonly after: number;
}

/** The Kinesis operations that producers and readers of a stream use. */
export function makeKinesisApi(store: StreamStore) {
  const streamOf = (input: JsonObject): StreamSettings => {
    const arn = textOf(input.StreamARN);
    const name = textOf(input.StreamName) ?? '';
    const found = arn === undefined ? store.find(name) : store.findByArn(arn);
    if (found === undefined) throw fault('ResourceNotFoundException', `Stream ${arn ?? name} not found.`);
    return found;
  };
  const put = (stream: StreamSettings, input: JsonObject) => {
    const key = textOf(input.PartitionKey) ?? '';
    const data = Buffer.from(textOf(input.Data) ?? '', 'base64');
    if (key === '' || key.length > MAX_KEY_LENGTH)
      throw fault('ValidationException', `A partition key has 1 to ${MAX_KEY_LENGTH} characters.`);
    if (input.ExplicitHashKey !== undefined) throw fault('InvalidArgumentException', 'ExplicitHashKey is not served.');
    if (data.length + Buffer.byteLength(key) > MAX_RECORD_BYTES)
      throw fault('ValidationException', `A record with its key has at most ${MAX_RECORD_BYTES} bytes.`);
    const { shard, sequence } = store.put(stream, key, data);
    return { ShardId: shard, SequenceNumber: sequenceText(sequence) };
  };
  const operations: Readonly<Record<string, (input: JsonObject) => object>> = {
    PutRecord: (input) => {
      const stream = streamOf(input);
      return { ...put(stream, input), EncryptionType: stream.encryption };
    },
    PutRecords(input) {
      const stream = streamOf(input);
      const records = listOf(input.Records).map(objectOf);
      if (records.length === 0 || records.length > MAX_RECORDS)
        throw fault('ValidationException', `A request has 1 to ${MAX_RECORDS} records.`);
      const Records = records.map((record) => put(stream, record));
      return { FailedRecordCount: 0, Records, EncryptionType: stream.encryption };
    },
    ListShards: (input) => ({ Shards: shardsOf(streamOf(input)) }),
    DescribeStreamSummary(input) {
      const { name, arn, shards, retentionHours, encryption } = streamOf(input);
      return {
        StreamDescriptionSummary: {
          ...{ StreamName: name, StreamARN: arn, StreamStatus: 'ACTIVE', RetentionPeriodHours: retentionHours },
          ...{ EncryptionType: encryption, OpenShardCount: shards, EnhancedMonitoring: [] },
        },
      };
    },
    GetShardIterator(input) {
      const stream = streamOf(input);
      const shard = textOf(input.ShardId) ?? '';
      if (!shardsOf(stream).some(({ ShardId }) => ShardId === shard))
        throw fault('ResourceNotFoundException', `Stream ${stream.name} has no shard ${shard}.`);
      const after = positionOf(input, () => store.newest(stream, shard));
      return { ShardIterator: tokenOf({ stream: stream.name, shard, after }) };
    },
    GetRecords(input) {
      const from = iteratorOf(textOf(input.ShardIterator));
      const stream = streamOf({ StreamName: from.stream });
      const limit = numberOf(input.Limit) ?? MAX_READ_RECORDS;
      if (limit < 1 || limit > MAX_READ_RECORDS)
        throw fault('ValidationException', `Limit is 1 to ${MAX_READ_RECORDS}.`);
      const found = store.after(stream, from.shard, from.after, limit);
      const last = found.at(-1)?.sequence ?? from.after;
      return {
        MillisBehindLatest: store.waiting(stream, from.shard, last) === 0 ? 0 : 1,
        NextShardIterator: tokenOf({ ...from, after: last }),
        Records: found.map(({ sequence, partitionKey, data, arrivedAt }) => ({
          ...{ SequenceNumber: sequenceText(sequence), PartitionKey: partitionKey, Data: data.toString('base64') },
          ...{ ApproximateArrivalTimestamp: arrivedAt / 1000, EncryptionType: stream.encryption },
        })),
      };
    },
  };
  return (operation: string, input: JsonObject): object => {
    const perform = operations[operation];
    if (perform === undefined) throw fault('UnknownOperationException', `${operation} is not served.`);
    return perform(input);
  };
}

const MAX_HASH = 2n ** 128n;

function shardsOf({ shards }: StreamSettings) {
  return Array.from({ length: shards }, (_, index) => ({
    ShardId: shardId(index),
    HashKeyRange: {
      StartingHashKey: String((MAX_HASH * BigInt(index)) / BigInt(shards)),
      EndingHashKey: String((MAX_HASH * BigInt(index + 1)) / BigInt(shards) - 1n),
    },
    SequenceNumberRange: { StartingSequenceNumber: sequenceText(0) },
  }));
}

function positionOf(input: JsonObject, newest: () => number): number {
  const given = Number(textOf(input.StartingSequenceNumber) ?? 'NaN');
  const type = textOf(input.ShardIteratorType);
  switch (type) {
    case 'TRIM_HORIZON':
      return 0;
    case 'LATEST':
      return newest();
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER':
      if (!Number.isSafeInteger(given)) throw fault('InvalidArgumentException', 'StartingSequenceNumber is missing.');
      return type === 'AT_SEQUENCE_NUMBER' ? given - 1 : given;
    default:
      throw fault('InvalidArgumentException', `ShardIteratorType ${type} is not served.`);
  }
}

const tokenOf = (iterator: Iterator): string => Buffer.from(JSON.stringify(iterator)).toString('base64');

/** Name of the stream that an iterator is of; empty for none of ours, which is refused later. */
export function streamOfIterator(token: string): string {
  try {
    return iteratorOf(token).stream;
  } catch {
    return '';
  }
}

function iteratorOf(token: string | undefined): Iterator {
  try {
    const { stream, shard, after } = JSON.parse(Buffer.from(token ?? '', 'base64').toString('utf8')) as Iterator;
    if (typeof stream === 'string' && typeof shard === 'string' && Number.isSafeInteger(after))
      return { stream, shard, after };
  } catch {
    // Refused below.
  }
  throw fault('InvalidArgumentException', 'The shard iterator is not one of this stream.');
}

const fault = (code: string, message: string): AwsFault => new AwsFault(code, message, 400);
