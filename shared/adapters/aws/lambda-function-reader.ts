import { GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { Refused } from '@selfheal/kernel/errors.ts';
import { REPEATABLE } from './client-settings.ts';
import type { KindReaders } from './resource-reader.ts';

/** Reads `$LATEST` of Lambda functions. https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export function lambdaFunctionReader(options: { readonly client?: LambdaClient } = {}) {
  const { client = new LambdaClient(REPEATABLE) } = options;
  return {
    'lambda-function': async ({ kind, functionName }) => {
      const name = { FunctionName: functionName };
      const [configuration, { ReservedConcurrentExecutions }] = await Promise.all([
        client.send(new GetFunctionConfigurationCommand(name)),
        client.send(new GetFunctionConcurrencyCommand(name)),
      ]);
      const { MemorySize, RevisionId, LastUpdateStatus } = configuration;
      if (!MemorySize || !RevisionId)
        throw new Refused(`Lambda did not report the memory of function ${functionName}.`);
      return {
        kind,
        functionName,
        memoryMb: MemorySize,
        revisionId: RevisionId,
        settled: (LastUpdateStatus ?? 'Successful') === 'Successful',
        reservedConcurrency: ReservedConcurrentExecutions ?? null,
      };
    },
  } satisfies KindReaders;
}
