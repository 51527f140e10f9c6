import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ApiDeps, HEADERS, makeApi } from './app.ts';
import { problem } from './problem.ts';

/** No request of this API is larger. */
const MAX_BODY_BYTES = 100_000;

/** An event of the HTTP API (payload format 2.0) as a request, and the response as its answer. */
export function makeHandler(deps: ApiDeps) {
  const api = makeApi(deps);
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const request = requestOf(event);
    const response = request instanceof Response ? request : await api.fetch(request);
    return {
      statusCode: response.status,
      headers: { ...HEADERS, ...Object.fromEntries(response.headers) },
      body: await response.text(),
    };
  };
}

/** The request, or the answer to one that cannot be one. */
function requestOf(event: APIGatewayProxyEventV2): Request | Response {
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = event;
  const { method } = requestContext.http;
  const content = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (content.length > MAX_BODY_BYTES) return problem('too-large', `Send at most ${MAX_BODY_BYTES} bytes.`);
  // Every route lies under /api; some answer without it, too.
  const path = rawPath.startsWith('/api/') ? rawPath : `/api${rawPath}`;
  const url = `https://${requestContext.domainName}${path}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;
  const given = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined);
  const hasBody = method !== 'GET' && method !== 'HEAD' && body !== undefined;
  try {
    return new Request(url, { method, headers: given, ...(hasBody ? { body: content } : {}) });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return problem('invalid-request', 'The method or a header of the request is not one of HTTP.');
  }
}
