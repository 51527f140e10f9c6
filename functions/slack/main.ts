import { httpFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { actions, compose, configuration, control, delegations, incidents, persons, policy } from '../compose.ts';
import { poster, workflow } from '../compose-cloud.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  incidents,
  delegations,
  control,
  policy,
  persons,
  actions,
  configuration,
  workflow,
  poster,
  // Keys press no buttons.
  keyOwner: () => async () => null,
});

export const handler = httpFunction({ config, run: makeHandler(deps) });
