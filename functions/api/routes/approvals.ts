import * as z from 'zod';
import type { Claims } from '#shared/app/access/approver.ts';
import {
  approvalDetails,
  type BriefingDeps,
  decideApproval,
  type ListApprovalsDeps,
  listApprovals,
} from '#shared/app/approve/approval.ts';
import { type DelegateDeps, delegateApprovals } from '#shared/app/approve/delegate-approvals.ts';
import { type DecisionOutcome, decidedBeforeWords } from '#shared/app/approve/settle.ts';
import type { Caller } from '#shared/domain/access/caller.ts';
import { Problem } from '../problem.ts';
import { answers, jsonBody, makeRoutes, NOT_FOUND, routeFor, withProblems } from './contract.ts';
import { IncidentBriefing, Lines } from './incident-answers.ts';

export interface ApprovalRoutesDeps extends BriefingDeps, Pick<ListApprovalsDeps, 'approvals'> {
  readonly delegations: BriefingDeps['delegations'] & DelegateDeps['delegations'];
}

const Fact = z.object({ name: z.string(), value: z.string() });

const Summary = z.object({
  digest: z.string(),
  title: z.string(),
  description: z.string(),
  risk: z.string(),
  facts: z.array(Fact).readonly(),
  expiresAt: z.string(),
  state: z.enum(['pending', 'approved', 'rejected', 'expired']),
  decidedBy: z.string().nullable().meta({ description: 'Name of the person.' }),
  decisionReason: z.string().nullable(),
  decidedAt: z.string().nullable(),
  mayApprove: z.boolean().meta({ description: 'Whether you may approve it.' }),
  objection: z.string().nullable().meta({ description: 'Why you may not.' }),
});

const ListedApproval = Summary.extend({
  incidentId: z.string(),
  requestedAt: z.string(),
  failure: z.string().nullable().meta({ description: 'The failure in one line.' }),
  place: z.string().meta({ description: 'Repository with pull request, alarm with region, or service.' }),
  askedBy: z.string().nullable().meta({ description: 'Who asked for the action; null: Selfheal chose it.' }),
});

export const ListedApprovals = z
  .object({ approvals: z.array(ListedApproval).readonly() })
  .meta({ id: 'ListedApprovals' });

export const ApprovalDetails = Summary.extend({
  briefing: IncidentBriefing.extend({
    plan: z.array(Fact).readonly(),
    change: z.object({ looks: Lines, diff: z.string() }).nullable(),
    requestedAt: z.string(),
    withoutAnswer: z.string(),
    commands: z.object({ approve: z.string(), reject: z.string() }).nullable(),
  }),
}).meta({ id: 'ApprovalDetails', description: 'Texts come from logs and models: show them as plain text.' });

const Place = z.strictObject({
  incidentId: z.string().regex(/^[a-z0-9-]{8,60}$/, 'Must be the id of an incident'),
  digest: z.string().regex(/^[0-9a-f]{64}$/, 'Must be the digest of a plan: 64 hexadecimal digits'),
});

const Decision = z
  .strictObject({
    decision: z.enum(['approved', 'rejected']),
    reason: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .nullable()
      .default(null)
      .meta({ description: 'Why, for the audit trail.' }),
  })
  .meta({ id: 'Decision', description: 'The digest in the path names the plan that was read.' });
const Decided = z.object({ message: z.string() });

const DelegationOrder = z
  .strictObject({
    to: z.string().min(1).max(200).meta({ description: 'E-mail address of a user of the user pool.' }),
    hours: z.number().int().min(1).max(336),
  })
  .meta({ id: 'DelegationOrder' });
const Delegated = z.object({ until: z.string() });

const TAGS = ['approvals'];

const list = routeFor('read', {
  method: 'get',
  path: '/api/approvals',
  tags: TAGS,
  summary: 'List the plans that wait for a decision, oldest first',
  responses: answers('The plans.', ListedApprovals),
});

