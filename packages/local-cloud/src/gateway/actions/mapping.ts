import type { Need } from '../../iam/authorizer.ts';
import type { Deployment } from '../../template/deployment.ts';
import type { AwsCall } from '../../wire/call.ts';

/** The rights a call needs; null when the operation is not known, which denies it. */
export type ActionMapping = (call: AwsCall, deployment: Deployment) => readonly Need[] | null;

export function regional(service: string, resource: string, { region, account }: Deployment): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/**
 * The right to use a state machine is one on its unqualified ARN, also when a version or an alias is called; these are
 * told by a condition key (Step Functions Developer Guide, "Authorization for versions and aliases").
 */
export function machineNeed(action: string, machineArn: string): Need {
  const parts = machineArn.split(':');
  const [qualifier] = parts.slice(7);
  return {
    action,
    resource: parts.slice(0, 7).join(':'),
    context: qualifier === undefined ? {} : { 'states:StateMachineQualifier': qualifier },
  };
}
