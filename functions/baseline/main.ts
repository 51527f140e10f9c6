import { makeDynamoIncidentStore } from '#shared/adapters/aws/dynamo-incident-store.ts';
import { makeDynamoStatsStore } from '#shared/adapters/aws/dynamo-stats-store.ts';
import { stepFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeS3EvidenceStore } from '#shared/adapters/aws/s3-evidence-store.ts';
import { readEnvironment } from '#shared/domain/workflow/function-config.ts';
import { STEPS } from '#shared/domain/workflow/steps.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const environment = readEnvironment(config, process.env);

export const handler = stepFunction({
  config,
  ...STEPS.baseline,
  run: makeHandler({
    incidents: makeDynamoIncidentStore({ table: environment.incidentsTable }),
    evidence: makeS3EvidenceStore({ bucket: environment.evidenceBucket }),
    stats: makeDynamoStatsStore({ table: environment.statsTable }),
  }),
});
