import { httpFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSqsOrderQueue } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { compose, control } from '../compose.ts';
import { poster } from '../compose-cloud.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  control,
  poster,
  queue: ({ intakeQueue: queueUrl }) => makeSqsOrderQueue({ queueUrl }),
});

export const handler = httpFunction({ config, run: makeHandler(deps) });
