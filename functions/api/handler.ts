import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ApiDeps, makeApi } from './app.ts';

/** An event of the HTTP API (payload format 2.0) as a request, and the response as its answer. */
export function makeHandler(deps: ApiDeps) {
  const api = makeApi(deps);
  return async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
    const response = await api.fetch(requestOf(event));
    return {
      statusCode: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  };
}

function requestOf(event: APIGatewayProxyEventV2): Request {
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = event;
  const { method } = requestContext.http;
  // Every route lies under /api; some answer without it, too.
  const path = rawPath.startsWith('/api/') ? rawPath : `/api${rawPath}`;
  const url = `https://${requestContext.domainName}${path}${rawQueryString === '' ? '' : `?${rawQueryString}`}`;
  const given = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined);
  const content = body === undefined ? null : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  return new Request(url, { method, headers: given, ...(content === null ? {} : { body: content }) });
}
