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
  /** Every function the definition names, by the function's name. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly escalationTopic: ITopic;
  readonly tracing: ManagedPolicy;
  /** How long an execution may need; the definition's own timeout is the least. */
  readonly maxSeconds: number;
}

/** The healing state machine. Executions start on the alias `live`, which points to the version that was deployed last. */
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
      description: 'Selfheal workflow: invokes its functions and, as a last resort, mails a human.',
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
      // Inputs stay out of the log: the approval's hold task tokens.
      logs: { destination: logGroup, level: LogLevel.ALL, includeExecutionData: false },
    });
    this.aliasArn = this.publish();
  }

  /** A changed definition is a new version. Old ones stay, so that the alias can be pointed back. */
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

/** Waits for approvals must fit into the machine's own timeout: an execution that ends by it tells nobody but an alarm. */
function definition(functions: readonly LambdaFunction[], maxSeconds: number): string {
  const heal = healDefinition(functions.map(({ config }) => config));
  const text = JSON.stringify({ ...heal, TimeoutSeconds: Math.max(heal.TimeoutSeconds, maxSeconds) });
  // The file names the integrations as in `aws`; in China and GovCloud they are in a partition of another name.
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
        'CloudWatch Logs knows no resources for log deliveries, X-Ray none for what to trace (Step Functions guide, "Logging", "X-Ray").',
    },
  ];
}
