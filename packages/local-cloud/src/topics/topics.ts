import { randomUUID } from 'node:crypto';
import type { Delivery, DeliveryExtras, Sender } from '../buses/delivery.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import type { Database } from '../storage/database.ts';
import { type Attempted, makeOutbox, type OutboxEntry } from '../storage/outbox.ts';
import type { MessageAttributes } from '../storage/queue-store.ts';
import type { Deployment, Resource } from '../template/deployment.ts';
import { UnsupportedTemplate } from '../template/intrinsics.ts';
import { booleanOf, isObject, listOf, objectOf, parseObject, textOf } from '../template/json.ts';
import { AwsFault } from '../wire/request.ts';
import { passesFilter } from './filter-policy.ts';

export interface Topics {
  /** Accepts a message for every matching subscription; stored on disk when this returns. Throws `AwsFault` for an unknown topic. */
  publish(topicArn: string, message: string, extras: DeliveryExtras): string;
  /** A text message to a telephone, which the mailbox keeps. Throws `AwsFault` for what is no telephone number. */
  text(phone: string, message: string): string;
  arns(): readonly string[];
  /** Number of unfinished deliveries. */
  pending(): number;
  resume(): void;
  stop(): void;
}

interface Published {
  readonly subscription: string;
  readonly messageId: string;
  readonly message: string;
  readonly subject: string | null;
  readonly attributes: MessageAttributes;
  readonly at: string;
}

interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: 'sqs' | 'lambda' | 'email' | 'email-json';
  readonly endpoint: string;
  readonly raw: boolean;
  readonly filter: unknown;
  readonly filterScope: unknown;
  readonly deadLetterArn: string | null;
}

export interface TopicOptions {
  readonly database: Database;
  readonly deployment: Deployment;
  readonly delivery: Delivery;
  readonly mailbox: Mailbox;
}

const MAX_MESSAGE_BYTES = 262_144;
/** Of all parts of one text message (docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html). */
const MAX_SMS_BYTES = 1600;

/** SNS topics with their subscriptions; e-mail subscriptions count as confirmed. */
export function makeTopics({ database, deployment, delivery, mailbox }: TopicOptions): Topics {
  const topics = new Set(deployment.ofType('AWS::SNS::Topic').map((topic) => topic.arn ?? ''));
  const subscriptions = allSubscriptions(deployment);
  const byArn = new Map(subscriptions.map((each) => [each.arn, each]));
  const outbox = makeOutbox<Published>(database, 'topic-delivery', (entry) => attempt(entry));

  const attempt = async ({ content }: OutboxEntry<Published>): Promise<Attempted> => {
    const subscription = byArn.get(content.subscription);
    if (subscription === undefined) return { kind: 'finished' };
    const sender: Sender = { kind: 'service', name: 'sns.amazonaws.com', sourceArn: subscription.topicArn };
    try {
      await hand(subscription, content, sender);
    } catch (error) {
      if (!(error instanceof AwsFault)) throw error;
      const { deadLetterArn } = subscription;
      if (deadLetterArn !== null)
        await delivery.toArn(deadLetterArn, notification(subscription, content), sender).catch(() => undefined);
    }
    return { kind: 'finished' };
  };
  const hand = async (subscription: Subscription, content: Published, sender: Sender): Promise<void> => {
    const { protocol, endpoint, raw, topicArn } = subscription;
    if (protocol === 'sqs') {
      const attributes = raw ? content.attributes : {};
      await delivery.toArn(endpoint, raw ? content.message : notification(subscription, content), sender, {
        attributes,
      });
    } else if (protocol === 'lambda') {
      await delivery.toArn(endpoint, lambdaEvent(subscription, content), sender);
    } else {
      const subject = content.subject ?? 'AWS Notification Message';
      const text = protocol === 'email-json' ? notification(subscription, content) : content.message;
      mailbox.receive({ to: endpoint, subject, text, topicArn });
    }
  };

  return {
    publish(topicArn, message, { subject, attributes = {} }) {
      if (!topics.has(topicArn)) throw new AwsFault('NotFound', 'Topic does not exist', 404);
      if (message === '') throw new AwsFault('InvalidParameter', 'Invalid parameter: Empty message', 400);
      if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES)
        throw new AwsFault('InvalidParameter', 'Invalid parameter: Message too long', 400);
      if (subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) {
        throw new AwsFault('InvalidParameter', 'Invalid parameter: Subject', 400);
      }
      const messageId = randomUUID();
      const at = new Date().toISOString();
      for (const { arn, filter, filterScope } of subscriptions.filter((each) => each.topicArn === topicArn)) {
        if (!passesFilter(filter, filterScope, message, attributes)) continue;
        outbox.add({ subscription: arn, messageId, message, subject: subject ?? null, attributes, at });
      }
      return messageId;
    },
    text(phone, message) {
      if (!/^\+[1-9]\d{6,14}$/.test(phone))
        throw new AwsFault('InvalidParameter', 'Invalid parameter: PhoneNumber', 400);
      if (message === '') throw new AwsFault('InvalidParameter', 'Invalid parameter: Empty message', 400);
      if (Buffer.byteLength(message) > MAX_SMS_BYTES)
        throw new AwsFault('InvalidParameter', 'Invalid parameter: Message too long', 400);
      mailbox.receive({ to: phone, subject: 'Text message', text: message });
      return randomUUID();
    },
    arns: () => [...topics],
    pending: outbox.pending,
    resume: outbox.resume,
    stop: outbox.stop,
  };
}

