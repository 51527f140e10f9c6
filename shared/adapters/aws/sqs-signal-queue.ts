import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import type { CommandQueue, SignalQueue } from '#shared/ports/cloud.ts';
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
