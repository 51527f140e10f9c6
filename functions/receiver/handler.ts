import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type ReceiveDeps, receiveDelivery } from '#shared/app/intake/receive-delivery.ts';
import { rawRequest, type SignedRequest } from '../raw-request.ts';

type Request = SignedRequest & Pick<APIGatewayProxyEventV2, 'pathParameters'>;

/** Handles `POST /webhooks/{source}/{connection}`: translates the HTTP API's event to a delivery, and the answer back. */
export function makeHandler(deps: ReceiveDeps) {
  return async (event: Request): Promise<APIGatewayProxyStructuredResultV2> => {
    const { source = '', connection = '', secret = null } = event.pathParameters ?? {};
    const delivery = { sourceId: source, connectionId: connection, pathSecret: secret, ...rawRequest(event) };
    const answer = await receiveDelivery(delivery, deps);
    return {
      statusCode: answer.status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(answer.body),
    };
  };
}
