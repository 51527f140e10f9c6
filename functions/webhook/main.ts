import { httpFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeSqsChangeQueue, makeSqsCommandQueue } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { makeWebhookSignatures } from '#shared/adapters/github/webhook-signature.ts';
import type { WebhookSource } from '#shared/plugins/sources/contract.ts';
import { compose } from '../compose.ts';
import { signalQueue } from '../compose-cloud.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

/** A delivery loads the code of its own source alone. */
async function sourceOf(id: string): Promise<WebhookSource | null> {
  const { WEBHOOK_SOURCES } = await import('#shared/plugins/sources/registry.ts');
  const own = WEBHOOK_SOURCES.find((source) => source.id === id);
  return own ?? (await (await import('#shared/plugins/hosts/registry.ts')).hostSourceOf(id));
}

const deps = compose(config, {
  sourceOf: () => sourceOf,
  signatures: () => makeWebhookSignatures(),
  secrets: ({ webhookSecret, nameKeySecret }) =>
    makeSecretReader({ 'github-webhook': webhookSecret, 'name-key': nameKeySecret }),
  queue: signalQueue,
  changes: ({ intakeQueue: queueUrl }) => makeSqsChangeQueue({ queueUrl }),
  commands: ({ intakeQueue: queueUrl }) => makeSqsCommandQueue({ queueUrl }),
});

export const handler = httpFunction({ config, run: makeHandler(deps) });
