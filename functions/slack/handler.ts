import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { handleInteraction, type InteractionDeps } from '#shared/app/slack/handle-interaction.ts';
import { rawRequest, type SignedRequest } from '../raw-request.ts';

/** Handles `POST /slack/interactions`. Slack shows an error to whoever pressed when the answer is not 200. */
export function makeHandler(deps: InteractionDeps) {
  return async (event: SignedRequest): Promise<APIGatewayProxyStructuredResultV2> => {
    const { status, reason } = await handleInteraction(rawRequest(event), deps);
    return {
      statusCode: status,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: reason === null ? '' : JSON.stringify({ message: reason }),
    };
  };
}
