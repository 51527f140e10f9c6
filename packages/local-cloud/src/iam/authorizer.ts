import type { Context } from './conditions.ts';
import type { DecisionLog, IamDecision } from './decisions.ts';
import { evaluate, trusts } from './evaluate.ts';
import type { Policies, Role } from './policies.ts';
import type { Policy, Principal } from './policy.ts';

/** One permission that a call needs. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  readonly context?: Context;
}

export interface Authorizer {
  /** The first permission that the role lacks, or null when it has all. Every one is recorded. */
  refusedFor(role: Role, needs: readonly Need[]): IamDecision | null;
  /** Like `refusedFor`, for a service that acts without a role: only resource policies can allow it. */
  refusedForService(service: string, needs: readonly Need[]): IamDecision | null;
  /** Whether the role has the permission; not recorded. */
  would(role: Role, need: Need): boolean;
  /** Null when the service may assume the role, on behalf of a resource where it names one. */
  refusedAssumption(service: string, roleArn: string, sourceArn?: string): IamDecision | null;
  role(arn: string): Role | undefined;
  roleById(id: string): Role | undefined;
  /** Denies and records a call that no action mapping knows. */
  refuseUnmapped(role: string, action: string): IamDecision;
}

/** Authorizes calls by the synthesized policies; denies by default. */
export function makeAuthorizer(policies: Policies, log: DecisionLog, account: string): Authorizer {
  const decide = (principal: Principal, who: string, own: readonly Policy[], need: Need): IamDecision => {
    const context = { ...commonContext(principal, account), ...need.context };
    const { action, resource } = need;
    const reason = evaluate({ principal, action, resource, context }, own, policies.ofResource(resource));
    return { role: who, action, resource, context: need.context ?? {}, allowed: reason === 'allowed', reason };
  };
  const asRole = (role: Role, need: Need) =>
    decide({ kind: 'role', arn: role.arn, accountId: account }, role.id, role.policies, need);
  const firstRefused = (decisions: readonly IamDecision[]) => {
    for (const decision of decisions) log.record(decision);
    return decisions.find((decision) => !decision.allowed) ?? null;
  };
  return {
    refusedFor: (role, needs) => firstRefused(needs.map((need) => asRole(role, need))),
    refusedForService: (service, needs) =>
      firstRefused(needs.map((need) => decide({ kind: 'service', name: service }, service, [], need))),
    would: (role, need) => asRole(role, need).allowed,
    refusedAssumption(service, roleArn, sourceArn) {
      const role = policies.role(roleArn);
      const source = {
        'aws:SourceAccount': account,
        ...(sourceArn === undefined ? {} : { 'aws:SourceArn': sourceArn }),
      };
      const allowed = role !== undefined && trusts(role.trust, service, source);
      const reason = allowed ? 'allowed' : 'implicit-deny';
      const decision = { role: service, action: 'sts:AssumeRole', resource: roleArn, context: {}, allowed, reason };
      return firstRefused([decision as IamDecision]);
    },
    role: policies.role,
    roleById: policies.roleById,
    refuseUnmapped(role, action) {
      const decision: IamDecision = {
        role,
        action,
        resource: '*',
        context: {},
        allowed: false,
        reason: 'unmapped',
      };
      log.record(decision);
      return decision;
    },
  };
}

/** Loopback counts as TLS, so that policies which require TLS behave as they do on AWS. */
function commonContext(principal: Principal, account: string): Context {
  const common = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3', 'aws:CurrentTime': new Date().toISOString() };
  return principal.kind === 'service'
    ? { ...common, 'aws:PrincipalServiceName': principal.name, 'aws:PrincipalIsAWSService': 'true' }
    : {
        ...common,
        'aws:PrincipalArn': principal.arn,
        'aws:PrincipalAccount': account,
        'aws:PrincipalIsAWSService': 'false',
      };
}

/** The message with which AWS denies a call. */
export function refusalMessage(decision: IamDecision, roleArn: string): string {
  const why =
    decision.reason === 'explicit-deny'
      ? `with an explicit deny in a policy`
      : `because no policy allows the ${decision.action} action`;
  return `User: ${roleArn} is not authorized to perform: ${decision.action} on resource: ${decision.resource} ${why}`;
}

const PREFIX = 'LOCALROLE';

/** The access key id that a function signs with: its role's id, encoded so that the gateway can read it back. Not a credential. */
export function accessKeyOf(roleId: string): string {
  return `${PREFIX}${Buffer.from(roleId).toString('base64url')}`;
}

/** The role's id (`Stack/LogicalId`), or null when the key does not come from `accessKeyOf`. */
export function roleIdOf(accessKeyId: string): string | null {
  if (!accessKeyId.startsWith(PREFIX)) return null;
  return Buffer.from(accessKeyId.slice(PREFIX.length), 'base64url').toString('utf8');
}
