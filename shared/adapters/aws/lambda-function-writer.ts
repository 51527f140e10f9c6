import {
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { LambdaFunctionWriter } from '#shared/ports/cloud.ts';
import { ONCE } from './client-settings.ts';
import { delegate } from './delegated-call.ts';
import { sendEffect } from './errors.ts';

/** Input of the function `set-memory`: everything that it can change. Strict, so that no other setting passes. */
export const MemoryChange = z.strictObject({
  /** A name in the deployment's own account and region; neither an ARN nor a version. */
  functionName: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
  memoryMb: z.number().int().min(128).max(10_240),
  revisionId: z.string().min(1).max(100),
});
export type MemoryChange = z.infer<typeof MemoryChange>;
export const MemoryOutcome = z.enum(['changed', 'changed-meanwhile']);
export type MemoryOutcome = z.infer<typeof MemoryOutcome>;

/**
 * Changes the configuration of functions. Never repeated after a lost answer (`OutcomeUnknown`). The memory is set by the function `set-memory`:
 * the AWS call for it could set environment, role and handler, too, and IAM has no condition on that.
 */
export function makeLambdaFunctionWriter(options: {
  readonly memorySetterArn: string;
  readonly client?: LambdaClient;
}): LambdaFunctionWriter {
  const { memorySetterArn, client = new LambdaClient(ONCE) } = options;
  return {
    setMemory: async (functionName, memoryMb, revisionId) => {
      const what = `Setting the memory of ${functionName} to ${memoryMb} MB`;
      const input = { functionName, memoryMb, revisionId } satisfies MemoryChange;
      const call = { what, functionArn: memorySetterArn, functionName: 'set-memory', input };
      return MemoryOutcome.parse(await delegate(client, call));
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

/** For the function `set-memory`, whose role alone may make this call: changes the memory of `$LATEST`, and nothing else. */
export function makeFunctionWriter(
  client: LambdaClient = new LambdaClient(ONCE),
): (change: MemoryChange) => Promise<MemoryOutcome> {
  return ({ functionName, memoryMb, revisionId }) => {
    const command = new UpdateFunctionConfigurationCommand({
      FunctionName: functionName,
      MemorySize: memoryMb,
      RevisionId: revisionId,
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
  };
}
