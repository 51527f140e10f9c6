import type { Backend } from '@selfheal/local-cloud/gateway/gateway.ts';
import { AwsFault, jsonResponse } from '@selfheal/local-cloud/wire/request.ts';

/** Forwards the functions' Converse calls to Amazon Bedrock with the user's credentials. Throws without credentials. */
export async function makeRealBedrock(): Promise<Backend> {
  // Loaded here so that a start without a model does not load it.
  const { openConverse } = await import('#shared/adapters/aws/bedrock-converse.ts');
  const converse = await openConverse(process.env);
  return async ({ request: { method, path, body, signal } }) => {
    const [, modelId] = /^\/model\/([^/]+)\/converse$/.exec(path) ?? [];
    if (method !== 'POST' || modelId === undefined) {
      throw new AwsFault('NotImplemented', `${method} ${path}: only Converse is forwarded to Amazon Bedrock.`, 501);
    }
    const result = await converse(decodeURIComponent(modelId), JSON.parse(body.toString('utf8')), signal);
    switch (result.kind) {
      case 'answered':
        return jsonResponse(result.answer);
      case 'refused':
        throw new AwsFault(result.code, result.message, result.status);
      case 'unreachable':
        throw new AwsFault('ServiceUnavailableException', `Amazon Bedrock cannot be reached: ${result.message}`, 503);
      default:
        return result satisfies never;
    }
  };
}
