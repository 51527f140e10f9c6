import { Match, type Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { config as api } from '#functions/api/config.ts';
import { config as logIntake } from '#functions/log-intake/config.ts';
import { FUNCTIONS } from '#infra/functions.ts';
import { deniesPlainText, functionOf, resourcesOf, templatesFor } from './assembly.ts';

let selfheal: Template;
beforeAll(() => {
  ({ selfheal } = templatesFor());
});

describe('the entrances', () => {
  it('hold signals on an encrypted queue: six times the function long, five attempts, then the dead letters', () => {
    const [, intake] =
      resourcesOf(selfheal, 'AWS::SQS::Queue').find(([, { Properties }]) => Properties.RedrivePolicy) ?? [];
    const { timeoutSeconds } = FUNCTIONS.find(({ name }) => name === 'intake') ?? { timeoutSeconds: Number.NaN };
    expect(intake?.Properties).toMatchObject({
      VisibilityTimeout: 6 * timeoutSeconds,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
  });

  it('have queues that are all encrypted and talk TLS only', () => {
    selfheal.resourceCountIs('AWS::SQS::Queue', 4);
    selfheal.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    selfheal.resourceCountIs('AWS::SQS::QueuePolicy', 4);
    selfheal.allResourcesProperties('AWS::SQS::QueuePolicy', { PolicyDocument: deniesPlainText('sqs:*') });
  });

  it('feed the intake function in batches that fail message by message', () => {
    selfheal.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    selfheal.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      FunctionName: { Ref: functionOf(selfheal, 'intake')[0] },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  it('take alarm state changes of everybody but Selfheal itself, with dead letters of their own', () => {
    selfheal.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        detail: { alarmName: [{ 'anything-but': { prefix: 'Selfheal-' } }] },
      },
      Targets: [
        Match.objectLike({
          Arn: Match.objectLike({ 'Fn::GetAtt': [Match.stringLikeRegexp('^IntakeQueue'), 'Arn'] }),
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^IntakeEventDeadLetters'), 'Arn'] } },
        }),
      ],
    });
    selfheal.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: Match.stringLikeRegexp('^IntakeQueue') }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': Match.anyValue() } },
          }),
        ]),
      },
    });
  });

  it('[D231] are HTTPS, throttled, and log each access without its body or token', () => {
    selfheal.hasResourceProperties('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' });
    selfheal.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
      AccessLogSettings: {
        DestinationArn: Match.anyValue(),
        Format: Match.not(Match.stringLikeRegexp('body|authorizer|header')),
      },
    });
    for (const [, { Properties }] of resourcesOf(selfheal, 'AWS::ApiGatewayV2::Stage')) {
      const limits = Object.values<Record<string, unknown>>(Properties.RouteSettings as never);
      expect(limits.length).toBeGreaterThan(0);
      for (const limit of limits)
        expect(limit).toEqual({
          ThrottlingRateLimit: expect.any(Number),
          ThrottlingBurstLimit: 2 * Number(limit.ThrottlingRateLimit),
        });
    }
  });

  it('[D219] are the webhooks of GitHub and of connections, the API, what takes logs, the buttons of Slack and the server of assistants alone, whose functions verify every caller themselves', () => {
    const routes = resourcesOf(selfheal, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]);
    expect(Object.fromEntries(routes)).toEqual({
      'POST /slack/interactions': 'NONE',
      'POST /webhooks/{source}': 'NONE',
      'POST /webhooks/{source}/{connection}': 'NONE',
      'POST /webhooks/{source}/{connection}/{secret}': 'NONE',
      'ANY /mcp': 'NONE',
      ...Object.fromEntries(
        [...api.trigger.routes, ...logIntake.trigger.routes].map(({ method, path }) => [`${method} ${path}`, 'NONE']),
      ),
      // The paths of older programs, with a slash at the end.
      ...Object.fromEntries(
        api.trigger.routes
          .filter(({ path }) => !path.startsWith('/api/') && !path.includes('{'))
          .map(({ method, path }) => [`${method} ${path}/`, 'NONE']),
      ),
    });
  });
});
