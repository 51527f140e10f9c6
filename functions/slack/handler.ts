import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type TakeSlackDeps, takeSlackRequest } from '#shared/app/slack/take-request.ts';
import { rawRequest, type SignedRequest } from '../raw-request.ts';

/** Handles `POST /slack/interactions`. Slack shows an error to whoever pressed when the answer is not 200, or takes longer than three seconds. */
export function makeHandler(deps: TakeSlackDeps) {
  return async (event: SignedRequest): Promise<APIGatewayProxyStructuredResultV2> => {
    const { status, body } = await takeSlackRequest(rawRequest(event), deps);
    return { statusCode: status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body };
  };
}
