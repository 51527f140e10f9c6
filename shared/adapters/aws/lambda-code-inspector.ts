import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CodeInspector } from '@selfheal/patch-guard/code-inspector.ts';
import { Inspection } from '@selfheal/patch-guard/inspection.ts';
import { callAws } from './errors.ts';

/** Calls the function with the parsers, which are too large for any other function. */
export function makeLambdaCodeInspector(options: {
  readonly functionArn: string;
  readonly client?: LambdaClient;
}): CodeInspector {
  const { functionArn, client = new LambdaClient({}) } = options;
  return {
    async inspect(incidentId, files) {
      const Payload = JSON.stringify({ incidentId, files });
      const command = new InvokeCommand({ FunctionName: functionArn, Payload });
      const { FunctionError: failed, Payload: answer } = await callAws('Inspecting a patch', () =>
        client.send(command),
      );
      if (failed !== undefined || answer === undefined)
        throw new Error('The function inspect-patch failed; see its log.');
      return Inspection.parse(JSON.parse(new TextDecoder().decode(answer)));
    },
  };
}
