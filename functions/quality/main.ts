import { dataDirectoryOf, loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { loadShippedVersion } from '#shared/adapters/archive/model-version-files.ts';
import { makeDynamoModelRegistry } from '#shared/adapters/aws/dynamo-model-registry.ts';
import { makeDynamoPredictionStore } from '#shared/adapters/aws/dynamo-prediction-store.ts';
import { lambdaLog, lambdaMeter, scheduledFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { makeS3ModelArtifacts } from '#shared/adapters/aws/s3-model-artifacts.ts';
import { makeSnsMailer } from '#shared/adapters/aws/sns-mailer.ts';
import { loadRe2Engine } from '#shared/adapters/patterns/re2-engine.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { makeProductionModel } from '#shared/app/learning/production-model.ts';
import { retrain } from '#shared/app/learning/retrain.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);
const { version, problems } = await loadShippedVersion(dataDirectoryOf(process.env));
if (problems.length > 0) lambdaLog.error('The shipped model has no provenance: it promises nothing.', { problems });

const registry = makeDynamoModelRegistry({ table: environment.statsTable });
const predictions = makeDynamoPredictionStore({ table: environment.statsTable });
const artifacts = makeS3ModelArtifacts({ bucket: environment.evidenceBucket });
const common = { registry, predictions, shipped: version, clock: systemClock, meter: lambdaMeter, log: lambdaLog };

export const handler = scheduledFunction({
  config,
  run: makeHandler({
    ...common,
    mailer: makeSnsMailer({ topicArn: environment.escalationTopic }),
    retrain: retrainCandidate,
  }),
});

/** Reads what only a retraining needs, so that the other days start without it. */
async function retrainCandidate() {
  const { signatures, problems } = await loadSignatures(dataDirectoryOf(process.env), loadRe2Engine);
  if (problems.length > 0) lambdaLog.error('Some signatures do not parse.', { problems });
  const { model } = await loadFailureModel(dataDirectoryOf(process.env));
  return await retrain({
    ...common,
    artifacts,
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    signatures,
    production: makeProductionModel({ ...common, artifacts, shipped: model }),
  });
}
