import { createHash, randomUUID } from 'node:crypto';
import { type MessageAttributes, md5, type QueueStore, type StoredMessage } from '../storage/queue-store.ts';
import { isObject, type JsonObject, listOf, numberOf, objectOf, textOf, textsOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';

const MAX_MESSAGE_BYTES = 1_048_576;
/** SQS refuses messages with these characters (SQS API Reference, SendMessage). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule is about control characters
const REFUSED_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The SQS operations of the JSON protocol that functions and operators use. */
export function makeSqsApi(store: QueueStore, endpoint: string, account: string) {
  const urlOf = (name: string) => `${endpoint}/${account}/${name}`;
  const queueOf = (input: JsonObject): string => {
    const name = (textOf(input.QueueUrl) ?? textOf(input.QueueName) ?? '').split('/').pop() ?? '';
    if (store.find(name) === undefined) {
      throw new AwsFault('QueueDoesNotExist', 'The specified queue does not exist.', 400, 'com.amazonaws.sqs#');
    }
    return name;
  };
  const send = (queue: string, input: JsonObject) => {
    const body = textOf(input.MessageBody);
    if (body === undefined || body === '') throw invalid('MissingParameter', 'The request must contain MessageBody.');
    if (Buffer.byteLength(body) > MAX_MESSAGE_BYTES) throw invalid('InvalidParameterValue', 'The message is too long.');
    if (REFUSED_CHARACTERS.test(body)) throw invalid('InvalidMessageContents', 'Invalid characters found.');
    const attributes = objectOf(input.MessageAttributes) as MessageAttributes;
    const id = store.send(queue, body, attributes, numberOf(input.DelaySeconds));
    return { MessageId: id, MD5OfMessageBody: md5(body), ...attributesDigest('MD5OfMessageAttributes', attributes) };
  };
  const receive = async (queue: string, input: JsonObject, signal: AbortSignal) => {
    const limit = numberOf(input.MaxNumberOfMessages) ?? 1;
    const deadline = Date.now() + (numberOf(input.WaitTimeSeconds) ?? 0) * 1000;
    for (;;) {
      const messages = store.receive(queue, limit, numberOf(input.VisibilityTimeout));
      if (messages.length > 0 || Date.now() >= deadline || signal.aborted) {
        return messages.length === 0 ? {} : { Messages: messages.map(toWire) };
      }
      await arrival(store, queue, deadline, signal);
    }
  };
  const changeVisibility = (queue: string, input: JsonObject) => {
    const handle = textOf(input.ReceiptHandle) ?? '';
    if (!store.changeVisibility(queue, handle, numberOf(input.VisibilityTimeout) ?? 0)) {
      throw invalid('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
    }
    return {};
  };
  const removeOne = (_queue: string, input: JsonObject) => {
    store.delete(textOf(input.ReceiptHandle) ?? '');
    return {};
  };

  const moveTasks = makeMoveTasks(store);

  const operations: Record<string, (input: JsonObject, signal: AbortSignal) => unknown> = {
    SendMessage: (input) => send(queueOf(input), input),
    SendMessageBatch: (input) => batch(input, (entry) => send(queueOf(input), entry)),
    ReceiveMessage: (input, signal) => receive(queueOf(input), input, signal),
    DeleteMessage: (input) => removeOne(queueOf(input), input),
    DeleteMessageBatch: (input) => batch(input, (entry) => removeOne(queueOf(input), entry)),
    ChangeMessageVisibility: (input) => changeVisibility(queueOf(input), input),
    ChangeMessageVisibilityBatch: (input) => batch(input, (entry) => changeVisibility(queueOf(input), entry)),
    GetQueueUrl: (input) => ({ QueueUrl: urlOf(queueOf(input)) }),
    GetQueueAttributes: (input) => ({
      Attributes: attributesOf(store, queueOf(input), textsOf(input.AttributeNames)),
    }),
    ListQueues: (input) => ({
      QueueUrls: store
        .names()
        .filter((name) => name.startsWith(textOf(input.QueueNamePrefix) ?? ''))
        .map(urlOf),
    }),
    StartMessageMoveTask: (input) => moveTasks.start(input),
    ListMessageMoveTasks: (input) => moveTasks.list(input),
    PurgeQueue: (input) => {
      store.purge(queueOf(input));
      return {};
    },
  };
  return async (operation: string, input: JsonObject, signal: AbortSignal): Promise<unknown> => {
    const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (run === undefined) throw invalid('UnsupportedOperation', `${operation} is not served by the local runtime.`);
    return run(input, signal);
  };
}

/**
 * Redrives of dead-letter queues, completed at once. As on AWS, only messages that a queue's redrive policy moved there can be moved
 * back; messages from EventBridge, a topic or a function cannot (SQS API Reference, StartMessageMoveTask).
 */
function makeMoveTasks(store: QueueStore) {
  const tasks: { readonly SourceArn: string; readonly [field: string]: unknown }[] = [];
  const existing = (arn: string) => {
    const queue = store.findByArn(arn);
    if (queue !== undefined) return queue;
    throw invalid('ResourceNotFoundException', 'The resource that you specified does not exist.');
  };
  return {
    start(input: JsonObject) {
      const source = existing(textOf(input.SourceArn) ?? '');
      const origins = store.sourcesOf(source.name);
      const [origin] = origins;
      if (origin === undefined)
        throw invalid('InvalidParameterValue', 'Source queue must be configured as a Dead Letter Queue.');
      const destination = textOf(input.DestinationArn);
      if (destination === undefined && origins.length > 1)
        throw invalid('UnsupportedOperation', 'Name a DestinationArn: several queues have this dead-letter queue.');
      const target = destination === undefined ? origin : existing(destination);
      const StartedTimestamp = Date.now();
      const moved = store.move(source.name, target.name);
      const counts = { ApproximateNumberOfMessagesMoved: moved, ApproximateNumberOfMessagesToMove: moved };
      const where = { SourceArn: source.arn, ...(destination === undefined ? {} : { DestinationArn: target.arn }) };
      tasks.unshift({ Status: 'COMPLETED', ...where, ...counts, StartedTimestamp });
      return { TaskHandle: randomUUID() };
    },
    list(input: JsonObject) {
      const { arn } = existing(textOf(input.SourceArn) ?? '');
      return { Results: tasks.filter(({ SourceArn }) => SourceArn === arn).slice(0, numberOf(input.MaxResults) ?? 1) };
    },
  };
}

/** Waits until a message may be visible in the queue, or until `deadline` (epoch milliseconds). */
function arrival(store: QueueStore, queue: string, deadline: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const until = Math.min(store.nextVisibleAt(queue) ?? deadline, deadline);
    const finish = () => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, Math.max(1, until - Date.now()));
    const stopListening = store.onArrival(queue, finish);
    signal.addEventListener('abort', finish);
  });
}

