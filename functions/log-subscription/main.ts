import { makeDynamoLogWatch } from '#shared/adapters/aws/dynamo-log-watch.ts';
import { eventFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { compose, configuration } from '../compose.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  configuration,
  store: ({ logRecords: table }) => makeDynamoLogWatch({ table }),
});

export const handler = eventFunction({ config, run: makeHandler(deps) });
