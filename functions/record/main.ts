import { makeBedrockEmbedder } from '#shared/adapters/aws/bedrock-embedder.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoKnowledgeStore } from '#shared/adapters/aws/dynamo-knowledge-store.ts';
import { makeDynamoPatternStore } from '#shared/adapters/aws/dynamo-pattern-store.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import { lambdaLog, lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeS3VectorMemory } from '#shared/adapters/aws/s3-memory-vectors.ts';
import { makeSqsSignalQueue } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { connectEmbedder } from '#shared/app/knowledge/connect.ts';
import { withVectors } from '#shared/app/knowledge/recall-vectors.ts';
import { readEnvironment, readVariable } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const configuration = loadConfiguration(process.env);

const control = makeDynamoControlStore({ table: environment.controlTable });

export const handler = stepFunction({
  config,
  ...STEPS.record,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    healing: makeDynamoHealingStore({ table: environment.incidentsTable, retention: configuration.retention }),
    control,
    embedder: connectEmbedder(configuration, { control, clock: systemClock, bedrock: makeBedrockEmbedder }),
    knowledge: withVectors(makeDynamoKnowledgeStore({ table: environment.knowledgeTable }), configuration.recall, {
      memory: () => makeS3VectorMemory({ indexArn: readVariable('vectorIndex', process.env) }),
      log: lambdaLog,
    }),
    patterns: makeDynamoPatternStore({ table: environment.knowledgeTable }),
    predictions: makeDynamoPredictionStore({ table: environment.statsTable }),
    experience: makeDynamoExperienceStore({ table: environment.statsTable }),
    stats: makeDynamoStatsStore({ table: environment.statsTable }),
    tests: makeDynamoTestStore({ table: environment.statsTable }),
    queue: makeSqsSignalQueue({ queueUrl: environment.intakeQueue }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
