import { Aws } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { AUTOMATION_ROLE } from '#shared/plugins/actions/playbook/ssm-document.ts';
import type { UsedDocuments } from '../documents.ts';
import { acknowledgeWildcard } from './acknowledge.ts';

/**
 * The SSM documents that playbooks run, and the role they assume. The role may only run AWS-RunShellScript on the listed instances. Documents and
 * role have fixed names because the grants of the actions refer to them before they are deployed.
 */
export class AutomationDocuments extends Construct {
  constructor(scope: Construct, id: string, { documents, instances }: UsedDocuments) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      roleName: `${AUTOMATION_ROLE}-${Aws.REGION}`,
      description: 'Selfheal automation documents: run their own commands on the instances of the service catalogue.',
      assumedBy: new ServicePrincipal('ssm.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: { access: new PolicyDocument({ statements: statements(instances) }) },
    });
    acknowledgeWildcard(
      role,
      '*',
      'Systems Manager supports no resource-level permissions for reading the result of a command. The right is read-only.',
    );
    for (const { name, content } of documents) {
      new CfnDocument(this, name.replace(/\W/g, ''), {
        name,
        documentType: 'Automation',
        documentFormat: 'JSON',
        // A changed document becomes a new version, and that version the default.
        updateMethod: 'NewVersion',
        content: { ...content, assumeRole: role.roleArn },
      });
    }
  }
}

function statements(instances: readonly string[]): PolicyStatement[] {
  const here = `${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
  return [
    new PolicyStatement({
      actions: ['ssm:SendCommand'],
      resources: [
        `arn:${Aws.PARTITION}:ssm:${Aws.REGION}::document/AWS-RunShellScript`,
        ...instances.map((instance) => `arn:${here}:instance/${instance}`),
      ],
    }),
    new PolicyStatement({
      actions: ['ssm:ListCommands', 'ssm:ListCommandInvocations', 'ssm:DescribeInstanceInformation'],
      resources: ['*'],
    }),
  ];
}
