import { randomBytes } from 'node:crypto';
import { present } from '@selfheal/kernel/present.ts';
import { dataDirectoryOf, loadFailureModel, loadShippedVersion } from '#shared/adapters/archive/data-files.ts';
import { makeDynamoCounters } from '#shared/adapters/aws/dynamo-counters.ts';
import { makeDynamoIncidentLists } from '#shared/adapters/aws/dynamo-incident-lists.ts';
import { httpFunction, logFailedRequest } from '#shared/adapters/aws/lambda-edge.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { packedState, unpackDocument } from '#shared/adapters/state/packed-state.ts';
import { authenticate } from '#shared/app/access/authenticate.ts';
import { makePersonNotes } from '#shared/app/access/people.ts';
import { browserSignIn } from '#shared/domain/access/browser-sign-in.ts';
import {
  accessTrail,
  actions,
  apiKeys,
  approvals,
  compose,
  configuration,
  delegations,
  experience,
  incidents,
  killSwitch,
  knowledgeEntries,
  patterns,
  patternVersions,
  persons,
  policy,
  policyTrail,
  predictions,
  readPlaybooks,
  readSignatures,
  registry,
  repeatedRequests,
  stats,
  tests,
  tokens,
  workflowTokens,
} from '../compose.ts';
import { evidence } from '../evidence-on-demand.ts';
import { once, onDemand } from '../on-demand.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

/** The version of the package, put in by the build. */
declare const SELFHEAL_VERSION: string;

const deps = compose(config, {
  incidents,
  approvals,
  evidence,
  workflow: ({ workflow: workflowArn }) =>
    onDemand(async () =>
      (await import('#shared/adapters/aws/sfn-workflow-engine.ts')).makeSfnWorkflowEngine({ workflowArn }),
    ),
  repositoryData: ({ repositoryData: functionArn }) =>
    onDemand(async () =>
      (await import('#shared/adapters/aws/lambda-repository-data.ts')).makeLambdaRepositoryData({ functionArn }),
    ),
  actions,
  configuration,
  tokens,
  workflowTokens,
  unpack: () => unpackDocument,
  qualityOf:
    ({ evidenceBucket: bucket }) =>
    (repository: string) =>
      packedState(
        onDemand(async () =>
          (await import('#shared/adapters/aws/s3-quality-state.ts')).makeS3QualityState({ bucket, repository }),
        ),
      ),
  apiKeys,
  accessTrail,
  policy,
  policyTrail,
  killSwitch,
  delegations,
  persons,
  repeatedRequests,
  patterns,
  patternVersions,
  predictions,
  registry,
  artifacts: ({ evidenceBucket: bucket }) =>
    onDemand(async () => (await import('#shared/adapters/aws/s3-model-artifacts.ts')).makeS3ModelArtifacts({ bucket })),
  stats,
  tests,
  experience,
  counters: ({ statsTable: table }) => makeDynamoCounters({ table }),
  knowledge: knowledgeEntries,
  environment: (environment) => environment,
  lists: ({ incidentsTable: table }) => {
    const { services, home } = configuration();
    return makeDynamoIncidentLists({ table, services, ...present({ home }) });
  },
  signIn: ({ userPoolClient: clientId }) =>
    onDemand(async () =>
      (await import('#shared/adapters/aws/cognito-sign-in.ts')).makeCognitoSignIn({
        region: process.env.AWS_REGION ?? '',
        clientId,
        endpoint: process.env.AWS_ENDPOINT_URL,
      }),
    ),
  browserSignIn: ({ signInUrl, userPoolClient }) =>
    browserSignIn(process.env.AWS_ENDPOINT_URL ?? signInUrl, userPoolClient),
});

const notePerson = makePersonNotes(deps);
const repositories = configuration().github.repositories.map(({ name }) => name);
const recall = once(async () => {
  const [{ makeLocalRecall }, playbooks] = await Promise.all([
    import('#shared/app/knowledge/recall-incidents.ts'),
    readPlaybooks(),
  ]);
  return makeLocalRecall(deps.knowledge, playbooks);
});

