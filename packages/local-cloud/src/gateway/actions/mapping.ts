import type { Need } from '../../iam/authorizer.ts';
import type { Deployment } from '../../template/deployment.ts';
import type { AwsCall } from '../../wire/call.ts';

/** The permissions that a call needs; null denies an unknown operation. */
export type ActionMapping = (call: AwsCall, deployment: Deployment) => readonly Need[] | null;

export function regional(service: string, resource: string, { region, account }: Deployment): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/**
 * The permission to use a state machine, on its unqualified ARN even when a version or alias is called: these appear in a condition
 * key (Step Functions Developer Guide, "Authorization for versions and aliases").
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
