import type { FunctionDefinition } from '../functions/definition.ts';
import type { Functions } from '../functions/functions.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { QueueStore } from '../storage/queue-store.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { booleanOf, listOf, numberOf, objectOf, textOf, textsOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';
import { type StreamRecord, type StreamSettings, type StreamStore, sequenceText, shardId } from './stream-store.ts';

/** What Lambda's pollers read a stream with (Lambda Developer Guide, "Process Amazon Kinesis Data Streams records with Lambda"). */
const READ_ACTIONS = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
const DENIED_AGAIN_MS = 5000;
const RETRY_AFTER_MS = 1000;
/** Lambda hands at most 6 MB to a function. */
const MAX_BATCH_BYTES = 6 * 1024 * 1024;

interface StreamSourceOptions {
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly functions: Functions;
  readonly queues: QueueStore;
  readonly streams: StreamStore;
  readonly timeScale: number;
}

interface StreamSource {
  start(): void;
  /** Stops reading; resolves when the running batches have finished. */
  stop(): Promise<void>;
  /** Records that were put and not handled. */
  waiting(): number;
}

interface Mapping {
  readonly id: string;
  readonly stream: StreamSettings;
  readonly definition: FunctionDefinition;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsItemFailures: boolean;
  readonly bisects: boolean;
  /** -1: until the records are gone. */
  readonly maxRetries: number;
  readonly maxAgeMs: number;
  readonly startsAtLatest: boolean;
  readonly onFailure: string | null;
}

/** Reads streams for functions, each shard in order and one batch of it at a time, as Lambda does with a parallelization factor of 1. */
export function makeStreamSources(options: StreamSourceOptions): StreamSource[] {
  return options.deployment
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => isStream(properties) && properties.Enabled !== false)
    .map((resource) => makeStreamSource(readMapping(resource, options), options));
}

/** Whether an event source mapping reads a stream of Kinesis. */
export const isStream = (properties: Resource['properties']): boolean =>
  (textOf(properties.EventSourceArn) ?? '').split(':')[2] === 'kinesis';

function makeStreamSource(mapping: Mapping, options: StreamSourceOptions): StreamSource {
  const readers = Array.from({ length: mapping.stream.shards }, (_, index) =>
    makeShardReader(shardId(index), mapping, options),
  );
  let quit = () => {};
  return {
    start() {
      quit = options.streams.onPut(mapping.stream.name, () => {
        for (const reader of readers) reader.arrived();
      });
      for (const reader of readers) reader.read();
    },
    async stop() {
      quit();
      await Promise.all(readers.map((reader) => reader.stop()));
    },
    waiting: () => readers.reduce((sum, reader) => sum + reader.waiting(), 0),
  };
}

