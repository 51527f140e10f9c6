import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { FUNCTIONS } from '#infra/functions.ts';
import { RESOURCE_VARIABLES, type ResourceName } from '#shared/domain/workflow/function-config.ts';
import {
  deniesPlainText,
  functionOf,
  nameOf,
  type Part,
  resourcesOf,
  rightsOf,
  templatesFor,
  words,
} from './assembly.ts';

const EMAILS = ['on-call@example.com', 'lead@example.com'];
let state: Template;
let selfheal: Template;
beforeAll(() => {
  ({ state, selfheal } = templatesFor(undefined, { emails: EMAILS.join(',') }));
});

describe('the functions', () => {
  it('are all there, on Node 24 and arm64, traced', () => {
    selfheal.resourceCountIs('AWS::Lambda::Function', FUNCTIONS.length);
    selfheal.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      Handler: 'index.handler',
    });
  });

  it.each(FUNCTIONS.map((config) => [config.name, config] as const))(
    'give %s its own role, log group, limits and exactly the variables of its config',
    (name, { timeoutSeconds, memoryMb, uses }) => {
      const [, { Properties }] = functionOf(selfheal, name);
      const variables = (Object.keys(uses) as ResourceName[]).map((use) => RESOURCE_VARIABLES[use]);
      const common = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_METRICS_NAMESPACE', 'LOG_LEVEL', 'DEPLOYMENT_PLACE'];
      expect(Properties).toMatchObject({ Timeout: timeoutSeconds, MemorySize: memoryMb });
      expect(Object.keys(Properties.Environment?.Variables ?? {}).sort()).toEqual([...common, ...variables].sort());
      expect(shared('Role', Properties.Role)).toBe(1);
      expect(shared('LoggingConfig', Properties.LoggingConfig)).toBe(1);
    },
  );

  it('may write to their own log group only', () => {
    for (const [role, rights] of Object.entries(rightsOf(selfheal))) {
      if (role === 'WorkflowRole') continue;
      const logs = rights.filter((right) => right.startsWith('logs:CreateLogStream'));
      expect(logs).toEqual([`logs:CreateLogStream logs:PutLogEvents on ${role.replace(/Role$/, 'Logs')}.Arn`]);
    }
  });

  it('hold no right on every action of a service, and none beside their own role', () => {
    const actions = Object.values(rightsOf(selfheal)).flatMap((rights) =>
      rights.map((right) => right.split(' on ')[0]),
    );
    expect(actions.filter((action) => action?.includes('*'))).toEqual([]);
    selfheal.resourceCountIs('AWS::IAM::Policy', 0);
    selfheal.resourceCountIs('AWS::IAM::ManagedPolicy', 1);
  });

  it('run by the clock where their config says so, and leave what fails to the dead letters', () => {
    for (const { name, trigger } of FUNCTIONS) {
      if (trigger.kind !== 'schedule') continue;
      const [id, { Properties }] = functionOf(selfheal, name);
      selfheal.hasResourceProperties('AWS::Events::Rule', {
        ScheduleExpression: `rate(${trigger.everyMinutes} minute${trigger.everyMinutes === 1 ? '' : 's'})`,
        Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [id, 'Arn'] } })],
      });
      expect(words(Properties.DeadLetterConfig?.TargetArn)).toBe('SchedulesDeadLetters.Arn');
    }
  });
});