function batch(input: JsonObject, run: (entry: JsonObject) => object) {
  const successful: unknown[] = [];
  const failed: unknown[] = [];
  for (const entry of listOf(input.Entries).map(objectOf)) {
    try {
      successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
    }
  }
  return { Successful: successful, Failed: failed };
}

function toWire(message: StoredMessage) {
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: systemAttributes(message),
    ...(Object.keys(message.attributes).length === 0 ? {} : { MessageAttributes: message.attributes }),
    ...attributesDigest('MD5OfMessageAttributes', message.attributes),
  };
}

/** The system attributes that SQS adds to a received message. */
export function systemAttributes(message: StoredMessage): Record<string, string> {
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAt),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  };
}

function attributesOf(store: QueueStore, queue: string, wanted: readonly string[]): Record<string, string> {
  const counts = store.counts(queue);
  const settings = store.find(queue);
  const all: Record<string, string> = {
    QueueArn: settings?.arn ?? '',
    VisibilityTimeout: String(settings?.visibilitySeconds ?? 30),
    DelaySeconds: String(settings?.delaySeconds ?? 0),
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
  };
  const named = Object.entries(all).filter(([name]) => wanted.includes('All') || wanted.includes(name));
  return Object.fromEntries(named);
}

/** The MD5 digest of message attributes that SDKs compare (SQS Developer Guide, "Calculating the MD5 message digest"). */
function attributesDigest(key: string, attributes: MessageAttributes): Record<string, string> {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return {};
  const hash = createHash('md5');
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name];
    if (!isObject(attribute)) continue;
    part(Buffer.from(name));
    part(Buffer.from(String(attribute.DataType)));
    const binary = textOf(attribute.BinaryValue);
    hash.update(Buffer.from([binary === undefined ? 1 : 2]));
    part(binary === undefined ? Buffer.from(String(attribute.StringValue ?? '')) : Buffer.from(binary, 'base64'));
  }
  return { [key]: hash.digest('hex') };
}

function invalid(code: string, message: string): AwsFault {
  return new AwsFault(code, message, 400, 'com.amazonaws.sqs#');
}
