import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { handleInteraction, type InteractionDeps } from '#shared/app/slack/handle-interaction.ts';

type Request = Pick<APIGatewayProxyEventV2, 'body' | 'headers' | 'isBase64Encoded'>;

/** Handles `POST /slack/interactions`. Slack shows an error to whoever pressed when the answer is not 200. */
export function makeHandler(deps: InteractionDeps) {
  return async ({ body, headers, isBase64Encoded }: Request): Promise<APIGatewayProxyStructuredResultV2> => {
    const { status, reason } = await handleInteraction(
      {
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
      },
      deps,
    );
    return {
      statusCode: status,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: reason === null ? '' : JSON.stringify({ message: reason }),
    };
  };
}
