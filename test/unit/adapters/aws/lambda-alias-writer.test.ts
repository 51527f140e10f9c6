import { LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeLambdaAliasWriter } from '#shared/adapters/aws/lambda-alias-writer.ts';
import { failure } from './failure.ts';

const lambdaClient = new LambdaClient({ region: 'eu-west-1' });
const lambda = mockClient(lambdaClient);
beforeEach(() => {
  lambda.reset();
});

describe('moving a Lambda alias', () => {
  const point = () => makeLambdaAliasWriter({ client: lambdaClient }).pointTo('checkout', 'live', '7', 'revision-8');

  it('moves all traffic, fenced by the revision that was read', async () => {
    lambda.on(UpdateAliasCommand).resolves({});
    expect(await point()).toBe('moved');
    expect(lambda.commandCalls(UpdateAliasCommand)[0]?.args[0].input).toEqual({
      FunctionName: 'checkout',
      Name: 'live',
      FunctionVersion: '7',
      RevisionId: 'revision-8',
      RoutingConfig: { AdditionalVersionWeights: {} },
    });
  });

  it('says that it changed meanwhile', async () => {
    lambda.on(UpdateAliasCommand).rejects(failure('PreconditionFailedException', 412));
    expect(await point()).toBe('changed-meanwhile');
  });

  it.each([
    ['OutcomeUnknown', failure('ServiceException', 500), 1],
    ['OutcomeUnknown', failure('TimeoutError'), 1],
    ['OutcomeUnknown', failure('Error', undefined, 'ECONNRESET'), 1],
    ['Refused', failure('AccessDeniedException', 403), 1],
    ['Retryable', failure('TooManyRequestsException', 429), 4],
    ['Retryable', failure('Error', undefined, 'ECONNREFUSED'), 4],
  ])('throws %s for %s after %i attempts', async (name, error, attempts) => {
    lambda.on(UpdateAliasCommand).rejects(error);
    await expect(point()).rejects.toMatchObject({ name, cause: error });
    expect(lambda.commandCalls(UpdateAliasCommand)).toHaveLength(attempts);
  });
});