/** Subscriptions that are resources of their own, and those inside topics. */
function allSubscriptions(deployment: Deployment): Subscription[] {
  const own = deployment
    .ofType('AWS::SNS::Subscription')
    .map((each) => readSubscription(each, each.properties, each.arn ?? each.id));
  const inline = deployment
    .ofType('AWS::SNS::Topic')
    .flatMap((topic) =>
      listOf(topic.properties.Subscription).map((each, index) =>
        readSubscription(topic, { ...objectOf(each), TopicArn: topic.arn }, `${topic.arn}:${index}`),
      ),
    );
  return [...own, ...inline];
}

function readSubscription(owner: Resource, properties: Resource['properties'], arn: string): Subscription {
  const protocol = properties.Protocol;
  if (protocol !== 'sqs' && protocol !== 'lambda' && protocol !== 'email' && protocol !== 'email-json') {
    throw new UnsupportedTemplate(`${owner.id} (${owner.type}): the protocol ${String(protocol)} is not supported.`);
  }
  const redrive = properties.RedrivePolicy;
  const redrivePolicy = isObject(redrive) ? redrive : parseObject(textOf(redrive) ?? '{}', owner.id);
  return {
    arn,
    topicArn: textOf(properties.TopicArn) ?? '',
    protocol,
    endpoint: textOf(properties.Endpoint) ?? '',
    raw: booleanOf(properties.RawMessageDelivery),
    filter: properties.FilterPolicy,
    filterScope: properties.FilterPolicyScope,
    deadLetterArn: textOf(redrivePolicy.deadLetterTargetArn) ?? null,
  };
}

function notification({ topicArn, arn }: Subscription, content: Published): string {
  const attributes = Object.entries(content.attributes).map(([name, each]) => [
    name,
    { Type: each.DataType, Value: each.StringValue },
  ]);
  return JSON.stringify({
    Type: 'Notification',
    MessageId: content.messageId,
    TopicArn: topicArn,
    ...(content.subject === null ? {} : { Subject: content.subject }),
    Message: content.message,
    Timestamp: content.at,
    UnsubscribeURL: `urn:subscription:${arn}`,
    ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
  });
}

function lambdaEvent(subscription: Subscription, content: Published): string {
  const attributes = Object.entries(content.attributes).map(([name, each]) => [
    name,
    { Type: each.DataType, Value: each.StringValue },
  ]);
  const Sns = {
    Type: 'Notification',
    MessageId: content.messageId,
    TopicArn: subscription.topicArn,
    Subject: content.subject,
    Message: content.message,
    Timestamp: content.at,
    MessageAttributes: Object.fromEntries(attributes),
  };
  return JSON.stringify({
    Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscription.arn, Sns }],
  });
}
