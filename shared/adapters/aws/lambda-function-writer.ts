import {
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { LambdaFunctionWriter } from '#shared/ports/cloud.ts';
import { ONCE } from './client-settings.ts';
import { sendEffect } from './errors.ts';

/** Changes the configuration of functions. Never repeated after a lost answer (`OutcomeUnknown`). */
export function makeLambdaFunctionWriter(options: { readonly client?: LambdaClient } = {}): LambdaFunctionWriter {
  const { client = new LambdaClient(ONCE) } = options;
  return {
    setMemory: (functionName, memoryMb, expectedRevisionId) => {
      const command = new UpdateFunctionConfigurationCommand({
        FunctionName: functionName,
        MemorySize: memoryMb,
        RevisionId: expectedRevisionId,
      });
      return sendEffect(`Setting the memory of ${functionName} to ${memoryMb} MB`, async () => {
        try {
          await client.send(command);
          return 'changed';
        } catch (error) {
          if (error instanceof Error && error.name === 'PreconditionFailedException') return 'changed-meanwhile';
          throw error;
        }
      });
    },
    reserve: async (functionName, concurrency) => {
      const command = new PutFunctionConcurrencyCommand({
        FunctionName: functionName,
        ReservedConcurrentExecutions: concurrency,
      });
      await sendEffect(`Setting the concurrency of ${functionName} to ${concurrency}`, () => client.send(command));
    },
  };
}
