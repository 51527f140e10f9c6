import { dataDirectoryOf, loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { loadConfiguration } from '#shared/adapters/aws/configuration-file.ts';
import { makeDynamoControlStore } from '#shared/adapters/aws/dynamo-control-store.ts';
import { makeDynamoExperienceStore } from '#shared/adapters/aws/dynamo-experience-store.ts';
import { makeDynamoHealingStore } from '#shared/adapters/aws/dynamo-healing-store.ts';
import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoModelRegistry } from '#shared/adapters/aws/dynamo-model-registry.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { makeDynamoTestStore } from '#shared/adapters/aws/dynamo-test-store.ts';
import { lambdaLog, lambdaMeter, stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeS3ModelArtifacts } from '#shared/adapters/aws/s3-model-artifacts.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { makeProductionModel } from '#shared/app/learning/production-model.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const { signatures, problems } = await loadSignatures(dataDirectoryOf(process.env), loadRe2Engine);
const { model, problems: modelProblems } = await loadFailureModel(dataDirectoryOf(process.env));
if (modelProblems.length > 0)
  lambdaLog.error('There is no trained model: signatures decide alone.', { problems: modelProblems });
if (problems.length > 0) lambdaLog.error('Some signatures do not parse.', { problems });

const configuration = loadConfiguration(process.env);

export const handler = stepFunction({
  config,
  ...STEPS.classify,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable, retention: configuration.retention }),
    healing: makeDynamoHealingStore({ table: environment.incidentsTable, retention: configuration.retention }),
    control: makeDynamoControlStore({ table: environment.controlTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    experience: makeDynamoExperienceStore({ table: environment.statsTable }),
    predictions: makeDynamoPredictionStore({ table: environment.statsTable }),
    stats: makeDynamoStatsStore({ table: environment.statsTable }),
    tests: makeDynamoTestStore({ table: environment.statsTable }),
    signatures,
    model: makeProductionModel({
      registry: makeDynamoModelRegistry({ table: environment.statsTable }),
      artifacts: makeS3ModelArtifacts({ bucket: environment.evidenceBucket }),
      shipped: model,
      clock: systemClock,
      meter: lambdaMeter,
      log: lambdaLog,
    }),
    configuration,
    clock: systemClock,
    meter: lambdaMeter,
  }),
});
