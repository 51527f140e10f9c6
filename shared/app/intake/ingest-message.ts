import { InvalidInput } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { Change } from '#shared/domain/changes/change.ts';
import { ChangeMessage } from '#shared/domain/changes/change-message.ts';
import { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import { identityOf, type RepositoryIdentity } from '#shared/domain/incident/repository-identity.ts';
import { Signal } from '#shared/domain/incident/signal.ts';
import { PagerAcknowledgement } from '#shared/domain/webhooks/pager-acknowledgement.ts';
import { SlackOrder } from '#shared/domain/webhooks/slack-order.ts';
import type { EventSource } from '#shared/plugins/sources/contract.ts';

export type IntakeMessage =
  | { kind: 'signal'; signal: Signal; change?: Change }
  | ChangeMessage
  | { kind: 'command'; command: CommentCommand }
  | { kind: 'slack'; order: SlackOrder }
  | { kind: 'acknowledgement'; acknowledgement: PagerAcknowledgement }
  | { kind: 'ignored'; reason: string; about?: { readonly source: string; readonly subject: string } };

/**
 * Reads an intake message: a signal or a command from the webhook function, what people ask for in Slack or acknowledge in a pager, or an event from EventBridge. Throws `InvalidInput` for anything
 * else, which then goes to the dead-letter queue.
 */
export function readIntakeMessage(body: string, sources: readonly EventSource[], receivedAt: Date): IntakeMessage {
  const value = parseJson(body);
  if (isEvent(value)) return readEvent(value, sources, receivedAt);
  const change = ChangeMessage.safeParse(value);
  if (change.success) return change.data;
  const command = CommentCommand.safeParse(value);
  if (command.success) return { kind: 'command', command: command.data };
  const order = SlackOrder.safeParse(value);
  if (order.success) return { kind: 'slack', order: order.data };
  const acknowledgement = PagerAcknowledgement.safeParse(value);
  if (acknowledgement.success) return { kind: 'acknowledgement', acknowledgement: acknowledgement.data };
  const signal = Signal.safeParse(value);
  if (!signal.success)
    throw new InvalidInput('The intake message is neither a signal nor an event of a registered source.');
  return { kind: 'signal', signal: signal.data };
}

/** The repository that the sender names; null for messages about none. */
export function repositoryOfMessage(message: IntakeMessage): RepositoryIdentity | null {
  if (message.kind === 'ignored' || message.kind === 'slack' || message.kind === 'acknowledgement') return null;
  if (message.kind === 'command') return identityOf(message.command);
  if (message.kind === 'change') return message.repository;
  const { target } = message.signal;
  return target.kind === 'run' ? identityOf(target) : null;
}

function readEvent(event: BusEvent, sources: readonly EventSource[], receivedAt: Date): IntakeMessage {
  const source = sources.find(
    ({ pattern }) => pattern.source.includes(event.source) && pattern.detailType.includes(event['detail-type']),
  );
  if (source === undefined) return { kind: 'ignored', reason: 'event-other' };
  const result = source.toSignal(event, receivedAt);
  if (result.kind === 'rejected') throw new InvalidInput(`Event of source ${source.id}: ${result.reason}`);
  if (result.kind === 'change') return { version: 1, ...result };
  return result.kind === 'ignored' ? { ...result, about: { source: source.id, subject: subjectOf(event) } } : result;
}

/** What an event of the bus is about, by its own account: the first resource's name. */
function subjectOf(event: unknown): string {
  const read = z.object({ resources: z.array(z.string()).min(1) }).safeParse(event);
  return read.data?.resources[0]?.split(':').slice(6).join(':') || 'an event';
}

interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
}

function isEvent(value: unknown): value is BusEvent {
  return (
    typeof value === 'object' &&
    value !== null &&
    'detail-type' in value &&
    typeof value['detail-type'] === 'string' &&
    'source' in value &&
    typeof value.source === 'string'
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new InvalidInput('The intake message is not JSON.', { cause });
  }
}
