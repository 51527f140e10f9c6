import { makeAllResourcesReader } from '#shared/adapters/aws/all-resources.ts';
import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makePlaybookPorts } from '#shared/adapters/aws/playbook-ports.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeGithub } from '#shared/adapters/github/github.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { actionPorts } from '#shared/app/remediate/ports.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const secrets = makeSecretReader({ 'github-token': environment.githubTokenSecret });
const github = makeGithub({
  apiUrl: configuration.github.apiUrl,
  secret: () => secrets.read('github-token'),
  clock: systemClock,
  meter: lambdaMeter,
});

export const handler = stepFunction({
  config,
  ...STEPS.guard,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    ports: actionPorts({
      ...github,
      alarms: makeCloudWatchAlarmReader(),
      deployments: makeDeploymentReader(),
      resources: makeAllResourcesReader(),
      ...makePlaybookPorts(configuration.http, process.env),
      clock: systemClock,
    }),
    actions: actionsOf(configuration),
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
