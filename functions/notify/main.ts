import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { lambdaLog, lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeSnsMailer } from '#shared/adapters/aws/sns-mailer.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { NOTIFIERS } from '#shared/plugins/notifiers/registry.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const secrets = makeSecretReader({ 'github-token': environment.githubTokenSecret });

export const handler = stepFunction({
  config,
  ...STEPS.notify,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    notifiers: NOTIFIERS,
    ports: {
      mailer: makeSnsMailer({ topicArn: environment.escalationTopic }),
      codeHost: makeGithubCodeHost(
        githubAccess({
          apiUrl: configuration.github.apiUrl,
          secret: () => secrets.read('github-token'),
          clock: systemClock,
          meter: lambdaMeter,
        }),
      ),
    },
    actions: actionsOf(configuration),
    apiUrl: environment.apiUrl,
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
    log: lambdaLog,
  }),
});
