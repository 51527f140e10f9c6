import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import {
  type ApprovalDeps,
  approvalDetails,
  type BriefingDeps,
  decideApproval,
  type ListApprovalsDeps,
  listApprovals,
} from '#shared/app/approve/approval.ts';
import type { Claims } from '#shared/app/approve/approver.ts';
import { type DelegateDeps, delegateApprovals } from '#shared/app/approve/delegate-approvals.ts';
import type { DecisionOutcome } from '#shared/app/approve/settle.ts';
import { InvalidInput } from '#shared/kernel/errors.ts';
import { config } from './config.ts';

export interface ApprovalHandlerDeps extends BriefingDeps, Pick<ListApprovalsDeps, 'approvals'>, DelegateDeps {
  readonly delegations: ApprovalDeps['delegations'] & DelegateDeps['delegations'];
  readonly dashboardUrl: string;
}

type Response = APIGatewayProxyStructuredResultV2;

const Place = z.object({
  incidentId: z.string().regex(/^[a-z0-9-]{8,60}$/),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
const Decision = z.strictObject({ decision: z.enum(['approved', 'rejected']), digest: z.string() });
const Authorized = z.object({ authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) }) });
const DelegationBody = z.strictObject({ to: z.string().max(200), hours: z.number() });
const [PAGE, DETAILS, DECIDE, LIST, DELEGATE] = config.trigger.routes.map(({ method, path }) => `${method} ${path}`);
const MAX_BODY_LENGTH = 1_000;

/**
 * Serves the approval routes. The address in mails from before there was a dashboard leads there; details, decisions, the list and delegations are
 * behind the API's authorizer. Throws `InvalidInput` for a request body that is not as documented.
 */
export function makeHandler(deps: ApprovalHandlerDeps) {
  return async (event: APIGatewayProxyEventV2): Promise<Response> => {
    if (event.routeKey === LIST) return json(200, { approvals: await listApprovals(claimsOf(event), deps) });
    if (event.routeKey === DELEGATE) return await delegation(event, deps);
    const place = Place.safeParse(event.pathParameters);
    if (!place.success) return json(404, { message: 'There is no such approval.' });
    switch (event.routeKey) {
      case PAGE:
        return toDashboard(place.data, deps);
      case DETAILS:
        return await details(place.data, claimsOf(event), deps);
      case DECIDE:
        return await decision(place.data, event, deps);
      default:
        return json(404, { message: 'There is no such page.' });
    }
  };
}

function toDashboard({ incidentId, digest }: z.infer<typeof Place>, { dashboardUrl }: ApprovalHandlerDeps): Response {
  const location = `${dashboardUrl.replace(/\/+$/, '')}/approvals/${incidentId}/${digest}`;
  return {
    statusCode: 303,
    headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
    body: '',
  };
}

async function details(place: z.infer<typeof Place>, claims: Claims, deps: BriefingDeps): Promise<Response> {
  const found = await approvalDetails(place, claims, deps);
  return found.kind === 'details' ? json(200, found.details) : answerTo(found);
}

async function decision(
  place: z.infer<typeof Place>,
  event: APIGatewayProxyEventV2,
  deps: ApprovalDeps,
): Promise<Response> {
  const body = Decision.safeParse(bodyOf(event));
  if (!body.success)
    throw new InvalidInput('Expected {"decision": "approved" or "rejected", "digest": the digest of the plan}.');
  if (body.data.digest !== place.digest)
    throw new InvalidInput('The digest does not belong to this plan. Reload the page.');
  return answerTo(await decideApproval(place, body.data.decision, claimsOf(event), deps));
}

async function delegation(event: APIGatewayProxyEventV2, deps: DelegateDeps): Promise<Response> {
  const body = DelegationBody.safeParse(bodyOf(event));
  if (!body.success) throw new InvalidInput('Expected {"to": an e-mail address, "hours": a whole number}.');
  const delegated = await delegateApprovals(body.data, claimsOf(event), deps);
  return delegated.kind === 'delegated'
    ? json(200, { message: `The delegate may approve until ${delegated.until}.`, until: delegated.until })
    : json(403, { message: delegated.reason });
}

function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): unknown {
  if (body.length > MAX_BODY_LENGTH) {
    throw new InvalidInput(`The body has ${body.length} characters; the limit is ${MAX_BODY_LENGTH}.`);
  }
  try {
    return JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
  } catch {
    throw new InvalidInput('The body is not JSON.');
  }
}

/** The claims of the token; empty without an authorizer, and then nobody is recognised as an approver. */
function claimsOf(event: APIGatewayProxyEventV2): Claims {
  const parsed = Authorized.safeParse(event.requestContext);
  return parsed.success ? parsed.data.authorizer.jwt.claims : {};
}

function answerTo(outcome: DecisionOutcome): Response {
  switch (outcome.kind) {
    case 'answered':
      return json(200, { message: 'Your decision was passed on to the workflow.' });
    case 'recorded':
      return json(202, {
        message:
          'Your decision is recorded, but the workflow cannot be reached at the moment. It will be passed on within minutes.',
      });
    case 'not-found':
      return json(404, { message: 'There is no such approval.' });
    case 'forbidden':
      return json(403, { message: outcome.reason });
    case 'expired':
      return json(410, { message: 'The request has expired; the workflow no longer waits for it.' });
    case 'decided-before':
      return json(409, { message: `Already decided by ${outcome.decidedBy ?? 'somebody'}.` });
    default:
      return outcome satisfies never;
  }
}

function json(statusCode: number, body: object): Response {
  return {
    statusCode,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body: JSON.stringify(body),
  };
}
