import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ParameterStore } from '#shared/ports/playbook-effects.ts';
import { ONCE, REPEATABLE } from './client-settings.ts';
import { callAws, sendEffect } from './errors.ts';

/** Reads and overwrites plain parameters. Encrypted ones are returned encrypted and so match no playbook. */
export function makeSsmParameters(
  options: { readonly client?: SSMClient; readonly effects?: SSMClient } = {},
): ParameterStore {
  const { client = new SSMClient(REPEATABLE), effects = new SSMClient(ONCE) } = options;
  return {
    read: async (name) => {
      const command = new GetParameterCommand({ Name: name });
      const answer = await callAws(`Reading the parameter ${name}`, () =>
        client.send(command).catch((error: unknown) => {
          if (error instanceof Error && error.name === 'ParameterNotFound') return null;
          throw error;
        }),
      );
      return answer?.Parameter?.Value ?? null;
    },
    write: async (name, value) => {
      const command = new PutParameterCommand({ Name: name, Value: value, Overwrite: true });
      await sendEffect(`Writing the parameter ${name}`, () => effects.send(command));
    },
  };
}
