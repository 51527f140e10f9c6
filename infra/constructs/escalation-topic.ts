import { Annotations, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/** Mail to humans: escalations, approvals, reports, and the alarms of Selfheal itself. It carries evidence, so it is encrypted at rest. */
export class EscalationTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { emails }: { emails: readonly string[] }) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Selfheal', enforceSSL: true, masterKey: topicKey(this) });
    if (emails.length === 0) {
      const how = 'Name them: --context emails=on-call@example.com, or subscribe somebody to the topic.';
      Annotations.of(this).addWarningV2(
        'selfheal:noEmails',
        `Nobody is mailed: escalations and requests for approval reach nobody. ${how}`,
      );
    }
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
    const alarms = Stack.of(this).formatArn({ service: 'cloudwatch', resource: 'alarm:*' });
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { ArnLike: { 'aws:SourceArn': alarms }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
}

/**
 * Everybody who may publish to the topic may use its key, through Amazon SNS alone, as with the key that AWS manages. That one cannot be taken:
 * it knows no alarms. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
function topicKey(scope: Construct): Key {
  const key = new Key(scope, 'Key', {
    description: 'Selfheal: the topic of mails to people',
    enableKeyRotation: true,
    pendingWindow: Duration.days(7),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const actions = ['kms:Decrypt', 'kms:GenerateDataKey*'];
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'PublishersOfThisAccount',
      principals: [new AnyPrincipal()],
      actions,
      resources: ['*'],
      conditions: {
        StringEquals: {
          'kms:CallerAccount': Aws.ACCOUNT_ID,
          'kms:ViaService': `sns.${Aws.REGION}.${Aws.URL_SUFFIX}`,
        },
      },
    }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions,
      resources: ['*'],
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  );
  return key;
}
