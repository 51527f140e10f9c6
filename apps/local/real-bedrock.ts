import type { Backend } from '@selfheal/local-cloud/gateway/gateway.ts';
import { AwsFault, jsonResponse } from '@selfheal/local-cloud/wire/request.ts';

/** Amazon Bedrock itself behind the gateway: the functions' Converse calls with one's own credentials. Throws when there are none. */
export async function makeRealBedrock(): Promise<Backend> {
  // Loaded only when it is asked for: a start without a model does not pay for it.
  const { openConverse } = await import('#shared/adapters/aws/bedrock-converse.ts');
  const converse = await openConverse(process.env);
  return async ({ request: { method, path, body, signal } }) => {
    const [, modelId] = /^\/model\/([^/]+)\/converse$/.exec(path) ?? [];
    if (method !== 'POST' || modelId === undefined) {
      throw new AwsFault('NotImplemented', `${method} ${path}: only Converse goes to Amazon Bedrock.`, 501);
    }
    const result = await converse(decodeURIComponent(modelId), JSON.parse(body.toString('utf8')), signal);
    switch (result.kind) {
      case 'answered':
        return jsonResponse(result.answer);
      case 'refused':
        throw new AwsFault(result.code, result.message, result.status);
      case 'unreachable':
        throw new AwsFault('ServiceUnavailableException', `Amazon Bedrock is not reached: ${result.message}`, 503);
      default:
        return result satisfies never;
    }
  };
}
