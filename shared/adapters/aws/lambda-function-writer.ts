import {
  InvokeCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { LambdaFunctionWriter } from '#shared/ports/cloud.ts';
import { ONCE } from './client-settings.ts';
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

/** Longer than the timeout of the function `set-memory`, so that its own word arrives. */
const SETTER_TIMEOUT_MS = 28_000;

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
      const change = { functionName, memoryMb, revisionId } satisfies MemoryChange;
      const command = new InvokeCommand({ FunctionName: memorySetterArn, Payload: JSON.stringify(change) });
      const { FunctionError: failed, Payload: answer } = await sendEffect(what, () =>
        client.send(command, { requestTimeout: SETTER_TIMEOUT_MS }),
      );
      const text = new TextDecoder().decode(answer);
      if (failed !== undefined) throw errorOf(what, text);
      return MemoryOutcome.parse(JSON.parse(text));
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

const FailedInvocation = z.object({ errorType: z.string(), errorMessage: z.string() }).catch({
  errorType: 'unreadable',
  errorMessage: 'The function set-memory failed; see its log.',
});

/** The error of the function `set-memory` by its name, which Lambda reports as `errorType`. Any other failure leaves the outcome open. */
function errorOf(what: string, payload: string): Error {
  const { errorType, errorMessage } = FailedInvocation.parse(jsonOrNull(payload));
  if (errorType === 'Refused' || errorType === 'InvalidInput') return new Refused(errorMessage);
  if (errorType === 'Retryable') return new Retryable(errorMessage);
  return new OutcomeUnknown(`${what}: ${errorMessage}`);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
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
