import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, it } from 'vitest';
import { makeLambdaFunctionWriter } from '#shared/adapters/aws/lambda-function-writer.ts';

it('sends the memory and the revision, and no other setting of the function', async () => {
  const client = new LambdaClient({ region: 'eu-west-1' });
  const lambda = mockClient(client);
  lambda.on(UpdateFunctionConfigurationCommand).resolves({});
  await makeLambdaFunctionWriter({ client }).setMemory('worker', 1024, 'revision-1');
  expect(lambda.commandCalls(UpdateFunctionConfigurationCommand).map(({ args }) => args[0].input)).toEqual([
    { FunctionName: 'worker', MemorySize: 1024, RevisionId: 'revision-1' },
  ]);
});