describe('the workflow', () => {
  it('is traced, logs without inputs, and knows every function it invokes', () => {
    const [machine] = resourcesOf(selfheal, 'AWS::StepFunctions::StateMachine').map(([, { Properties }]) => Properties);
    expect(machine).toMatchObject({
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
    });
    const needed = [...String(machine?.DefinitionString).matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    expect(Object.keys(machine?.DefinitionSubstitutions ?? {}).sort()).toEqual([...new Set(needed)].sort());
  });

  it('names its integrations in the partition that it is deployed to', () => {
    const [machine] = resourcesOf(selfheal, 'AWS::StepFunctions::StateMachine').map(([, { Properties }]) => Properties);
    expect(machine?.DefinitionString).not.toContain('arn:aws:');
    expect(machine?.DefinitionString).toContain(`"arn:\${Partition}:states:::lambda:invoke"`);
    expect(machine?.DefinitionSubstitutions?.Partition).toEqual({ Ref: 'AWS::Partition' });
  });

  it('has versions that stay, and an alias that executions are started on', () => {
    selfheal.hasResource('AWS::StepFunctions::StateMachineVersion', {
      Properties: { StateMachineRevisionId: { 'Fn::GetAtt': [Match.anyValue(), 'StateMachineRevisionId'] } },
      UpdateReplacePolicy: 'Retain',
    });
    selfheal.hasResourceProperties('AWS::StepFunctions::StateMachineAlias', {
      Name: 'live',
      RoutingConfiguration: [{ StateMachineVersionArn: Match.anyValue(), Weight: 100 }],
    });
    for (const name of ['intake', 'reconciler', 'api']) {
      const [, { Properties }] = functionOf(selfheal, name);
      expect(words(Properties.Environment?.Variables?.WORKFLOW_ARN)).toBe('WorkflowLive.Arn');
    }
  });

  it('may invoke its own functions and mail, and nothing more', () => {
    const inside = FUNCTIONS.filter(({ trigger }) => trigger.kind === 'workflow').map(
      ({ name }) => `${nameOf(functionOf(selfheal, name)[0])}.Arn`,
    );
    const [invoke, publish, logs, ...more] = rightsOf(selfheal).WorkflowRole ?? [];
    expect(invoke?.split(' ').slice(2).sort()).toEqual(inside.sort());
    expect(publish).toBe('sns:Publish on EscalationTopic');
    expect(logs).toMatch(/^logs:CreateLogDelivery .* on \*$/);
    expect(more).toEqual([]);
  });
});

describe('people', () => {
  it('get mail by addresses of the context, over TLS, also from alarms of this account', () => {
    const subscriptions = resourcesOf(selfheal, 'AWS::SNS::Subscription').map(([, { Properties }]) => [
      Properties.Protocol,
      Properties.Endpoint,
    ]);
    expect(subscriptions).toEqual(EMAILS.map((email) => ['email', email]));
    selfheal.hasResourceProperties('AWS::SNS::TopicPolicy', { PolicyDocument: deniesPlainText('sns:Publish') });
    selfheal.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
          }),
        ]),
      },
    });
  });

  it('get mail from a topic that is encrypted with a key that its publishers and the alarms of this account may use', () => {
    const [[, topic] = []] = resourcesOf(selfheal, 'AWS::SNS::Topic');
    expect(words(topic?.Properties.KmsMasterKeyId)).toMatch(/^EscalationKey.*Arn$/);
    const [[, key] = []] = resourcesOf(selfheal, 'AWS::KMS::Key');
    expect(key?.Properties.EnableKeyRotation).toBe(true);
    const statements = (key?.Properties.KeyPolicy?.Statement ?? []) as unknown as Part[];
    const withoutAccount = statements.filter(({ Sid }) => Sid !== undefined);
    expect(withoutAccount.map(({ Action, Condition }) => [Action, Object.keys(Condition?.StringEquals ?? {})])).toEqual(
      [
        [
          ['kms:Decrypt', 'kms:GenerateDataKey*'],
          ['kms:CallerAccount', 'kms:ViaService'],
        ],
        [['kms:Decrypt', 'kms:GenerateDataKey*'], ['aws:SourceAccount']],
      ],
    );
  });

  it('reserve nothing of the account for the public functions unless the context says how much', () => {
    const reserved = (template: Template) =>
      resourcesOf(template, 'AWS::Lambda::Function').flatMap(
        ([, { Properties }]) => Properties.ReservedConcurrentExecutions ?? [],
      );
    expect(reserved(selfheal)).toEqual([]);
    const isPublic = FUNCTIONS.filter(({ trigger }) => trigger.kind === 'http');
    expect(reserved(templatesFor(undefined, { publicConcurrency: '20' }).selfheal)).toEqual(isPublic.map(() => 20));
  });

  it('are told where everything is', () => {
    expect(Object.keys(selfheal.toJSON().Outputs)).toEqual(
      expect.arrayContaining(['WebhookUrl', 'ApiUrl', 'EscalationTopicArn', 'WorkflowArn']),
    );
    const names = [
      'UserPoolId',
      'UserPoolClientId',
      'WebhookSecretName',
      'GithubTokenSecretName',
      'IncidentsTableName',
      'ControlTableName',
    ];
    expect(Object.keys(state.toJSON().Outputs)).toEqual(expect.arrayContaining(names));
  });
});

/** How many functions have this very property. */
function shared(property: string, value: unknown): number {
  return resourcesOf(selfheal, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => JSON.stringify(Properties[property]) === JSON.stringify(value),
  ).length;
}
