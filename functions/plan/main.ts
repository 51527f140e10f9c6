import { makeAllResourcesReader } from '#shared/adapters/aws/all-resources.ts';
import { makeCloudWatchAlarmReader } from '#shared/adapters/aws/cloudwatch-alarm-reader.ts';
import { makeCloudWatchMetricReader } from '#shared/adapters/aws/cloudwatch-metric-reader.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDeploymentReader } from '#shared/adapters/aws/deployment-reader.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import { makeLambdaCodeInspector } from '#shared/adapters/aws/lambda-code-inspector.ts';
import { lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeGithub } from '#shared/adapters/github/github.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const secrets = makeSecretReader({ 'github-token': environment.githubTokenSecret });

export const handler = stepFunction({
  config,
  ...STEPS.plan,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    experience: makeDynamoExperienceStore({ table: environment.statsTable }),
    knowledge: makeDynamoKnowledgeStore({ table: environment.knowledgeTable }),
    metrics: makeCloudWatchMetricReader(),
    stats: makeDynamoStatsStore({ table: environment.statsTable }),
    tests: makeDynamoTestStore({ table: environment.statsTable }),
    ...makeGithub({
      apiUrl: configuration.github.apiUrl,
      secret: () => secrets.read('github-token'),
      clock: systemClock,
      meter: lambdaMeter,
    }),
    inspector: makeLambdaCodeInspector({ functionArn: environment.codeInspector }),
    alarms: makeCloudWatchAlarmReader(),
    deployments: makeDeploymentReader(),
    resources: makeAllResourcesReader(),
    actions: actionsOf(configuration),
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
