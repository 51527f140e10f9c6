import { LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import type { LambdaAliasWriter } from '#shared/ports/cloud.ts';
import { ONCE } from './client-settings.ts';
import { sendEffect } from './errors.ts';

/**
 * Moves an alias with all of its traffic: weights of a running canary are removed. Fenced by the revision id, and never
 * repeated after a lost answer (`OutcomeUnknown`).
 */
export function makeLambdaAliasWriter(options: { readonly client?: LambdaClient } = {}): LambdaAliasWriter {
  const { client = new LambdaClient(ONCE) } = options;
  return {
    pointTo: (functionName, alias, version, expectedRevisionId) => {
      const command = new UpdateAliasCommand({
        FunctionName: functionName,
        Name: alias,
        FunctionVersion: version,
        RevisionId: expectedRevisionId,
        RoutingConfig: { AdditionalVersionWeights: {} },
      });
      return sendEffect(`Pointing ${functionName}:${alias} to version ${version}`, async () => {
        try {
          await client.send(command);
          return 'moved';
        } catch (error) {
          if (error instanceof Error && error.name === 'PreconditionFailedException') return 'changed-meanwhile';
          throw error;
        }
      });
    },
  };
}
