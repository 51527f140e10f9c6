import { makeDynamoConnectionMeter, makeDynamoConnectionStore } from '#shared/adapters/aws/dynamo-connection-store.ts';
import { makeDynamoEventLedger } from '#shared/adapters/aws/dynamo-event-ledger.ts';
import { httpFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { loadOwnMappings } from '#shared/adapters/aws/own-mappings.ts';
import { makeSecretReader } from '#shared/adapters/aws/secrets-reader.ts';
import { makeSqsOrderQueue, makeSqsSignalBatches } from '#shared/adapters/aws/sqs-signal-queue.ts';
import { MAPPED_SOURCES, mappedSource } from '#shared/plugins/sources/common/mapped-source.ts';
import { ALERT_SOURCES } from '#shared/plugins/sources/registry.ts';
import { compose } from '../compose.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  sources: () => [...ALERT_SOURCES, ...MAPPED_SOURCES, ...loadOwnMappings(process.env).map(mappedSource)],
  connections: ({ connectionRecords: table }) => makeDynamoConnectionStore({ table }),
  activity: ({ eventRecords: table }) => makeDynamoConnectionMeter({ table }),
  ledger: ({ eventRecords: table }) => makeDynamoEventLedger({ table }),
  secrets: ({ webhookSecret, nameKeySecret }) =>
    makeSecretReader({ 'github-webhook': webhookSecret, 'name-key': nameKeySecret }),
  queue: ({ intakeQueue: queueUrl }) => ({ ...makeSqsSignalBatches({ queueUrl }), ...makeSqsOrderQueue({ queueUrl }) }),
});

export const handler = httpFunction({ config, run: makeHandler(deps) });
