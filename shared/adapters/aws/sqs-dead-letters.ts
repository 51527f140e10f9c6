import { SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '#shared/ports/cloud.ts';
import { REPEATABLE } from './client-settings.ts';
import { callAws } from './errors.ts';

/** A dead-letter queue, whose messages SQS moves to where they came from. A repeat while it still moves them changes nothing. */
export function makeSqsDeadLetters(options: { readonly queueArn: string; readonly client?: SQSClient }): DeadLetters {
  const { queueArn, client = new SQSClient(REPEATABLE) } = options;
  return {
    takeBack: async () => {
      const command = new StartMessageMoveTaskCommand({ SourceArn: queueArn });
      await callAws('Moving dead letters back to the intake queue', () => client.send(command));
    },
  };
}