export const handler = httpFunction({
  config,
  run: makeHandler({
    ...deps,
    control: deps.killSwitch,
    trail: deps.incidents,
    shipped: once(async () => (await loadShippedVersion(dataDirectoryOf(process.env))).version),
    recall,
    logs: once(async () => {
      const [
        { makeLogRequests },
        { makeProductionModel },
        { makeDynamoExperienceStore },
        { makeDynamoLogWatch },
        signatures,
        shipped,
      ] = await Promise.all([
        import('./log-requests.ts'),
        import('#shared/app/learning/production-model.ts'),
        import('#shared/adapters/aws/dynamo-experience-store.ts'),
        import('#shared/adapters/aws/dynamo-log-watch.ts'),
        readSignatures(),
        loadFailureModel(dataDirectoryOf(process.env)),
      ]);
      return makeLogRequests({
        ...deps,
        signatures,
        model: makeProductionModel({ ...deps, shipped: shipped.model }),
        recall: await recall(),
        experience: makeDynamoExperienceStore({ table: deps.environment.statsTable }),
        watched: makeDynamoLogWatch({ table: deps.environment.statsTable }),
        engine: loadRe2Engine,
      });
    }),
    recordLearning: once(async () => (await import('./record-learning.ts')).makeRecordLearning(deps)),
    changes: once(async () => {
      const [
        { makeIncidentChanges },
        { makeSqsSignalQueue },
        { makeDynamoHealingStore },
        { makeLambdaIncidentTeller },
      ] = await Promise.all([
        import('./incident-changes.ts'),
        import('#shared/adapters/aws/sqs-signal-queue.ts'),
        import('#shared/adapters/aws/dynamo-healing-store.ts'),
        import('#shared/adapters/aws/lambda-incident-teller.ts'),
      ]);
      const { incidentsTable, intakeQueue, handOver, endTeller } = deps.environment;
      return makeIncidentChanges({
        ...deps,
        teller: makeLambdaIncidentTeller({ handOver, endTeller }),
        healing: makeDynamoHealingStore({ table: incidentsTable, retention: configuration().retention }),
        queue: makeSqsSignalQueue({ queueUrl: intakeQueue }),
      });
    }),
    received: once(async () => {
      const [
        { makeReceivedRequests },
        { makeSqsSignalQueue },
        { makeDynamoConnectionMeter, makeDynamoConnectionStore },
        { makeDynamoEventLedger },
        { makeSecretReader },
        { ALERT_SOURCES },
        { MAPPED_SOURCES, mappedSource },
      ] = await Promise.all([
        import('./received-requests.ts'),
        import('#shared/adapters/aws/sqs-signal-queue.ts'),
        import('#shared/adapters/aws/dynamo-connection-store.ts'),
        import('#shared/adapters/aws/dynamo-event-ledger.ts'),
        import('#shared/adapters/aws/secrets-reader.ts'),
        import('#shared/plugins/sources/registry.ts'),
        import('#shared/plugins/sources/common/mapped-source.ts'),
      ]);
      const { connectionRecords, eventRecords, nameKeySecret, intakeQueue, apiUrl } = deps.environment;
      return makeReceivedRequests({
        ...deps,
        connections: makeDynamoConnectionStore({ table: connectionRecords }),
        activity: makeDynamoConnectionMeter({ table: eventRecords }),
        ledger: makeDynamoEventLedger({ table: eventRecords }),
        secrets: makeSecretReader({ 'name-key': nameKeySecret }),
        sources: [...ALERT_SOURCES, ...MAPPED_SOURCES, ...configuration().mappings.map(mappedSource)],
        queue: makeSqsSignalQueue({ queueUrl: intakeQueue }),
        trail: deps.accessTrail,
        random: (bytes) => randomBytes(bytes).toString('hex'),
        apiUrl: apiUrl.replace(/\/+$/, ''),
      });
    }),
    requests: once(async () => {
      const [
        { makeActionRequests },
        { makeSqsSignalQueue },
        { makeCloudWatchAlarmReader },
        { makeCloudWatchMetricReader },
        { makeDeploymentReader },
        { makeAllResourcesReader },
      ] = await Promise.all([
        import('./action-requests.ts'),
        import('#shared/adapters/aws/sqs-signal-queue.ts'),
        import('#shared/adapters/aws/cloudwatch-alarm-reader.ts'),
        import('#shared/adapters/aws/cloudwatch-metric-reader.ts'),
        import('#shared/adapters/aws/deployment-reader.ts'),
        import('#shared/adapters/aws/all-resources.ts'),
      ]);
      return makeActionRequests({
        ...deps,
        control: deps.killSwitch,
        queue: makeSqsSignalQueue({ queueUrl: deps.environment.intakeQueue }),
        alarms: makeCloudWatchAlarmReader(),
        metrics: makeCloudWatchMetricReader(),
        deployments: makeDeploymentReader(),
        resources: makeAllResourcesReader(),
      });
    }),
    policy: {
      ...deps,
      trail: deps.policyTrail,
      control: deps.killSwitch,
      preview: async (before, after) => {
        const [{ previewOf }, { makeDynamoEventLedger }] = await Promise.all([
          import('#shared/app/policy/preview-rules.ts'),
          import('#shared/adapters/aws/dynamo-event-ledger.ts'),
        ]);
        const ledger = makeDynamoEventLedger({ table: deps.environment.eventRecords });
        return await previewOf(before, after, { ...deps, ledger });
      },
    },
    keys: { ...deps, trail: deps.accessTrail, random: (bytes) => randomBytes(bytes).toString('hex') },
    people: { ...deps, trail: deps.accessTrail },
    keyOwner: async (id) => (await deps.apiKeys.get(id))?.createdBy ?? null,
    authenticate: (headers) => authenticate(headers, { ...deps, repositories, notePerson }),
    version: SELFHEAL_VERSION,
    onFailure: logFailedRequest,
  }),
});
