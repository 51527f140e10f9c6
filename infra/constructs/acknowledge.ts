import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Accepts one finding of AwsSolutions on one resource, for a reason a reviewer can judge. */
export function acknowledge(resource: IConstruct, rule: string, reason: string): void {
  Validations.of(resource).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Accepts exactly one wildcard in a policy of `resource`; any other wildcard there is still a finding. */
export function acknowledgeWildcard(resource: IConstruct, pattern: string, reason: string): void {
  acknowledge(resource, `IAM5[Resource::${flat(Stack.of(resource).resolve(pattern))}]`, reason);
}

/** A resolved value in the words cdk-nag uses for its findings: `<Table.Arn>`, `arn:<AWS::Partition>:s3:::*`. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument] = ['', value]] = Object.entries(value ?? {});
  switch (intrinsic) {
    case 'Ref':
      return `<${flat(argument)}>`;
    case 'Fn::GetAtt':
      return `<${(argument as unknown[]).map(flat).join('.')}>`;
    case 'Fn::ImportValue':
      return flat(argument);
    case 'Fn::Join': {
      const [delimiter, parts] = argument as [string, unknown[]];
      return parts.map(flat).join(delimiter);
    }
    default:
      throw new Error(`No name for the cdk-nag finding on ${JSON.stringify(value)}.`);
  }
}
