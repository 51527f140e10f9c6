import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { OutcomeUnknown, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import { sendEffect } from './errors.ts';

/** Longer than the timeout of the functions that are called, so that their own word arrives. */
const CALL_TIMEOUT_MS = 28_000;

export interface DelegatedCall {
  /** The effect, for errors: `Setting the memory of worker to 1024 MB`. */
  readonly what: string;
  readonly functionArn: string;
  /** Name of the function in the deployment, for errors. */
  readonly functionName: string;
  readonly input: object;
}

/**
 * Has a function of the deployment perform an effect that its role alone may, and returns its answer, parsed JSON. Never repeated after a lost
 * answer (`OutcomeUnknown`); what the function certainly did not do is `Refused` or `Retryable`.
 */
export async function delegate(
  client: LambdaClient,
  { what, functionArn, functionName, input }: DelegatedCall,
): Promise<unknown> {
  const command = new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(input) });
  const { FunctionError: failed, Payload: answer } = await sendEffect(what, () =>
    client.send(command, { requestTimeout: CALL_TIMEOUT_MS }),
  );
  const text = new TextDecoder().decode(answer);
  if (failed !== undefined) throw errorOf(what, functionName, text);
  return JSON.parse(text);
}

const FailedInvocation = z.object({ errorType: z.string(), errorMessage: z.string() });

/** The error of the function by its name, which Lambda reports as `errorType`. Any other failure leaves the outcome open. */
function errorOf(what: string, functionName: string, payload: string): Error {
  const read = FailedInvocation.safeParse(jsonOrNull(payload));
  if (!read.success) return new OutcomeUnknown(`${what}: The function ${functionName} failed; see its log.`);
  const { errorType, errorMessage } = read.data;
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
