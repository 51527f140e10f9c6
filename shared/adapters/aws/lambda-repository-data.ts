import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DataAnswer, type RepositoryData } from '#shared/ports/repository-data.ts';
import { callAws } from './errors.ts';

/** Calls the function that alone may remove records. */
export function makeLambdaRepositoryData(options: {
  readonly functionArn: string;
  readonly client?: LambdaClient;
}): RepositoryData {
  const { functionArn, client = new LambdaClient({}) } = options;
  return {
    async ask(request) {
      const command = new InvokeCommand({ FunctionName: functionArn, Payload: JSON.stringify(request) });
      const { FunctionError: failed, Payload: answer } = await callAws('Asking for the data of a repository', () =>
        client.send(command),
      );
      if (failed !== undefined || answer === undefined)
        throw new Error('The function repository-data failed; see its log.');
      return DataAnswer.parse(JSON.parse(new TextDecoder().decode(answer)));
    },
  };
}
