import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** The part of the HTTP API's event that a signature is about. */
export type SignedRequest = Pick<APIGatewayProxyEventV2, 'body' | 'headers' | 'isBase64Encoded'>;

/** Headers with lower-case names, and the bytes of the body exactly as received. */
export function rawRequest({ body, headers, isBase64Encoded }: SignedRequest) {
  return {
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
  };
}
