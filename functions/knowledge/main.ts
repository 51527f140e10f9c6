import { dataDirectoryOf, loadPlaybooks } from '#shared/adapters/archive/data-files.ts';
import { makeBedrockEmbedder } from '#shared/adapters/aws/bedrock-embedder.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoPatternStore } from '#shared/adapters/aws/dynamo-pattern-store.ts';
import { lambdaLog, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeS3VectorSearch } from '#shared/adapters/aws/s3-memory-vectors.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { connectEmbedder } from '#shared/app/knowledge/connect.ts';
import { makeLocalRecall } from '#shared/app/knowledge/recall-incidents.ts';
import { connectVectorSearch } from '#shared/app/knowledge/recall-vectors.ts';
import { makePatternReader } from '#shared/app/knowledge/recognise-patterns.ts';
import { readEnvironment, readVariable } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);
const { entries, problems } = await loadPlaybooks(dataDirectoryOf(process.env));
if (problems.length > 0) lambdaLog.error('Some playbooks do not parse.', { problems });

const embedder = connectEmbedder(configuration, {
  control: makeDynamoControlStore({ table: environment.controlTable }),
  clock: systemClock,
  bedrock: makeBedrockEmbedder,
});
const old = connectVectorSearch(configuration.recall, () =>
  makeS3VectorSearch({ indexArn: readVariable('vectorIndex', process.env) }),
);
const knowledgeStore = makeDynamoKnowledgeStore({ table: environment.knowledgeTable });

export const handler = stepFunction({
  config,
  ...STEPS.knowledge,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    knowledge: knowledgeStore,
    recall: makeLocalRecall(knowledgeStore, entries, { embedder, old }),
    patterns: makePatternReader({
      patterns: makeDynamoPatternStore({ table: environment.knowledgeTable }),
      rules: configuration.learning,
      clock: systemClock,
    }),
    clock: systemClock,
  }),
});
