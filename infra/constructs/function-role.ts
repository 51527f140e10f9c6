import { present } from '@selfheal/kernel/present.ts';
import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Access } from '../service-access.ts';
import { acknowledgeWildcard } from './acknowledge.ts';

/** Placeholders in the grants of plug-ins, which do not know the deployment. */
const PLACEHOLDERS: readonly (readonly [placeholder: string, value: string])[] = [
  [`\${Partition}`, Aws.PARTITION],
  [`\${Region}`, Aws.REGION],
  [`\${Account}`, Aws.ACCOUNT_ID],
];

interface FunctionRoleProps {
  readonly description: string;
  /** Service that assumes the role: `lambda.amazonaws.com`. */
  readonly service: string;
  readonly access: readonly Access[];
  readonly tracing: ManagedPolicy;
}

/**
 * Makes a role with exactly the given statements; no construct can add to it later. A wildcard with a reason is acknowledged, a wildcard without
 * one stays a cdk-nag finding.
 */
export function makeRole(scope: Construct, id: string, props: FunctionRoleProps): Role {
  const access = props.access.map(atHome);
  const role = new Role(scope, id, {
    description: props.description,
    assumedBy: new ServicePrincipal(props.service),
    inlinePolicies: { access: new PolicyDocument({ statements: access.map(statementOf) }) },
    managedPolicies: [props.tracing],
  });
  const acknowledged = new Set<string>();
  for (const { resources, wildcardReason } of access) {
    if (wildcardReason === undefined) continue;
    for (const resource of resources.filter((each) => each.includes('*') && !acknowledged.has(each))) {
      acknowledged.add(resource);
      acknowledgeWildcard(role, resource, wildcardReason);
    }
  }
  return role;
}

function statementOf({ actions, resources, notResources, conditions }: Access): PolicyStatement {
  return new PolicyStatement({
    actions: [...actions],
    ...(notResources === undefined ? { resources: [...resources] } : { notResources: [...notResources] }),
    ...present({ conditions }),
  });
}

/** Fills in partition, region and account of the deployment. */
function atHome(access: Access): Access {
  const filled = (resource: string) =>
    PLACEHOLDERS.reduce((text, [placeholder, value]) => text.replaceAll(placeholder, value), resource);
  const { resources, notResources } = access;
  return {
    ...access,
    resources: resources.map(filled),
    ...(notResources === undefined ? {} : { notResources: notResources.map(filled) }),
  };
}

/** The right to send traces to X-Ray; one managed policy for all roles, because it is the same for each. */
export class Tracing extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.policy = new ManagedPolicy(this, 'Policy', {
      description: 'Sends traces to X-Ray.',
      statements: [
        new PolicyStatement({
          actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
          resources: ['*'],
        }),
      ],
    });
    acknowledgeWildcard(this.policy, '*', 'AWS X-Ray supports no resource-level permissions for sending traces.');
  }
}
