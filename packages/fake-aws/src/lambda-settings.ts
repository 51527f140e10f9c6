import { randomUUID } from 'node:crypto';
import type { EffectKind } from '@selfheal/fake-server/journal.ts';
import { type AwsContext, AwsError } from './operation.ts';
import type { LambdaState } from './state.ts';

/** Sets the memory of `$LATEST`; any other setting is refused. https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html */
export function updateConfiguration(context: AwsContext, state: LambdaState, input: Record<string, unknown>): void {
  const { MemorySize, RevisionId, FunctionName: _name, ...others } = input;
  if (RevisionId !== undefined && RevisionId !== state.revisionId) {
    throw new AwsError('PreconditionFailedException', 412, 'The Revision Id provided does not match the latest one.');
  }
  const isFit =
    typeof MemorySize === 'number' && Number.isInteger(MemorySize) && MemorySize >= 128 && MemorySize <= 10_240;
  if (!isFit || Object.keys(others).length > 0) {
    throw new AwsError('InvalidParameterValueException', 400, 'The fake AWS only accepts MemorySize (128 to 10240).');
  }
  const from = state.memoryMb;
  Object.assign(state, { memoryMb: MemorySize, revisionId: randomUUID() });
  changed(context, state, 'lambda.memory.changed', { from, to: MemorySize });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
export function putConcurrency(context: AwsContext, state: LambdaState, input: Record<string, unknown>): object {
  const { ReservedConcurrentExecutions: to } = input;
  if (typeof to !== 'number' || !Number.isInteger(to) || to < 0) {
    throw new AwsError('InvalidParameterValueException', 400, 'ReservedConcurrentExecutions must be a whole number.');
  }
  const from = state.reservedConcurrency;
  state.reservedConcurrency = to;
  changed(context, state, 'lambda.concurrency.changed', { from, to });
  return getConcurrency(state);
}

export function getConcurrency({ reservedConcurrency }: LambdaState): object {
  return reservedConcurrency === null ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
}

function changed(
  context: AwsContext,
  state: LambdaState,
  kind: EffectKind,
  facts: Record<string, number | null>,
): void {
  context.cloud.functions.put(state.name, state);
  if (facts.from !== facts.to) context.journal.record(kind, state.name, facts);
  if (state.name === 'invoices-worker') context.deployed('invoices');
}
