import { makeCloudWatchMetricReader } from '#shared/adapters/aws/cloudwatch-metric-reader.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { lambdaLog, lambdaMeter, scheduledFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSnsMailer } from '#shared/adapters/aws/sns-mailer.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);

export const handler = scheduledFunction({
  config,
  run: makeHandler({
    configuration: loadConfiguration(process.env),
    metrics: makeCloudWatchMetricReader(),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    mailer: makeSnsMailer({ topicArn: environment.escalationTopic }),
    clock: systemClock,
    meter: lambdaMeter,
    log: lambdaLog,
  }),
});
