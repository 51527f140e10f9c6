import type { FunctionDefinition } from '../functions/definition.ts';
import type { Functions } from '../functions/functions.ts';
import type { InvocationResult } from '../functions/pool.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import { md5, type QueueStore, type StoredMessage } from '../storage/queue-store.ts';
import { isStream } from '../streams/stream-source.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { booleanOf, listOf, numberOf, objectOf, parseObject, textOf, textsOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';
import { systemAttributes } from './sqs-api.ts';

export interface EventSource {
  /** Name of the queue that it polls. */
  readonly queue: string;
  start(): void;
  /** Stops polling; resolves when the running batches have finished. */
  stop(): Promise<void>;
}

interface Mapping {
  readonly id: string;
  readonly queue: string;
  readonly queueArn: string;
  readonly definition: FunctionDefinition;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly reportsItemFailures: boolean;
  readonly concurrency: number;
}

export interface EventSourceOptions {
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly functions: Functions;
  readonly queues: QueueStore;
  readonly maxWorkersPerFunction: number;
  readonly timeScale: number;
}

const RECEIVE_LIMIT = 10;
const POLL_ACTIONS = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const DENIED_AGAIN_MS = 5000;

/** Delivers queue messages to functions, as Lambda's pollers do. Throws for an event source that is neither a queue nor a stream. */
export function makeEventSources(options: EventSourceOptions): EventSource[] {
  return options.deployment
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Enabled !== false && !isStream(properties))
    .map((resource) => makeEventSource(readMapping(resource, options), options));
}

function makeEventSource(mapping: Mapping, options: EventSourceOptions): EventSource {
  const { queues, authorizer } = options;
  const running = new Set<Promise<void>>();
  let stopped = false;
  let wake: NodeJS.Timeout | null = null;
  let gathering: NodeJS.Timeout | null = null;
  let quit = () => {};

  const mayPoll = () =>
    authorizer.refusedFor(
      mapping.definition.role,
      POLL_ACTIONS.map((action) => ({ action, resource: mapping.queueArn })),
    ) === null;
  const wakeAt = (at: number | null) => {
    if (wake !== null) clearTimeout(wake);
    wake = at === null || stopped ? null : setTimeout(poll, Math.max(1, at - Date.now()));
  };
  const poll = (): void => {
    if (stopped) return;
    if (!mayPoll()) {
      wakeAt(Date.now() + DENIED_AGAIN_MS);
      return;
    }
    while (running.size < mapping.concurrency) {
      const messages = receiveBatch(queues, mapping);
      if (messages.length === 0) break;
      const batch = deliverBatch(messages, mapping, options).finally(() => {
        running.delete(batch);
        poll();
      });
      running.add(batch);
    }
    // At full concurrency the end of a batch wakes the poller.
    wakeAt(running.size < mapping.concurrency ? queues.nextVisibleAt(mapping.queue) : null);
  };
  const arrived = () => {
    if (mapping.windowMs === 0) return void setImmediate(poll);
    const full = queues.counts(mapping.queue).visible >= mapping.batchSize;
    if (full) poll();
    else gathering ??= setTimeout(endOfWindow, mapping.windowMs * options.timeScale);
  };
  const endOfWindow = () => {
    gathering = null;
    poll();
  };

  return {
    queue: mapping.queue,
    start() {
      quit = queues.onArrival(mapping.queue, arrived);
      poll();
    },
    async stop() {
      stopped = true;
      quit();
      if (wake !== null) clearTimeout(wake);
      if (gathering !== null) clearTimeout(gathering);
      await Promise.all(running);
    },
  };
}

function receiveBatch(queues: QueueStore, { queue, batchSize }: Mapping): StoredMessage[] {
  const messages: StoredMessage[] = [];
  while (messages.length < batchSize) {
    const more = queues.receive(queue, Math.min(RECEIVE_LIMIT, batchSize - messages.length));
    if (more.length === 0) break;
    messages.push(...more);
  }
  return messages;
}

