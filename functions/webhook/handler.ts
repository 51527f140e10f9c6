import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ingestWebhook, type WebhookDeps } from '#shared/app/intake/ingest-webhook.ts';

type Request = Pick<APIGatewayProxyEventV2, 'body' | 'headers' | 'isBase64Encoded' | 'pathParameters'>;

/** Handles `POST /webhooks/{source}`: translates the HTTP API's event to a delivery, and the answer back. */
export function makeHandler(deps: WebhookDeps) {
  return async (event: Request): Promise<APIGatewayProxyStructuredResultV2> => {
    const answer = await ingestWebhook(
      {
        sourceId: event.pathParameters?.source ?? '',
        headers: Object.fromEntries(Object.entries(event.headers).map(([name, value]) => [name.toLowerCase(), value])),
        body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
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