const show = routeFor('read', {
  method: 'get',
  path: '/api/approvals/{incidentId}/{digest}',
  tags: TAGS,
  summary: 'Read a plan with all that is needed to judge it: cause, evidence, effect, undo, history',
  request: { params: Place },
  responses: { ...answers('The plan.', ApprovalDetails), ...NOT_FOUND },
});

const decide = routeFor('approve', {
  method: 'post',
  path: '/api/approvals/{incidentId}/{digest}',
  tags: TAGS,
  summary: 'Approve or reject a plan',
  description: 'For people, not for API keys. The same decision by the same person may be sent again.',
  request: { params: Place, body: jsonBody(Decision) },
  responses: {
    ...answers('The decision was passed on to the workflow.', Decided),
    202: {
      description: 'The decision is stored; it will be passed on.',
      content: { 'application/json': { schema: Decided } },
    },
    ...NOT_FOUND,
    ...withProblems({ 409: 'Somebody decided before.', 410: 'The request has expired.' }),
  },
});

const delegate = routeFor('approve', {
  method: 'post',
  path: '/api/approvals/delegations',
  tags: TAGS,
  summary: 'Let another person approve on your behalf for some hours',
  description:
    'They get what your own groups allow, except plans for your own changes. To use it they need the role `approver`, too.',
  request: { body: jsonBody(DelegationOrder) },
  responses: answers('They may approve until then.', Delegated),
});

export function approvalRoutes(deps: ApprovalRoutesDeps) {
  return makeRoutes()
    .openapi(list, async (context) =>
      context.json({ approvals: await listApprovals(claimsOf(context.get('caller')), deps) }, 200),
    )
    .openapi(show, async (context) => {
      const place = context.req.valid('param');
      const found = await approvalDetails(place, claimsOf(context.get('caller')), deps);
      if (found.kind === 'forbidden') throw new Problem('forbidden', found.reason);
      if (found.kind === 'not-found') throw missing(place);
      return context.json(found.details, 200);
    })
    .openapi(decide, async (context) => {
      const claims = claimsOf(context.get('caller'));
      const place = context.req.valid('param');
      const { decision, reason } = context.req.valid('json');
      const outcome = await decideApproval(place, decision, claims, deps, reason);
      if (outcome.kind === 'answered') return context.json({ message: 'Your decision was passed on.' }, 200);
      if (outcome.kind === 'recorded') return context.json({ message: RECORDED }, 202);
      throw problemWith(outcome, place);
    })
    .openapi(delegate, async (context) => {
      const claims = claimsOf(context.get('caller'));
      const delegated = await delegateApprovals(context.req.valid('json'), claims, deps);
      if (delegated.kind === 'refused') throw new Problem('forbidden', delegated.reason);
      return context.json({ until: delegated.until }, 200);
    });
}

const RECORDED =
  'Your decision is recorded. The workflow cannot be reached at the moment; the decision will be passed on within minutes.';

/** Of a person: a key has none, and cannot be the one who approved. Throws `Problem`. */
function claimsOf({ kind, claims }: Caller): Claims {
  if (kind === 'person' && claims !== undefined) return claims;
  throw new Problem(
    'forbidden',
    'Approvals are for people: sign in with an ID token of the user pool instead of an API key.',
  );
}

function problemWith(
  outcome: Exclude<DecisionOutcome, { kind: 'answered' | 'recorded' }>,
  place: z.infer<typeof Place>,
): Problem {
  switch (outcome.kind) {
    case 'not-found':
      return missing(place);
    case 'forbidden':
      return new Problem('forbidden', outcome.reason);
    case 'expired':
      return new Problem('expired', 'The request has expired; the workflow no longer waits for it.');
    case 'decided-before':
      return new Problem('conflict', decidedBeforeWords(outcome));
    default:
      return outcome satisfies never;
  }
}

function missing({ incidentId }: z.infer<typeof Place>): Problem {
  return new Problem('not-found', `Incident ${incidentId} has no such plan. GET /api/approvals lists what waits.`);
}
