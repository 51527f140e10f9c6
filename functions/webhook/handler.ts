import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ingestWebhook, type WebhookDeps } from '#shared/app/intake/ingest-webhook.ts';
import { rawRequest, type SignedRequest } from '../raw-request.ts';

type Request = SignedRequest & Pick<APIGatewayProxyEventV2, 'pathParameters'>;

/** Handles `POST /webhooks/{source}`: translates the HTTP API's event to a delivery, and the answer back. */
export function makeHandler(deps: WebhookDeps) {
  return async (event: Request): Promise<APIGatewayProxyStructuredResultV2> => {
    const answer = await ingestWebhook({ sourceId: event.pathParameters?.source ?? '', ...rawRequest(event) }, deps);
    return {
      statusCode: answer.status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(answer.body),
    };
  };
}
