import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import type { AwsCall } from './call.ts';
import { AwsFault } from './fault.ts';
import type { Backend } from './gateway.ts';
import { jsonResponse } from './request.ts';

/**
 * Amazon Bedrock itself behind the gateway: the functions' Converse calls, signed anew with the credentials and for the region that the
 * AWS SDK finds in the environment, as the AWS CLI would (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
 * Throws when it finds none.
 */
export async function makeRealBedrock(): Promise<Backend> {
  // Loaded only when it is asked for: a start without a model does not pay for it.
  const { BedrockRuntimeClient, BedrockRuntimeServiceException, ConverseCommand } = await import(
    '@aws-sdk/client-bedrock-runtime'
  );
  // The function that asks repeats what may be repeated.
  const client = new BedrockRuntimeClient({ maxAttempts: 1 });
  await client.config.region().catch((cause: unknown) => refuse('no region: set AWS_REGION', cause));
  if (!process.env.AWS_BEARER_TOKEN_BEDROCK) {
    await client.config.credentials().catch((cause: unknown) => refuse(`no credentials: ${String(cause)}`, cause));
  }
  return async ({ request }) => {
    try {
      const { $metadata, ...answer } = await client.send(new ConverseCommand(inputOf(request)), {
        abortSignal: request.signal,
      });
      return jsonResponse(answer, $metadata.httpStatusCode ?? 200, 'application/json');
    } catch (error) {
      if (!(error instanceof BedrockRuntimeServiceException)) throw unavailable(error);
      throw new AwsFault(error.name, error.message, error.$metadata.httpStatusCode ?? 500);
    }
  };
}

/** Request and answer of Converse are the SDK's own shapes in JSON; nothing in ours is binary. */
function inputOf({ method, path, body }: AwsCall['request']): ConverseCommandInput {
  const [, modelId] = /^\/model\/([^/]+)\/converse$/.exec(path) ?? [];
  if (method !== 'POST' || modelId === undefined) {
    throw new AwsFault('NotImplemented', `${method} ${path}: only Converse goes to Amazon Bedrock.`, 501);
  }
  return { ...JSON.parse(body.toString('utf8')), modelId: decodeURIComponent(modelId) };
}

function unavailable(error: unknown): AwsFault {
  if (error instanceof AwsFault) return error;
  const told = error instanceof Error ? error.message : String(error);
  return new AwsFault('ServiceUnavailableException', `Amazon Bedrock cannot be reached: ${told}`, 503);
}

function refuse(what: string, cause: unknown): never {
  throw new Error(`AWS credentials are set, but there is ${what}. SELFHEAL_MODEL=rules starts without a model.`, {
    cause,
  });
}
