import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { healDefinition, substitutionOf } from '#statemachines/heal.ts';
import type { Access } from '../service-access.ts';
import { makeRole } from './function-role.ts';
import type { LambdaFunction } from './lambda-function.ts';

export interface WorkflowProps {
  /** Every function that the definition invokes, by name. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly escalationTopic: ITopic;
  readonly tracing: ManagedPolicy;
  /** Longest execution in seconds; the timeout in the definition is the minimum. */
  readonly maxSeconds: number;
}

/** The healing state machine. Executions start on the alias `live`, which points to the latest deployed version. */
export class Workflow extends Construct {
  readonly machine: StateMachine;
  readonly aliasArn: string;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const functions = [...props.functions.values()];
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = makeRole(this, 'Role', {
      description: 'Selfheal workflow: invokes its functions and, as a last resort, mails a person.',
      service: 'states.amazonaws.com',
      tracing: props.tracing,
      access: machineAccess(functions, props.escalationTopic),
    });
    this.machine = new StateMachine(this, 'Machine', {
      definitionBody: DefinitionBody.fromString(definition(functions, props.maxSeconds)),
      definitionSubstitutions: {
        Partition: Aws.PARTITION,
        EscalationTopicArn: props.escalationTopic.topicArn,
        ...Object.fromEntries(
          functions.map(({ config, handler }) => [substitutionOf(config.name), handler.functionArn]),
        ),
      },
      role: role.withoutPolicyUpdates(),
      tracingEnabled: true,
      // No execution data in the log: the input of the approval step contains a task token.
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    });
    this.aliasArn = this.publish();
  }

  /** Publishes a changed definition as a new version. Old versions stay, so that the alias can be pointed back. */
  private publish(): string {
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      stateMachineRevisionId: this.machine.stateMachineRevisionId,
    });
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const alias = new CfnStateMachineAlias(this, 'Live', {
      name: 'live',
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
    return alias.attrArn;
  }
}

/** The definition as JSON. Its timeout must cover the wait for an approval: when it expires, nobody is notified except by the alarm. */
function definition(functions: readonly LambdaFunction[], maxSeconds: number): string {
  const heal = healDefinition(functions.map(({ config }) => config));
  const text = JSON.stringify({ ...heal, TimeoutSeconds: Math.max(heal.TimeoutSeconds, maxSeconds) });
  // The definition uses the partition `aws`; China and GovCloud have other partitions.
  return text.replaceAll('"arn:aws:', `"arn:\${Partition}:`);
}

function machineAccess(functions: readonly LambdaFunction[], topic: ITopic): Access[] {
  return [
    { actions: ['lambda:InvokeFunction'], resources: functions.map(({ handler }) => handler.functionArn) },
    { actions: ['sns:Publish'], resources: [topic.topicArn] },
    {
      actions: [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
      ],
      resources: ['*'],
      wildcardReason:
        'CloudWatch Logs supports no resource-level permissions for log deliveries, X-Ray none for sampling rules (Step Functions guide, "Logging", "X-Ray").',
    },
  ];
}
