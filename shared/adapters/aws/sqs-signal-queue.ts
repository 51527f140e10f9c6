import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Signal } from '#shared/domain/incident/signal.ts';
import type { SignalQueue } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './clients.ts';
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
