import { Annotations, Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

/** Topic for mails to people: escalations, approvals, reports, and Selfheal's own alarms. Encrypted at rest, because mails quote evidence. */
export class EscalationTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { emails }: { emails: readonly string[] }) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { displayName: 'Selfheal', enforceSSL: true, masterKey: topicKey(this) });
    if (emails.length === 0) {
      const how = 'Set --context emails=on-call@example.com, or subscribe somebody to the topic.';
      Annotations.of(this).addWarningV2(
        'selfheal:noEmails',
        `No e-mail address is set, so escalations and requests for approval reach nobody. ${how}`,
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
 * Key of the topic. Every publisher of the account may use it, but only through Amazon SNS. The AWS managed key does not do: CloudWatch alarms
 * cannot publish with it. https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
function topicKey(scope: Construct): Key {
  const key = new Key(scope, 'Key', {
    description: 'Selfheal: encrypts the topic for mails',
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