async function deliverBatch(
  messages: readonly StoredMessage[],
  mapping: Mapping,
  options: EventSourceOptions,
): Promise<void> {
  const event = JSON.stringify({
    Records: messages.map((message) => record(message, mapping, options.deployment.region)),
  });
  const failed = await failedIds(event, messages, mapping, options);
  const visibilityMs = (options.queues.find(mapping.queue)?.visibilitySeconds ?? 30) * 1000;
  for (const message of messages) {
    if (!failed.has(message.id)) options.queues.delete(message.receiptHandle);
    else {
      // A failed message stays hidden for its visibility timeout, in scaled time.
      const seconds = (visibilityMs * options.timeScale) / 1000;
      options.queues.changeVisibility(mapping.queue, message.receiptHandle, seconds);
    }
  }
}

/** Ids of the messages to retry: all of them when the function failed or its answer is malformed. */
async function failedIds(
  event: string,
  messages: readonly StoredMessage[],
  mapping: Mapping,
  options: EventSourceOptions,
) {
  const all = new Set(messages.map((message) => message.id));
  let result: InvocationResult;
  try {
    result = await options.functions.invoke(mapping.definition.arn, event);
  } catch (error) {
    if (error instanceof AwsFault) return all;
    throw error;
  }
  if (!result.ok) return all;
  if (!mapping.reportsItemFailures) return new Set<string>();
  const answer: unknown = JSON.parse(result.payload);
  const reported = listOf(objectOf(answer).batchItemFailures).map((each) => textOf(objectOf(each).itemIdentifier));
  return reported.every((id) => id !== undefined && all.has(id)) ? new Set(reported as string[]) : all;
}

function record(message: StoredMessage, mapping: Mapping, region: string) {
  const attributes = Object.entries(message.attributes).map(([name, each]) => [
    name,
    { dataType: each.DataType, ...(each.StringValue === undefined ? {} : { stringValue: each.StringValue }) },
  ]);
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN: mapping.queueArn,
    awsRegion: region,
  };
}

function readMapping({ properties, id, type }: Resource, options: EventSourceOptions): Mapping {
  const queueArn = textOf(properties.EventSourceArn) ?? '';
  const queue = options.queues.findByArn(queueArn);
  const definition = options.functions.find(textOf(properties.FunctionName) ?? '');
  const fault = (what: string) => new UnsupportedTemplate(`${id} (${type}): ${what}.`);
  if (queue === undefined) throw fault(`its event source ${queueArn} is not a queue of the assembly`);
  if (definition === undefined) throw fault('its function is not in the assembly');
  if (properties.FilterCriteria !== undefined) throw fault('filter criteria are not supported');
  if (queue.visibilitySeconds < definition.timeoutSeconds) {
    throw fault('its queue has a visibility timeout shorter than the timeout of the function');
  }
  const wanted = numberOf(objectOf(properties.ScalingConfig).MaximumConcurrency) ?? Number.MAX_VALUE;
  return {
    id,
    queue: queue.name,
    queueArn,
    definition,
    batchSize: numberOf(properties.BatchSize) ?? 10,
    windowMs: (numberOf(properties.MaximumBatchingWindowInSeconds) ?? 0) * 1000,
    reportsItemFailures: textsOf(properties.FunctionResponseTypes).includes('ReportBatchItemFailures'),
    concurrency: Math.min(wanted, options.maxWorkersPerFunction, definition.reservedConcurrency ?? Number.MAX_VALUE),
  };
}

/** Settings of every queue in the deployment. */
export function queueSettings(deployment: Deployment) {
  return deployment.ofType('AWS::SQS::Queue').map(({ name, arn, properties, id, type }) => {
    if (booleanOf(properties.FifoQueue))
      throw new UnsupportedTemplate(`${id} (${type}): FIFO queues are not supported.`);
    const raw = properties.RedrivePolicy;
    const redrive = typeof raw === 'string' ? parseObject(raw, id) : objectOf(raw);
    const target = textOf(redrive.deadLetterTargetArn);
    return {
      name,
      arn: arn ?? '',
      visibilitySeconds: numberOf(properties.VisibilityTimeout) ?? 30,
      delaySeconds: numberOf(properties.DelaySeconds) ?? 0,
      redrive:
        target === undefined
          ? null
          : { queueName: target.split(':').pop() ?? '', maxReceiveCount: numberOf(redrive.maxReceiveCount) ?? 10 },
    };
  });
}
