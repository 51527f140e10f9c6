import { httpFunction, lambdaLog, lambdaMeter } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeSqsCommandQueue } from '#shared/adapters/aws/sqs-command-queue.ts';
import { makeSqsSignalQueue } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { makeWebhookSignatures } from '#shared/adapters/github/webhook-signature.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { WEBHOOK_SOURCES } from '#shared/plugins/sources/registry.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);

export const handler = httpFunction({
  config,
  run: makeHandler({
    sources: WEBHOOK_SOURCES,
    signatures: makeWebhookSignatures(),
    secrets: makeSecretReader({ 'github-webhook': environment.webhookSecret, 'name-key': environment.nameKeySecret }),
    queue: makeSqsSignalQueue({ queueUrl: environment.intakeQueue }),
    commands: makeSqsCommandQueue({ queueUrl: environment.intakeQueue }),
    clock: systemClock,
    meter: lambdaMeter,
    log: lambdaLog,
  }),
});
