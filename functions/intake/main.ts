import { makeDynamoEventLedger } from '#shared/adapters/aws/dynamo-event-ledger.ts';
import { sqsBatchFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeGithubRepositoryDirectory } from '#shared/adapters/github/code-host.ts';
import { acknowledgePage } from '#shared/app/intake/acknowledge-page.ts';
import { makeConfirmRepository } from '#shared/app/intake/confirm-repository.ts';
import { handleCommentCommand } from '#shared/app/intake/handle-comment-command.ts';
import { carryOutSlackOrder } from '#shared/app/slack/carry-out-order.ts';
import {
  actions,
  approvals,
  codeHost,
  compose,
  configuration,
  control,
  counts,
  delegations,
  experience,
  github,
  incidents,
  people,
  persons,
  policy,
  predictions,
  routedDirectory,
  stats,
  killSwitch as stops,
} from '../compose.ts';
import { changes, poster, workflow } from '../compose-cloud.ts';
import { onDemand } from '../on-demand.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  incidents,
  trail: incidents,
  control,
  counts,
  policy,
  workflow,
  configuration,
  approvals,
  predictions,
  experience,
  codeHost,
  stats,
  persons,
  actions,
  delegations,
  stops,
  poster,
  // Keys press no buttons.
  keyOwner: () => async () => null,
  people,
  changes,
  teller: ({ handOver, endTeller }) =>
    onDemand(async () =>
      (await import('#shared/adapters/aws/lambda-incident-teller.ts')).makeLambdaIncidentTeller({
        handOver,
        endTeller,
      }),
    ),
  ledger: ({ eventRecords: table }) => makeDynamoEventLedger({ table }),
  directory: (environment) => routedDirectory(environment, makeGithubRepositoryDirectory(github(environment))),
});

export const handler = sqsBatchFunction({
  config,
  run: makeHandler({
    ...deps,
    confirm: makeConfirmRepository(deps),
    handleSlackOrder: (order) => carryOutSlackOrder(order, deps),
    acknowledge: (acknowledgement) => acknowledgePage(acknowledgement, deps),
    handleCommand: (command) => handleCommentCommand(command, deps),
  }),
});
