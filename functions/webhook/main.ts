import { httpFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeSqsChangeQueue, makeSqsCommandQueue } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { makeWebhookSignatures } from '#shared/adapters/github/webhook-signature.ts';
import { HOST_SOURCES } from '#shared/plugins/hosts/registry.ts';
import { WEBHOOK_SOURCES } from '#shared/plugins/sources/registry.ts';
import { compose } from '../compose.ts';
import { signalQueue } from '../compose-cloud.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  sources: () => [...WEBHOOK_SOURCES, ...HOST_SOURCES],
  signatures: () => makeWebhookSignatures(),
  secrets: ({ webhookSecret, nameKeySecret }) =>
    makeSecretReader({ 'github-webhook': webhookSecret, 'name-key': nameKeySecret }),
  queue: signalQueue,
  changes: ({ intakeQueue: queueUrl }) => makeSqsChangeQueue({ queueUrl }),
  commands: ({ intakeQueue: queueUrl }) => makeSqsCommandQueue({ queueUrl }),
});

export const handler = httpFunction({ config, run: makeHandler(deps) });
