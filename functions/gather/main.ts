import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeAllResourcesReader } from '#shared/adapters/aws/all-resources.ts';
import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeCloudWatchLogsReader } from '#shared/adapters/aws/cloudwatch-logs-reader.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { lambdaLog, lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import { lineRulesIn } from '#shared/adapters/patterns/configured-line-rules.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const secrets = makeSecretReader({ 'github-token': environment.githubTokenSecret });

export const handler = stepFunction({
  config,
  ...STEPS.gather,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    codeHost: makeGithubCodeHost(
      githubAccess({
        apiUrl: configuration.github.apiUrl,
        secret: () => secrets.read('github-token'),
        clock: systemClock,
        meter: lambdaMeter,
      }),
    ),
    archives: makeZipLogArchive(),
    lineRules: await lineRulesIn(configuration),
    alarms: makeCloudWatchAlarmReader(),
    deployments: makeDeploymentReader(),
    resources: makeAllResourcesReader(),
    serviceLogs: makeCloudWatchLogsReader(),
    configuration,
    clock: systemClock,
    log: lambdaLog,
  }),
});
