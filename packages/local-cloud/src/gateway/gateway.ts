import { type Authorizer, type Need, refusalMessage, roleIdOf } from '../iam/authorizer.ts';
import type { IamDecision } from '../iam/decisions.ts';
import type { Role } from '../iam/policies.ts';
import { s3Address } from '../storage/s3-api.ts';
import type { Deployment } from '../template/deployment.ts';
import { type AwsCall, readCall } from '../wire/call.ts';
import { denialOf, faultResponse } from '../wire/fault-response.ts';
import { firstFault, type GatewayFaults, performWith } from '../wire/faults.ts';
import type { Forwarder } from '../wire/forward.ts';
import { AwsFault, type GatewayRequest, type GatewayResponse } from '../wire/request.ts';
import { ACTION_MAPPINGS } from './actions/index.ts';
import { passRoleNeeds } from './pass-role.ts';

/** Answers the authorized calls to one service. */
export type Backend = (call: AwsCall) => Promise<GatewayResponse>;

export interface GatewayOptions {
  readonly deployment: Deployment;
  readonly authorizer: Authorizer;
  readonly backends: Readonly<Record<string, Backend>>;
  readonly world: Forwarder;
  /** Calls signed with this key may do anything; for tests and operators. */
  readonly adminAccessKeyId: string | null;
  /** Planned faults of allowed calls, by the IAM action that they need. */
  readonly faults: GatewayFaults;
}

type Caller = { readonly kind: 'admin' } | { readonly kind: 'role'; readonly role: Role };
type Scope = { readonly accessKeyId: string; readonly service: string };

/** The one entry for AWS calls: identifies caller and operation, checks the policies, and forwards what is allowed. */
export function makeGateway(
  options: GatewayOptions,
): (request: GatewayRequest, scope: Scope) => Promise<GatewayResponse> {
  return async (request, scope) => {
    try {
      const call = readCall(request, scope);
      const caller = callerOf(scope, options);
      const actions = caller.kind === 'role' ? await authorize(call, caller.role, options) : [];
      const backend = Object.hasOwn(options.backends, call.service) ? options.backends[call.service] : undefined;
      if (backend === undefined) {
        throw new AwsFault('NotImplemented', `The local runtime does not serve ${call.service}.`, 501);
      }
      const perform = () => backend(call).catch((error: unknown) => rethrow(error, call, caller, options));
      return await performWith(firstFault(actions, options.faults), perform);
    } catch (error) {
      if (error instanceof AwsFault) return faultResponse(error, scope.service, request);
      throw error;
    }
  };
}

function callerOf({ accessKeyId }: Scope, { adminAccessKeyId, authorizer }: GatewayOptions): Caller {
  if (adminAccessKeyId !== null && accessKeyId === adminAccessKeyId) return { kind: 'admin' };
  const roleId = roleIdOf(accessKeyId);
  const role = roleId === null ? undefined : authorizer.roleById(roleId);
  if (role !== undefined) return { kind: 'role', role };
  throw new AwsFault('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
}

/** Returns the allowed actions. Throws `AwsFault` when one is denied. */
async function authorize(call: AwsCall, role: Role, options: GatewayOptions): Promise<readonly string[]> {
  // Every caller may ask for its own identity.
  if (call.service === 'sts' && call.operation === 'GetCallerIdentity') return [];
  const mapping = Object.hasOwn(ACTION_MAPPINGS, call.service) ? ACTION_MAPPINGS[call.service] : undefined;
  const needs = mapping?.(call, options.deployment) ?? null;
  if (needs === null) {
    const action = `${call.service}:${call.operation || `${call.request.method} ${call.request.path}`}`;
    throw denial(call.service, options.authorizer.refuseUnmapped(role.id, action), role);
  }
  refuse(call.service, role, needs, options);
  refuse(call.service, role, await passRoleNeeds(call, options.world), options);
  return needs.map(({ action }) => action);
}

function refuse(service: string, role: Role, needs: readonly Need[], options: GatewayOptions): void {
  const refused = options.authorizer.refusedFor(role, needs);
  if (refused !== null) throw denial(service, refused, role);
}

function denial(service: string, decision: IamDecision, role: Role): AwsFault {
  const { code, status, namespace } = denialOf(service);
  return new AwsFault(code, refusalMessage(decision, role.arn), status, namespace);
}

/** S3 reports a missing key only to callers that may list the bucket. */
function rethrow(fault: unknown, call: AwsCall, caller: Caller, options: GatewayOptions): never {
  const missing = fault instanceof AwsFault && fault.code === 'NoSuchKey';
  if (missing && caller.kind === 'role' && call.service === 's3') {
    const { bucket } = s3Address(call.request);
    refuse('s3', caller.role, [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }], options);
  }
  throw fault;
}