function makeShardReader(shard: string, mapping: Mapping, options: StreamSourceOptions) {
  const { streams, authorizer } = options;
  let stopped = false;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const position = (): number => {
    const known = streams.position(mapping.id, shard);
    if (known !== null) return known;
    const first = mapping.startsAtLatest ? streams.newest(mapping.stream, shard) : 0;
    streams.setPosition(mapping.id, shard, first);
    return first;
  };
  const mayRead = () =>
    authorizer.refusedFor(
      mapping.definition.role,
      READ_ACTIONS.map((action) => ({ action: `kinesis:${action}`, resource: mapping.stream.arn })),
    ) === null;
  const wakeIn = (milliseconds: number) => {
    if (!stopped) timer ??= setTimeout(wake, milliseconds);
  };
  const wake = () => {
    timer = null;
    read();
  };
  const read = (): void => {
    if (stopped || running !== null) return;
    if (!mayRead()) {
      wakeIn(DENIED_AGAIN_MS);
      return;
    }
    const records = withinBytes(streams.after(mapping.stream, shard, position(), mapping.batchSize));
    if (records.length === 0) return;
    running = handle(records)
      .catch(() => wakeIn(RETRY_AFTER_MS))
      .finally(() => {
        running = null;
        // Whatever arrived meanwhile.
        if (timer === null) read();
      });
  };
  /** Delivers a batch until its records are handled or given up, as far as the runtime lives. */
  const handle = async (batch: readonly StreamRecord[], tried = 0): Promise<void> => {
    const failedAt = await deliver(batch, shard, mapping, options);
    const done = failedAt === null ? batch : batch.slice(0, failedAt.index);
    const last = done.at(-1);
    if (last !== undefined) streams.setPosition(mapping.id, shard, last.sequence);
    if (failedAt === null || stopped) return;
    const rest = batch.slice(failedAt.index);
    const first = rest[0];
    if (first === undefined) return;
    // Records before the failed one were handled, so the rest is a batch of its own.
    const attempts = done.length > 0 ? 1 : tried + 1;
    if (mapping.bisects && rest.length > 1) {
      const half = Math.ceil(rest.length / 2);
      // Halving is no retry.
      await handle(rest.slice(0, half), tried);
      if (!stopped && streams.position(mapping.id, shard) === rest[half - 1]?.sequence) await handle(rest.slice(half));
      return;
    }
    const isOld = Date.now() - first.arrivedAt > mapping.maxAgeMs;
    if (isOld || (mapping.maxRetries >= 0 && attempts > mapping.maxRetries)) {
      giveUp(rest, failedAt.error);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * options.timeScale));
    if (!stopped) await handle(rest, attempts);
  };
  /** Tells the destination which records were not handled, without their content, and goes on behind them. */
  const giveUp = (records: readonly StreamRecord[], error: string | null): void => {
    const [first, last] = [records[0], records.at(-1)];
    if (first === undefined || last === undefined) return;
    const queue = mapping.onFailure === null ? undefined : options.queues.findByArn(mapping.onFailure);
    if (queue !== undefined && mayDeliver(mapping, options))
      options.queues.send(queue.name, JSON.stringify(failureRecord(records, shard, mapping, error)));
    streams.setPosition(mapping.id, shard, last.sequence);
  };
  return {
    read,
    arrived() {
      if (mapping.windowMs === 0) return void setImmediate(read);
      const full = streams.waiting(mapping.stream, shard, position()) >= mapping.batchSize;
      if (full) read();
      else wakeIn(mapping.windowMs * options.timeScale);
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
    waiting: () => streams.waiting(mapping.stream, shard, position()),
  };
}

function withinBytes(records: readonly StreamRecord[]): StreamRecord[] {
  let bytes = 0;
  const end = records.findIndex(({ data }, index) => {
    bytes += (data.length * 4) / 3 + 500;
    return index > 0 && bytes > MAX_BATCH_BYTES;
  });
  return records.slice(0, end === -1 ? records.length : end);
}

interface FailedAt {
  /** Of the first record that has to be delivered again. */
  readonly index: number;
  readonly error: string | null;
}

/** Null: every record was handled. */
async function deliver(
  batch: readonly StreamRecord[],
  shard: string,
  { definition, stream, reportsItemFailures }: Mapping,
  { functions, deployment }: StreamSourceOptions,
): Promise<FailedAt | null> {
  const event = {
    Records: batch.map(({ sequence, partitionKey, data, arrivedAt }) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber: sequenceText(sequence),
        data: data.toString('base64'),
        approximateArrivalTimestamp: arrivedAt / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shard}:${sequenceText(sequence)}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: definition.role.arn,
      awsRegion: deployment.region,
      eventSourceARN: stream.arn,
    })),
  };
  const all = (error: string | null): FailedAt => ({ index: 0, error });
  let result: Awaited<ReturnType<Functions['invoke']>>;
  try {
    result = await functions.invoke(definition.arn, JSON.stringify(event));
  } catch (error) {
    if (error instanceof AwsFault) return all(error.message);
    throw error;
  }
  if (!result.ok) return all(result.error.errorType);
  if (!reportsItemFailures) return null;
  const answer: unknown = JSON.parse(result.payload);
  const failed = listOf(objectOf(answer).batchItemFailures).map((each) => textOf(objectOf(each).itemIdentifier));
  if (failed.length === 0) return null;
  // An identifier that is none of the batch fails all of it; otherwise Lambda goes on from the lowest one.
  const indexes = failed.map((id) => batch.findIndex(({ sequence }) => sequenceText(sequence) === id));
  return indexes.includes(-1) ? all(null) : { index: Math.min(...indexes), error: null };
}

