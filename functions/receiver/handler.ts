import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ReceiveDeps, receiveDelivery } from '#shared/app/intake/receive-delivery.ts';

type Request = Pick<APIGatewayProxyEventV2, 'body' | 'headers' | 'isBase64Encoded' | 'pathParameters'>;

/** Handles `POST /webhooks/{source}/{connection}`: translates the HTTP API's event to a delivery, and the answer back. */
export function makeHandler(deps: ReceiveDeps) {
  return async ({
    body,
    headers,
    isBase64Encoded,
    pathParameters,
  }: Request): Promise<APIGatewayProxyStructuredResultV2> => {
    const { source = '', connection = '', secret } = pathParameters ?? {};
    const answer = await receiveDelivery(
      {
        sourceId: source,
        connectionId: connection,
        pathSecret: secret ?? null,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
      },
      deps,
    );
    return {
      statusCode: answer.status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(answer.body),
    };
  };
}
