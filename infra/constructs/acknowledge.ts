import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Acknowledges one AwsSolutions finding on one resource; `reason` is for the reviewer. */
export function acknowledge(resource: IConstruct, rule: string, reason: string): void {
  Validations.of(resource).acknowledge({ id: `AwsSolutions-${rule}`, reason });
}

/** Acknowledges exactly one wildcard in a policy of `resource`; any other wildcard there is still a finding. */
export function acknowledgeWildcard(resource: IConstruct, pattern: string, reason: string): void {
  acknowledge(resource, `IAM5[Resource::${flat(Stack.of(resource).resolve(pattern))}]`, reason);
}

/** Formats a resolved value as cdk-nag does in its findings: `<Table.Arn>`, `arn:<AWS::Partition>:s3:::*`. */
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
      throw new Error(
        `Cannot name the cdk-nag finding on ${JSON.stringify(value)}: add this intrinsic function to flat().`,
      );
  }
}
