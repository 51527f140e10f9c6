import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Retryable } from '@selfheal/kernel/errors.ts';
import { ChangeMessage } from '#shared/domain/changes/change-message.ts';
import { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import type { ChangeQueue, CommandQueue, OrderQueue, SignalBatchQueue, SignalQueue } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/** The intake queue. Repeated after a lost answer: a second copy is recognised by its delivery id. */
export function makeSqsSignalQueue(options: { readonly queueUrl: string; readonly client?: SQSClient }): SignalQueue {
  const { queueUrl, client = new SQSClient(REPEATABLE) } = options;
  return {
    send: async (signal) => {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(Signal.parse(signal)) });
      await callAws('Sending a signal to the intake queue', () => client.send(command));
    },
  };
}

/** Messages that SQS takes in one request. */
const AT_ONCE = 10;

/**
 * The intake queue, ten signals a request and all requests at once. When one of them is not accepted, `Retryable` is thrown: a repeat sends all
 * again, and copies are recognised by their delivery ids.
 */
export function makeSqsSignalBatches(options: {
  readonly queueUrl: string;
  readonly client?: SQSClient;
}): SignalBatchQueue {
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

/** The intake queue. Repeated after a lost answer: a second copy is recognised by its delivery id. */
export function makeSqsCommandQueue(options: { readonly queueUrl: string; readonly client?: SQSClient }): CommandQueue {
  const { queueUrl, client = new SQSClient(REPEATABLE) } = options;
  return {
    sendCommand: async (command) => {
      const message = JSON.stringify(CommentCommand.parse(command));
      const send = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message });
      await callAws('Sending a command to the intake queue', () => client.send(send));
    },
  };
}

/** The intake queue, for what people ask for in other tools. Repeated after a lost answer, as above. */
export function makeSqsOrderQueue(options: { readonly queueUrl: string; readonly client?: SQSClient }): OrderQueue {
  const { queueUrl, client = new SQSClient(REPEATABLE) } = options;
  return {
    sendOrder: async (order) => {
      const send = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(order) });
      await callAws('Sending an order to the intake queue', () => client.send(send));
    },
  };
}

/** The intake queue. Repeated after a lost answer: a change is written once for each fact. */
export function makeSqsChangeQueue(options: { readonly queueUrl: string; readonly client?: SQSClient }): ChangeQueue {
  const { queueUrl, client = new SQSClient(REPEATABLE) } = options;
  return {
    sendChange: async (change) => {
      const message = JSON.stringify(ChangeMessage.parse(change));
      const send = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message });
      await callAws('Sending a change to the intake queue', () => client.send(send));
    },
  };
}
