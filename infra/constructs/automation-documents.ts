import { Aws } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { AUTOMATION_ROLE } from '#shared/plugins/actions/playbook/ssm-document.ts';
import type { UsedDocuments } from '../documents.ts';
import { acknowledgeWildcard } from './acknowledge.ts';

/**
 * The SSM documents that playbooks run, and the role they assume: commands on the listed instances, by AWS-RunShellScript, and nothing else.
 * Documents and role carry names because the grants of the actions name them before anything is deployed.
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
      'Systems Manager knows no resource for reading how a command went; it reads, nothing more.',
    );
    for (const { name, content } of documents) {
      new CfnDocument(this, name.replace(/\W/g, ''), {
        name,
        documentType: 'Automation',
        documentFormat: 'JSON',
        // A changed document is a new version, which becomes the default one.
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
