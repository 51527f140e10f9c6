import { dataDirectoryOf, loadPlaybooks, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { loadPrompts } from '#shared/adapters/archive/prompt-files.ts';
import { makeZipLogArchive } from '#shared/adapters/archive/zip-log-archive.ts';
import { makeBedrockModelClient } from '#shared/adapters/aws/bedrock-model-client.ts';
import { makeCloudWatchLogsReader } from '#shared/adapters/aws/cloudwatch-logs-reader.ts';
import { makeCloudWatchMetricReader } from '#shared/adapters/aws/cloudwatch-metric-reader.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import { lambdaLog, lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { githubAccess } from '#shared/adapters/github/github-access.ts';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { connectModel } from '#shared/app/analyze/connect.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { modelSettingsOf } from '#shared/domain/diagnosis/model-settings.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { actionsOf } from '#shared/plugins/actions/registry.ts';
import type { DiagnosisModel } from '#shared/ports/diagnosis-model.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const dataDirectory = dataDirectoryOf(process.env);
const { signatures, problems } = await loadSignatures(dataDirectory, loadRe2Engine);
const secrets = makeSecretReader({
  'github-token': environment.githubTokenSecret,
  'model-key': environment.modelKeySecret,
});
const github = githubAccess({
  apiUrl: configuration.github.apiUrl,
  secret: () => secrets.read('github-token'),
  clock: systemClock,
  meter: lambdaMeter,
});

async function modelOf(): Promise<DiagnosisModel | null> {
  const settings = modelSettingsOf(configuration);
  if (settings === null) return null;
  const { MODEL_ORIGIN: origin } = process.env;
  return connectModel(settings, await loadPrompts(dataDirectory), {
    json: makeJsonPost(origin ? { origin } : {}),
    key: async () => (await secrets.read('model-key')).key ?? '',
    bedrock: (modelId, { caches }) => makeBedrockModelClient({ modelId, caches }),
  });
}

const model = await modelOf();
/** Only a model looks for what is similar: what the search before it found is kept. */
const playbooks = model === null ? { entries: [], problems: [] } : await loadPlaybooks(dataDirectory);
if (problems.length + playbooks.problems.length > 0) {
  lambdaLog.error('Some signatures or playbooks do not parse.', { problems: [...problems, ...playbooks.problems] });
}

export const handler = stepFunction({
  config,
  ...STEPS.analyze,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable }),
    recall: makeLocalRecall(makeDynamoKnowledgeStore({ table: environment.knowledgeTable }), playbooks.entries),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    stats: makeDynamoStatsStore({ table: environment.statsTable }),
    tests: makeDynamoTestStore({ table: environment.statsTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    codeHost: makeGithubCodeHost(github),
    code: makeGithubCodeReader(github),
    archives: makeZipLogArchive(),
    serviceLogs: makeCloudWatchLogsReader(),
    metrics: makeCloudWatchMetricReader(),
    signatures,
    model,
    actions: actionsOf(configuration),
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
