import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { CommandQueue } from '#shared/ports/command-queue.ts';
import { REPEATABLE } from './clients.ts';
import { callAws } from './errors.ts';

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
