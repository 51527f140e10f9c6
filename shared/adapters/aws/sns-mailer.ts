import { ListSubscriptionsByTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Mailer } from '#shared/ports/cloud.ts';
import { ONCE } from './client-settings.ts';
import { sendEffect } from './errors.ts';

/** SNS takes 256 KiB; nobody reads a mail that long. */
const MAX_BYTES = 200 * 1024;

/**
 * Publishes to the escalation topic. Not repeated after a lost answer (`OutcomeUnknown`): a second mail would be sent.
 */
export function makeSnsMailer(options: { readonly topicArn: string; readonly client?: SNSClient }): Mailer {
  const { topicArn, client = new SNSClient(ONCE) } = options;
  return {
    publish: async (subject, message) => {
      const command = new PublishCommand({ TopicArn: topicArn, Subject: asSubject(subject), Message: cut(message) });
      await sendEffect('Publishing to the escalation topic', () => client.send(command));
    },
  };
}

/** SNS refuses subjects that are not printable ASCII of at most 100 characters beginning with a letter, digit or punctuation. */
function asSubject(subject: string): string {
  const ascii = subject
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .trim();
  return ascii.slice(0, 100) || 'Selfheal';
}

function cut(message: string): string {
  const bytes = new TextEncoder().encode(message);
  if (bytes.length <= MAX_BYTES) return message;
  return `${new TextDecoder().decode(bytes.subarray(0, MAX_BYTES))}\n[cut]`;
}

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
