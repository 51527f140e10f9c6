import type { Deployment, Resource } from '../template/deployment.ts';
import { listOf, objectOf, textOf, textsOf } from '../template/json.ts';
import { awsManagedPolicy } from './aws-managed-policies.ts';
import { type Policy, parsePolicy } from './policy.ts';

export interface Role {
  /** `Stack/LogicalId`. */
  readonly id: string;
  readonly logicalId: string;
  readonly arn: string;
  readonly name: string;
  readonly trust: Policy;
  readonly policies: readonly Policy[];
}

export interface Policies {
  role(arn: string): Role | undefined;
  roleById(id: string): Role | undefined;
  /** Policies of the resource that owns this ARN (an object's ARN belongs to its bucket). */
  ofResource(arn: string): readonly Policy[];
}

/** Reads a deployment's roles with their policies, and its resource policies. */
export function loadPolicies(deployment: Deployment): Policies {
  const roles = deployment.ofType('AWS::IAM::Role').map((resource) => roleOf(resource, deployment));
  const byArn = new Map(roles.map((role) => [role.arn, role]));
  const byId = new Map(roles.map((role) => [role.id, role]));
  const attached = attachedPolicies(deployment);
  return {
    role: (arn) => byArn.get(arn),
    roleById: (id) => byId.get(id),
    ofResource: (arn) => attached.get(ownerOf(arn)) ?? [],
  };
}

function roleOf(resource: Resource, deployment: Deployment): Role {
  const { properties, id, name } = resource;
  const arn = resource.arn ?? '';
  const inline = listOf(properties.Policies).map((each) => parsePolicy(objectOf(each).PolicyDocument, id));
  const separate = deployment
    .ofType('AWS::IAM::Policy')
    .filter((policy) => textsOf(policy.properties.Roles).includes(name))
    .map((policy) => parsePolicy(policy.properties.PolicyDocument, policy.id));
  const managed = textsOf(properties.ManagedPolicyArns).map((policyArn) => managedPolicy(policyArn, deployment));
  const attachedFromPolicy = deployment
    .ofType('AWS::IAM::ManagedPolicy')
    .filter((policy) => textsOf(policy.properties.Roles).includes(name))
    .map((policy) => parsePolicy(policy.properties.PolicyDocument, policy.id));
  return {
    id,
    logicalId: resource.logicalId,
    arn,
    name,
    trust: parsePolicy(properties.AssumeRolePolicyDocument, id),
    policies: [...inline, ...separate, ...managed, ...attachedFromPolicy],
  };
}

function managedPolicy(arn: string, deployment: Deployment): Policy {
  const own = deployment.byArn(arn);
  return own === undefined ? awsManagedPolicy(arn) : parsePolicy(own.properties.PolicyDocument, own.id);
}

function attachedPolicies(deployment: Deployment): Map<string, Policy[]> {
  const attached = new Map<string, Policy[]>();
  const attach = (arn: string, document: unknown, source: string) => {
    attached.set(arn, [...(attached.get(arn) ?? []), parsePolicy(document, source)]);
  };
  for (const policy of deployment.ofType('AWS::SQS::QueuePolicy')) {
    for (const queueUrl of textsOf(policy.properties.Queues)) {
      const queue = deployment.ofType('AWS::SQS::Queue').find((each) => each.ref === queueUrl);
      attach(queue?.arn ?? queueUrl, policy.properties.PolicyDocument, policy.id);
    }
  }
  for (const policy of deployment.ofType('AWS::SNS::TopicPolicy')) {
    for (const topic of textsOf(policy.properties.Topics)) {
      attach(topic, policy.properties.PolicyDocument, policy.id);
    }
  }
  for (const policy of deployment.ofType('AWS::S3::BucketPolicy')) {
    attach(`arn:aws:s3:::${textOf(policy.properties.Bucket)}`, policy.properties.PolicyDocument, policy.id);
  }
  for (const policy of deployment.ofType('AWS::SecretsManager::ResourcePolicy')) {
    attach(textOf(policy.properties.SecretId) ?? '', policy.properties.ResourcePolicy, policy.id);
  }
  for (const policy of deployment.ofType('AWS::Events::EventBusPolicy')) {
    const bus = textOf(policy.properties.EventBusName) ?? 'default';
    const arn = `arn:aws:events:${deployment.region}:${deployment.account}:event-bus/${bus.split('/').pop()}`;
    const statement = objectOf(policy.properties.Statement);
    attach(arn, { Statement: [{ ...statement, Resource: statement.Resource ?? arn }] }, policy.id);
  }
  for (const permission of deployment.ofType('AWS::Lambda::Permission')) {
    const { arn, document } = permissionDocument(permission, deployment);
    attach(arn, document, permission.id);
  }
  return attached;
}

/** Converts a Lambda permission to the resource policy statement that it stands for. */
function permissionDocument({ properties }: Resource, { account, region }: Deployment) {
  const given = textOf(properties.FunctionName) ?? '';
  const arn = given.startsWith('arn:') ? given : `arn:aws:lambda:${region}:${account}:function:${given}`;
  const principal = textOf(properties.Principal) ?? '';
  const conditions = {
    ...(properties.SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': properties.SourceArn } }),
    ...(properties.SourceAccount === undefined
      ? {}
      : { StringEquals: { 'AWS:SourceAccount': properties.SourceAccount } }),
  };
  const statement = {
    Effect: 'Allow',
    Principal: principal.includes('.amazonaws.com') ? { Service: principal } : { AWS: principal },
    Action: properties.Action,
    Resource: arn,
    ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
  };
  return { arn, document: { Statement: [statement] } };
}

function ownerOf(arn: string): string {
  return arn.startsWith('arn:aws:s3:::') ? (arn.split('/')[0] ?? arn) : arn;
}
