import { machineNeed } from '../gateway/actions/mapping.ts';
import type { Authorizer, Need } from '../iam/authorizer.ts';
import { refusalMessage } from '../iam/authorizer.ts';
import type { Role } from '../iam/policies.ts';
import type { MessageAttributes, QueueStore } from '../storage/queue-store.ts';
import type { Place } from '../template/resource-types.ts';
import { AwsFault } from '../wire/request.ts';

/** Who delivers: a role, or a service by itself on behalf of one resource. */
export type Sender =
  | { readonly kind: 'role'; readonly role: Role }
  | { readonly kind: 'service'; readonly name: string; readonly sourceArn: string };

export interface DeliveryExtras {
  readonly attributes?: MessageAttributes;
  readonly subject?: string;
}

export interface Delivery {
  /**
   * Delivers text to a queue, topic, function (asynchronously), state machine or bus, if the sender may; it is stored on disk when this
   * resolves. Throws `AwsFault`: `AccessDeniedException`, `ResourceNotFoundException`, or the target's own.
   */
  toArn(arn: string, text: string, sender: Sender, extras?: DeliveryExtras): Promise<void>;
}

/** The services that accept deliveries. */
export interface Receivers {
  readonly queues: QueueStore;
  publish(topicArn: string, message: string, extras: DeliveryExtras): void;
  invokeAsync(functionArn: string, event: string): void;
  startExecution(stateMachineArn: string, input: string): Promise<void>;
  putEvent(busArn: string, text: string): void;
}

/** `receivers` is called at the time of a delivery, because the services depend on each other in circles. */
export function makeDelivery(authorizer: Authorizer, place: Place, receivers: () => Receivers): Delivery {
  const authorize = (sender: Sender, need: Need) => {
    const refused =
      sender.kind === 'role'
        ? authorizer.refusedFor(sender.role, [need])
        : authorizer.refusedForService(sender.name, [serviceNeed(sender, need, place.account)]);
    if (refused === null) return;
    const who = sender.kind === 'role' ? sender.role.arn : sender.name;
    throw new AwsFault('AccessDeniedException', refusalMessage(refused, who), 403);
  };
  return {
    async toArn(arn, text, sender, extras = {}) {
      const to = receivers();
      switch (arn.split(':')[2]) {
        case 'sqs': {
          authorize(sender, { action: 'sqs:SendMessage', resource: arn });
          const queue = to.queues.findByArn(arn);
          if (queue === undefined) throw notFound(arn);
          to.queues.send(queue.name, text, extras.attributes);
          return;
        }
        case 'sns':
          authorize(sender, { action: 'sns:Publish', resource: arn });
          to.publish(arn, text, extras);
          return;
        case 'lambda':
          authorize(sender, { action: 'lambda:InvokeFunction', resource: arn });
          to.invokeAsync(arn, text);
          return;
        case 'states':
          authorize(sender, machineNeed('states:StartExecution', arn));
          await to.startExecution(arn, text);
          return;
        case 'events':
          authorize(sender, { action: 'events:PutEvents', resource: arn });
          to.putEvent(arn, text);
          return;
        default:
          throw notFound(arn);
      }
    },
  };
}

function serviceNeed(sender: { sourceArn: string }, need: Need, account: string): Need {
  return { ...need, context: { ...need.context, 'aws:SourceArn': sender.sourceArn, 'aws:SourceAccount': account } };
}

function notFound(arn: string): AwsFault {
  return new AwsFault('ResourceNotFoundException', `No service of the local runtime can deliver to ${arn}.`, 404);
}
