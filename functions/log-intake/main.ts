import { makeDynamoLogWatch } from '#shared/adapters/aws/dynamo-log-watch.ts';
import { httpFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { compose, usedApiKeys } from '../compose.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  apiKeys: usedApiKeys,
  store: ({ logRecords: table }) => makeDynamoLogWatch({ table }),
});

export const handler = httpFunction({ config, run: makeHandler(deps) });
