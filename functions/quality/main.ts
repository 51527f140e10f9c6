import { dataDirectoryOf } from '#shared/adapters/archive/data-files.ts';
import { loadShippedVersion } from '#shared/adapters/archive/model-version-files.ts';
import { makeDynamoModelRegistry } from '#shared/adapters/aws/dynamo-model-registry.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { lambdaLog, lambdaMeter, scheduledFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSnsMailer } from '#shared/adapters/aws/sns-mailer.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const { version, problems } = await loadShippedVersion(dataDirectoryOf(process.env));
if (problems.length > 0) lambdaLog.error('The shipped model has no provenance: it promises nothing.', { problems });

export const handler = scheduledFunction({
  config,
  run: makeHandler({
    predictions: makeDynamoPredictionStore({ table: environment.statsTable }),
    registry: makeDynamoModelRegistry({ table: environment.statsTable }),
    shipped: version,
    mailer: makeSnsMailer({ topicArn: environment.escalationTopic }),
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
