import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';

/** Somebody who gets the mails of a topic, or will when they follow the link in AWS's first mail. */
export interface Subscription {
  /** The e-mail address, or the address of another kind of subscriber. */
  readonly endpoint: string;
  readonly confirmed: boolean;
}

/**
 * The first hundred subscriptions of a topic. Needs `sns:ListSubscriptionsByTopic`; throws the error of the SDK.
 * https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
 */
export async function readSubscriptions(topicArn: string, region: string): Promise<Subscription[]> {
  const { Subscriptions = [] } = await new SNSClient({ region }).send(
    new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }),
  );
  return Subscriptions.map(({ Endpoint = '', SubscriptionArn }) => ({
    endpoint: Endpoint,
    confirmed: SubscriptionArn !== 'PendingConfirmation',
  }));
}
