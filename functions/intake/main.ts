import { makeDynamoEventLedger } from '#shared/adapters/aws/dynamo-event-ledger.ts';
import { sqsBatchFunction } from '#shared/adapters/aws/lambda-edge.ts';
import { makeGithubRepositoryDirectory } from '#shared/adapters/github/code-host.ts';
import { makeGithubPeople } from '#shared/adapters/github/people.ts';
import { makeConfirmRepository } from '#shared/app/intake/confirm-repository.ts';
import { handleCommentCommand } from '#shared/app/intake/handle-comment-command.ts';
import {
  approvals,
  codeHost,
  compose,
  configuration,
  control,
  experience,
  github,
  incidents,
  persons,
  policy,
  predictions,
  routedDirectory,
  stats,
} from '../compose.ts';
import { workflow } from '../compose-cloud.ts';
import { config } from './config.ts';
import { makeHandler } from './handler.ts';

const deps = compose(config, {
  incidents,
  trail: incidents,
  control,
  policy,
  workflow,
  configuration,
  approvals,
  predictions,
  experience,
  codeHost,
  stats,
  persons,
  people: (environment) => makeGithubPeople(github(environment)),
  ledger: ({ eventRecords: table }) => makeDynamoEventLedger({ table }),
  directory: (environment) => routedDirectory(environment, makeGithubRepositoryDirectory(github(environment))),
});

export const handler = sqsBatchFunction({
  config,
  run: makeHandler({
    ...deps,
    confirm: makeConfirmRepository(deps),
    handleCommand: (command) => handleCommentCommand(command, deps),
  }),
});
