import { httpFunction } from '#shared/adapters/aws/lambda-edge.ts';
import {
  actions,
  approvals,
  compose,
  configuration,
  dashboardUrl,
  delegations,
  evidence,
  incidents,
  workflow,
} from '../compose.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  incidents,
  approvals,
  evidence,
  workflow,
  actions,
  configuration,
  delegations,
  dashboardUrl,
});

export const handler = httpFunction({ config, run: makeHandler(deps) });
