import { makeSqsDeadLetters } from '#shared/adapters/aws/sqs-dead-letters.ts';
import { makeGithubPeople } from '#shared/adapters/github/people.ts';
import { lookUpAccounts } from '#shared/app/access/people.ts';
import { redeliverWebhooks } from '#shared/app/upkeep/redeliver-webhooks.ts';
import {
  apiUrl,
  codeHost,
  configuration,
  control,
  defineScheduled,
  github,
  persons,
  type Token,
  type Variables,
} from '../compose.ts';
import { config } from './config.ts';

const webhookUrl = (environment: Variables<'apiUrl'>) => `${apiUrl(environment).replace(/\/$/, '')}/webhooks/github`;

export const handler = defineScheduled(
  config,
  {
    control,
    codeHost,
    configuration,
    webhookUrl,
    deadLetters: ({ intakeDeadLetters: queueArn }: Variables<'intakeDeadLetters'>) => makeSqsDeadLetters({ queueArn }),
    persons,
    people: (environment: Token) => makeGithubPeople(github(environment)),
  },
  async (deps) => {
    const accounts = await lookUpAccounts(deps);
    return { accounts, ...(await redeliverWebhooks(deps)) };
  },
);
