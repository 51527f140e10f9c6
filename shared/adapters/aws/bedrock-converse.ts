import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  type ConverseCommandInput,
} from '@aws-sdk/client-bedrock-runtime';
import { messageOf } from '@selfheal/kernel/errors.ts';

/** Result of a call: Amazon Bedrock's answer, its refusal, or no answer. */
type ConverseResult =
  | { readonly kind: 'answered'; readonly answer: object }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly status: number }
  | { readonly kind: 'unreachable'; readonly message: string };

/**
 * `request` is the body of a Converse call: request and answer are the SDK's own shapes in JSON, because ours contain
 * nothing binary.
 */
export type Converse = (modelId: string, request: unknown, signal: AbortSignal) => Promise<ConverseResult>;

/**
 * Converse calls with the credentials and region that the AWS SDK finds in the environment, like the AWS CLI
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html). Throws, naming what is missing, when
 * it finds none.
 */
export async function openConverse(environment: Readonly<Record<string, string | undefined>>): Promise<Converse> {
  // The calling function retries where that is allowed.
  const client = new BedrockRuntimeClient({ maxAttempts: 1 });
  await client.config.region().catch((cause: unknown) => refuse('no region: set AWS_REGION', cause));
  if (!environment.AWS_BEARER_TOKEN_BEDROCK) {
    await client.config.credentials().catch((cause: unknown) => refuse(`no credentials: ${String(cause)}`, cause));
  }
  return async (modelId, request, abortSignal) => {
    try {
      const command = new ConverseCommand({ ...(request as ConverseCommandInput), modelId });
      const { $metadata, ...answer } = await client.send(command, { abortSignal });
      return { kind: 'answered', answer };
    } catch (error) {
      if (!(error instanceof BedrockRuntimeServiceException)) {
        return { kind: 'unreachable', message: messageOf(error) };
      }
      const { name: code, message, $metadata } = error;
      return { kind: 'refused', code, message, status: $metadata.httpStatusCode ?? 500 };
    }
  };
}

function refuse(what: string, cause: unknown): never {
  throw new Error(`AWS credentials are set, but there is ${what}. Set SELFHEAL_MODEL=rules to start without a model.`, {
    cause,
  });
}
