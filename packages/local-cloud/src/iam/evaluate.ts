import { type Context, conditionsHold, withVariables } from './conditions.ts';
import type { Policy, Principal, Principals, Statement } from './policy.ts';
import { wildcardMatches } from './wildcard.ts';

export interface AccessRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export type Verdict = 'allowed' | 'explicit-deny' | 'implicit-deny';

/**
 * Policy evaluation within one account: an explicit deny wins, then an allow of either kind; everything else is denied (IAM User
 * Guide, "Policy evaluation logic"; without boundaries, session policies and service control policies).
 */
export function evaluate(
  request: AccessRequest,
  identityPolicies: readonly Policy[],
  resourcePolicies: readonly Policy[],
): Verdict {
  const applying = [
    ...identityPolicies.flatMap((policy) => policy.statements.filter((each) => applies(each, request))),
    ...resourcePolicies.flatMap((policy) =>
      policy.statements.filter((each) => each.principals !== null && applies(each, request)),
    ),
  ];
  if (applying.some((statement) => statement.effect === 'Deny')) return 'explicit-deny';
  const allows = applying.some((statement) => statement.effect === 'Allow' && !namesOnlyAccount(statement, request));
  return allows ? 'allowed' : 'implicit-deny';
}

/** Whether a trust policy lets the service assume the role. */
export function trusts(trustPolicy: Policy, service: string, context: Context): boolean {
  const request: AccessRequest = {
    principal: { kind: 'service', name: service },
    action: 'sts:AssumeRole',
    resource: '*',
    context,
  };
  return evaluate(request, [], [trustPolicy]) === 'allowed';
}

function applies(statement: Statement, request: AccessRequest): boolean {
  return (
    actionMatches(statement, request.action) &&
    resourceMatches(statement, request) &&
    (statement.principals === null || principalMatches(statement.principals, request.principal)) &&
    conditionsHold(statement.conditions, request.context)
  );
}

function actionMatches({ actions, notActions }: Statement, action: string): boolean {
  if (actions !== null) return actions.some((pattern) => wildcardMatches(pattern, action, true));
  return !(notActions ?? []).some((pattern) => wildcardMatches(pattern, action, true));
}

function resourceMatches({ resources, notResources }: Statement, request: AccessRequest): boolean {
  const matches = (pattern: string) => wildcardMatches(withVariables(pattern, request.context), request.resource);
  if (resources !== null) return resources.some(matches);
  return notResources === null || !notResources.some(matches);
}

function principalMatches(principals: Principals, principal: Principal): boolean {
  if (principals.everyone) return true;
  if (principal.kind === 'service') return principals.services.includes(principal.name);
  return principals.aws.some((each) => each === principal.arn || isAccount(each, principal.accountId));
}

/** A resource policy that names only the account leaves the decision to identity policies; by itself it allows nothing. */
function namesOnlyAccount({ principals }: Statement, { principal }: AccessRequest): boolean {
  if (principals === null || principals.everyone || principal.kind === 'service') return false;
  return !principals.aws.includes(principal.arn);
}

function isAccount(given: string, accountId: string): boolean {
  return given === accountId || given === `arn:aws:iam::${accountId}:root`;
}
