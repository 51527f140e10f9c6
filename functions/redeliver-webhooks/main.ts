import { makeSqsDeadLetters } from '#shared/adapters/aws/sqs-dead-letters.ts';
import { lookUpAccounts } from '#shared/app/access/people.ts';
import { redeliverWebhooks } from '#shared/app/upkeep/redeliver-webhooks.ts';
import {
  accounts,
  apiUrl,
  codeHost,
  configuration,
  control,
  defineScheduled,
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
    accounts: (environment: Token) => accounts(environment),
  },
  async (deps) => {
    // First what was lost: a host that does not answer about accounts must not hold it back.
    const redelivered = await redeliverWebhooks(deps);
    return { accounts: await lookUpAccounts(deps), ...redelivered };
  },
);
