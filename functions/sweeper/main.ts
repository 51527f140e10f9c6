import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { lambdaLog, lambdaMeter, scheduledFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const secrets = makeSecretReader({ 'github-token': environment.githubTokenSecret });

export const handler = scheduledFunction({
  config,
  run: makeHandler({
    control: makeDynamoControlStore({ table: environment.controlTable }),
    codeHost: makeGithubCodeHost(
      githubAccess({
        apiUrl: configuration.github.apiUrl,
        secret: () => secrets.read('github-token'),
        clock: systemClock,
        meter: lambdaMeter,
      }),
    ),
    configuration,
    webhookUrl: `${environment.apiUrl.replace(/\/$/, '')}/webhooks/github`,
    clock: systemClock,
    meter: lambdaMeter,
    log: lambdaLog,
  }),
});
