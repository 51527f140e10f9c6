import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoApprovalQueue } from '#shared/adapters/aws/dynamo-approval-queue.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { lambdaLog, lambdaMeter, sqsBatchFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeSfnWorkflowEngine } from '#shared/adapters/aws/sfn-workflow-engine.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import { makeGithubPeople } from '#shared/adapters/github/people.ts';
import { makeGithubRepositoryDirectory } from '#shared/adapters/github/repository-directory.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { makeConfirmRepository } from '#shared/app/intake/confirm-repository.ts';
import { type ObeyDeps, obeyComment } from '#shared/app/intake/handle-comment-command.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const secrets = makeSecretReader({ 'github-token': environment.githubTokenSecret });
const github = githubAccess({
  apiUrl: configuration.github.apiUrl,
  secret: () => secrets.read('github-token'),
  clock: systemClock,
  meter: lambdaMeter,
});

const shared = {
  incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
  control: makeDynamoControlStore({ table: environment.controlTable }),
  workflow: makeSfnWorkflowEngine({ workflowArn: environment.workflow }),
  configuration,
  clock: systemClock,
  meter: lambdaMeter,
};
const obeyDeps: ObeyDeps = {
  ...shared,
  approvals: makeDynamoApprovalQueue({ table: environment.incidentsTable, retention: configuration.retention }),
  predictions: makeDynamoPredictionStore({ table: environment.statsTable }),
  experience: makeDynamoExperienceStore({ table: environment.statsTable }),
  people: makeGithubPeople(github),
  codeHost: makeGithubCodeHost(github),
};

export const handler = sqsBatchFunction({
  config,
  run: makeHandler({
    ...shared,
    stats: makeDynamoStatsStore({ table: environment.statsTable }),
    confirm: makeConfirmRepository({ directory: makeGithubRepositoryDirectory(github), clock: systemClock }),
    obey: (command) => obeyComment(command, obeyDeps),
    log: lambdaLog,
  }),
});
