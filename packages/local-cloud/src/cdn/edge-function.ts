import { createContext, Script } from 'node:vm';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { isObject, objectOf, textOf } from '../template/json.ts';
import type { GatewayRequest, GatewayResponse } from '../wire/request.ts';

/** Ends a function that hangs. Generous, because it is wall-clock time: on a busy machine a short function can wait long for the processor. */
const MAX_MILLISECONDS = 2000;

/** What a CloudFront function makes of a request: the path to go on with, or an answer of its own. */
export type EdgeResult =
  | { readonly kind: 'request'; readonly uri: string }
  | { readonly kind: 'response'; readonly response: GatewayResponse };

/**
 * Compiles the code of a CloudFront function for viewer requests (CloudFront Developer Guide, "CloudFront Functions event structure"). It sees
 * method, path and headers; of the request that it returns, the path is used. Throws `UnsupportedTemplate` for code that does not compile.
 */
export function compileEdgeFunction(id: string, code: string): (request: GatewayRequest) => EdgeResult {
  const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
  try {
    new Script(code).runInContext(context);
  } catch (cause) {
    throw new UnsupportedTemplate(`${id}: its code is not JavaScript: ${String(cause)}.`);
  }
  const call = new Script('JSON.stringify(handler(JSON.parse(input)))');
  return (request) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, { value }]));
    const event = {
      version: '1.0',
      context: { eventType: 'viewer-request' },
      viewer: { ip: request.sourceIp },
      request: { method: request.method, uri: request.path, querystring: {}, headers, cookies: {} },
    };
    context.input = JSON.stringify(event);
    const result: unknown = JSON.parse(String(call.runInContext(context, { timeout: MAX_MILLISECONDS })));
    if (isObject(result) && typeof result.uri === 'string') return { kind: 'request', uri: result.uri };
    const { statusCode, headers: given, body } = objectOf(result);
    const sent = Object.entries(objectOf(given)).map(([name, each]) => [name, String(objectOf(each).value)]);
    const text = textOf(objectOf(body).data) ?? textOf(body) ?? '';
    return {
      kind: 'response',
      response: { status: Number(statusCode), headers: Object.fromEntries(sent), body: text },
    };
  };
}