/** Lambda sends with the role of the function. */
function mayDeliver({ definition, onFailure }: Mapping, { authorizer }: StreamSourceOptions): boolean {
  return (
    onFailure !== null &&
    authorizer.refusedFor(definition.role, [{ action: 'sqs:SendMessage', resource: onFailure }]) === null
  );
}

function failureRecord(
  records: readonly StreamRecord[],
  shard: string,
  { definition, stream }: Mapping,
  error: string | null,
) {
  const [first, last] = [records[0], records.at(-1)];
  const at = (record: StreamRecord | undefined) => new Date(record?.arrivedAt ?? 0).toISOString();
  return {
    requestContext: { functionArn: definition.arn, condition: 'RetryAttemptsExhausted' },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: error === null ? null : 'Unhandled',
    },
    version: '1.0',
    timestamp: new Date().toISOString(),
    KinesisBatchInfo: {
      shardId: shard,
      startSequenceNumber: sequenceText(first?.sequence ?? 0),
      endSequenceNumber: sequenceText(last?.sequence ?? 0),
      approximateArrivalOfFirstRecord: at(first),
      approximateArrivalOfLastRecord: at(last),
      batchSize: records.length,
      streamArn: stream.arn,
    },
  };
}

const MAX_BATCH = 10_000;
const DEFAULT_BATCH = 100;

function readMapping({ properties, id, type, name }: Resource, options: StreamSourceOptions): Mapping {
  const arn = textOf(properties.EventSourceArn) ?? '';
  const stream = options.streams.findByArn(arn);
  const definition = options.functions.find(textOf(properties.FunctionName) ?? '');
  const fault = (what: string) => new UnsupportedTemplate(`${id} (${type}): ${what}.`);
  if (stream === undefined) throw fault(`its event source ${arn} is not a stream of the assembly`);
  if (definition === undefined) throw fault('its function is not in the assembly');
  if (properties.FilterCriteria !== undefined) throw fault('filter criteria are not supported');
  if ((numberOf(properties.ParallelizationFactor) ?? 1) !== 1)
    throw fault('only a parallelization factor of 1 is served');
  if ((numberOf(properties.TumblingWindowInSeconds) ?? 0) !== 0) throw fault('tumbling windows are not served');
  const position = textOf(properties.StartingPosition);
  if (position !== 'LATEST' && position !== 'TRIM_HORIZON') throw fault('it has no starting position that is served');
  const batchSize = numberOf(properties.BatchSize) ?? DEFAULT_BATCH;
  if (batchSize < 1 || batchSize > MAX_BATCH) throw fault(`its batch size is not 1 to ${MAX_BATCH}`);
  const maxAge = numberOf(properties.MaximumRecordAgeInSeconds) ?? -1;
  const onFailure = textOf(objectOf(objectOf(properties.DestinationConfig).OnFailure).Destination) ?? null;
  if (onFailure !== null && options.queues.findByArn(onFailure) === undefined)
    throw fault('only a queue of the assembly is served as destination on failure');
  return {
    ...{ id: name, stream, definition, batchSize, onFailure },
    windowMs: (numberOf(properties.MaximumBatchingWindowInSeconds) ?? 0) * 1000,
    reportsItemFailures: textsOf(properties.FunctionResponseTypes).includes('ReportBatchItemFailures'),
    bisects: booleanOf(properties.BisectBatchOnFunctionError) === true,
    maxRetries: numberOf(properties.MaximumRetryAttempts) ?? -1,
    maxAgeMs: maxAge < 0 ? Number.POSITIVE_INFINITY : maxAge * 1000,
    startsAtLatest: position === 'LATEST',
  };
}
