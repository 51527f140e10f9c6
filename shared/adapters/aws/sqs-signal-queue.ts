import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { ChangeMessage } from '#shared/domain/changes/change-message.ts';
import { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import type { ChangeQueue, CommandQueue, OrderQueue, SignalBatchQueue, SignalQueue } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

interface QueueOptions {
  readonly queueUrl: string;
  readonly client?: SQSClient;
}

/** Sends one message, repeated after a lost answer: whoever takes it recognises a second copy. */
function sender({ queueUrl, client = new SQSClient(REPEATABLE) }: QueueOptions, what: string) {
  return async (message: object): Promise<void> => {
    const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
    await callAws(`Sending ${what} to the intake queue`, () => client.send(command));
  };
}

/** The intake queue; a second copy of a signal is recognised by its delivery id. */
export function makeSqsSignalQueue(options: QueueOptions): SignalQueue {
  const send = sender(options, 'a signal');
  return { send: async (signal) => await send(Signal.parse(signal)) };
}

/** Messages that SQS takes in one request. */
const AT_ONCE = 10;

/**
 * The intake queue, ten signals a request and all requests at once. When one of them is not accepted, `Retryable` is thrown: a repeat sends all
 * again, and copies are recognised by their delivery ids.
 */
export function makeSqsSignalBatches(options: QueueOptions): SignalBatchQueue {
  const { queueUrl, client = new SQSClient(REPEATABLE) } = options;
  const sendSome = async (signals: readonly Signal[]) => {
    const Entries = signals.map((signal, at) => ({ Id: `${at}`, MessageBody: JSON.stringify(Signal.parse(signal)) }));
    const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
    const { Failed = [] } = await callAws('Sending signals to the intake queue', () => client.send(command));
    if (Failed.length > 0)
      throw new Retryable(`The intake queue did not take ${Failed.length} of ${signals.length} signals.`);
  };
  return {
    sendAll: async (signals) => {
      const parts = Array.from({ length: Math.ceil(signals.length / AT_ONCE) }, (_, at) =>
        signals.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
      );
      await Promise.all(parts.map(sendSome));
    },
  };
}

/** The intake queue, for commands in comments; a second copy is recognised by its delivery id. */
export function makeSqsCommandQueue(options: QueueOptions): CommandQueue {
  const send = sender(options, 'a command');
  return { sendCommand: async (command) => await send(CommentCommand.parse(command)) };
}

/** The intake queue, for what people ask for in other tools; a second copy is recognised by its delivery id. */
export function makeSqsOrderQueue(options: QueueOptions): OrderQueue {
  return { sendOrder: sender(options, 'an order') };
}

/** The intake queue, for changes; each fact about one is written once. */
export function makeSqsChangeQueue(options: QueueOptions): ChangeQueue {
  const send = sender(options, 'a change');
  return { sendChange: async (change) => await send(ChangeMessage.parse(change)) };
}
