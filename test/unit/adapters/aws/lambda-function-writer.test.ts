import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import {
  MemoryChange,
  makeFunctionWriter,
  makeLambdaFunctionWriter,
} from '#shared/adapters/aws/lambda-function-writer.ts';

const SETTER = 'arn:aws:lambda:eu-west-1:111122223333:function:set-memory';
const CHANGE = { functionName: 'worker', memoryMb: 1024, revisionId: 'revision-1' };
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)) as never;

function writing() {
  const client = new LambdaClient({ region: 'eu-west-1' });
  const lambda = mockClient(client);
  const { setMemory } = makeLambdaFunctionWriter({ memorySetterArn: SETTER, client });
  return { lambda, setMemory: () => setMemory('worker', 1024, 'revision-1') };
}

describe('whoever executes an action', () => {
  it.each(['changed', 'changed-meanwhile'] as const)(
    'asks the function that sets memory for it, and makes no other call: %s',
    async (outcome) => {
      const { lambda, setMemory } = writing();
      lambda.on(InvokeCommand).resolves({ Payload: bytes(outcome) });
      expect(await setMemory()).toBe(outcome);
      expect(lambda.calls().map(({ args }) => args[0].input)).toEqual([
        { FunctionName: SETTER, Payload: JSON.stringify(CHANGE) },
      ]);
    },
  );

  it.each([
    ['Refused', Refused],
    ['InvalidInput', Refused],
    ['Retryable', Retryable],
    ['OutcomeUnknown', OutcomeUnknown],
    ['Sandbox.Timedout', OutcomeUnknown],
    ['Runtime.ImportModuleError', OutcomeUnknown],
  ])('learns from its error %s whether the memory may have changed', async (errorType, expected) => {
    const { lambda, setMemory } = writing();
    lambda.on(InvokeCommand).resolves({
      FunctionError: 'Unhandled',
      Payload: bytes({ errorType, errorMessage: 'the reason' }),
    });
    await expect(setMemory()).rejects.toThrow(expected);
    await expect(setMemory()).rejects.toThrow('the reason');
  });

  it.each([undefined, 'not JSON', '{}'])('takes an error without a name for an open outcome: %s', async (text) => {
    const { lambda, setMemory } = writing();
    const Payload = text === undefined ? undefined : (new TextEncoder().encode(text) as never);
    lambda.on(InvokeCommand).resolves({ FunctionError: 'Unhandled', ...(Payload === undefined ? {} : { Payload }) });
    await expect(setMemory()).rejects.toThrow(OutcomeUnknown);
  });
});

describe('the function that sets memory', () => {
  it('sends the memory and the revision, and no other setting of the function', async () => {
    const client = new LambdaClient({ region: 'eu-west-1' });
    const lambda = mockClient(client);
    lambda.on(UpdateFunctionConfigurationCommand).resolves({});
    expect(await makeFunctionWriter(client)(CHANGE)).toBe('changed');
    expect(lambda.calls().map(({ args }) => args[0].input)).toEqual([
      { FunctionName: 'worker', MemorySize: 1024, RevisionId: 'revision-1' },
    ]);
  });

  it.each([
    ...['Environment', 'Role', 'Handler', 'Layers', 'VpcConfig', 'Timeout', 'FileSystemConfigs'].map((setting) => ({
      ...CHANGE,
      [setting]: {},
    })),
    { ...CHANGE, functionName: 'arn:aws:lambda:eu-west-1:999988887777:function:theirs' },
    { ...CHANGE, functionName: 'worker:live' },
    { ...CHANGE, functionName: '../worker' },
    { ...CHANGE, memoryMb: 64 },
    { ...CHANGE, memoryMb: 20_480 },
    { ...CHANGE, memoryMb: 1024.5 },
    { functionName: 'worker', memoryMb: 1024 },
  ])('takes nothing else: %j', (change) => {
    expect(MemoryChange.safeParse(CHANGE).success).toBe(true);
    expect(MemoryChange.safeParse(change).success).toBe(false);
  });
});
