import { keyedHashOf } from '@selfheal/kernel/text/raw-ref.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { ChangeMessage } from '#shared/domain/changes/change-message.ts';
import { envelopeOf, type SourceResult, type WebhookSource } from '#shared/plugins/sources/contract.ts';
import type { ChangeQueue, CommandQueue, SecretReader, SignalQueue } from '#shared/ports/cloud.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import type { WebhookSignatures } from '#shared/ports/webhook-signature.ts';
import { parseBoundedJson } from './ingest-json.ts';
import { findSigners, type Signers } from './webhook-secrets.ts';

export interface WebhookDelivery {
  /** Path segment: the source that the delivery claims to be from. */
  readonly sourceId: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes exactly as received. */
  readonly body: Uint8Array;
}

export interface WebhookAnswer {
  readonly status: 202 | 400 | 401 | 404 | 413 | 415 | 422 | 503;
  readonly body: Readonly<Record<string, string | boolean>>;
}

export interface WebhookDeps {
  /** Null for an id that is of no source. */
  readonly sourceOf: (id: string) => Promise<WebhookSource | null>;
  readonly signatures: WebhookSignatures;
  readonly secrets: SecretReader;
  readonly queue: SignalQueue;
  readonly commands: CommandQueue;
  readonly changes: ChangeQueue;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** In bytes. A `workflow_run` delivery has about 30 KB. */
export const MAX_WEBHOOK_BYTES = 1_000_000;

const refuse = (status: WebhookAnswer['status'], error: string): WebhookAnswer => ({ status, body: { error } });

/**
 * Accepts one delivery. It is parsed only when its signature is valid, and used only when that signature is valid for its repository. 202
 * means that the signal is in the queue. After any other answer the sender shows the delivery as failed, and `redeliver-webhooks` requests it
 * again.
 */
export async function ingestWebhook(delivery: WebhookDelivery, deps: WebhookDeps): Promise<WebhookAnswer> {
  const source = await deps.sourceOf(delivery.sourceId);
  if (source === null) return counted(deps, 'unknown-source', refuse(404, 'There is no such source.'));
  if (delivery.body.byteLength > MAX_WEBHOOK_BYTES) {
    return counted(deps, 'too-large', refuse(413, `The body is larger than ${MAX_WEBHOOK_BYTES} bytes.`));
  }
  const signers = await readSigners(source, delivery, deps);
  if (signers === 'unavailable') return counted(deps, 'secret-unavailable', refuse(503, 'Try again later.'));
  if (signers === null) return unauthorized(deps);
  return await translate(source, delivery, signers, deps);
}

function unauthorized(deps: WebhookDeps): WebhookAnswer {
  return counted(deps, 'unauthorized', refuse(401, 'The signature does not match the body.'));
}

async function readSigners(
  source: WebhookSource,
  delivery: WebhookDelivery,
  deps: WebhookDeps,
): Promise<Signers | null | 'unavailable'> {
  try {
    return await findSigners(source, delivery, deps);
  } catch (error) {
    deps.log.error('The webhook secret cannot be read.', { error: nameOf(error) });
    return 'unavailable';
  }
}

async function translate(
  source: WebhookSource,
  delivery: WebhookDelivery,
  signers: Signers,
  deps: WebhookDeps,
): Promise<WebhookAnswer> {
  const type = delivery.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    return counted(deps, 'not-json', refuse(415, 'Set the content type of the webhook to application/json.'));
  }
  const body = parseBoundedJson(delivery.body);
  if (body.kind === 'invalid') return counted(deps, 'invalid-json', refuse(400, body.reason));
  // The secret of one repository must not be valid for another.
  if (!signers.mayReport(source.repositoryOf(body.value))) return unauthorized(deps);
  const request = { headers: delivery.headers, body: body.value, receivedAt: deps.clock.now() };
  const envelope = envelopeOf(source, request);
  if ('missing' in envelope) return counted(deps, 'no-delivery-id', refuse(400, envelope.missing));
  const result = source.toSignal(envelope);
  switch (result.kind) {
    case 'ignored':
      return counted(deps, `ignored-${result.reason}`, { status: 202, body: ignoredBody(result) });
    case 'rejected':
      return counted(deps, 'rejected', refuse(422, result.reason));
    case 'signal':
      return await enqueueSignal(result, deps);
    case 'change': {
      const { kind, deliveryId, change, repository, signal } = result;
      const message: ChangeMessage = { version: 1, kind, deliveryId, change, repository, signal };
      return await enqueue(deliveryId, () => deps.changes.sendChange(message), deps);
    }
    case 'command':
      return await enqueue(result.command.deliveryId, () => deps.commands.sendCommand(result.command), deps);
    default:
      return result satisfies never;
  }
}

/** Passes on a hash of the branch, which groups failures of one branch, instead of its name. */
async function enqueueSignal(
  { signal, branch }: Extract<SourceResult, { kind: 'signal' }>,
  deps: WebhookDeps,
): Promise<WebhookAnswer> {
  let branchKey: string | null;
  try {
    branchKey = branch === null ? null : keyedHashOf(branch, await nameKeyOf(deps.secrets));
  } catch (error) {
    deps.log.error('The key for hashing names could not be read.', { error: nameOf(error) });
    return counted(deps, 'secret-unavailable', refuse(503, 'Try again later.'));
  }
  const keyed = { ...signal, tainted: { ...signal.tainted, branchKey } };
  return await enqueue(signal.deliveryId, () => deps.queue.send(keyed), deps);
}

async function nameKeyOf(secrets: SecretReader): Promise<string> {
  const { key = '' } = await secrets.read('name-key');
  return key;
}

function ignoredBody({ reason, problems = [] }: Extract<SourceResult, { kind: 'ignored' }>): WebhookAnswer['body'] {
  return { ignored: reason, ...(problems.length === 0 ? {} : { problems: problems.join(' ') }) };
}

async function enqueue(delivery: string, send: () => Promise<void>, deps: WebhookDeps): Promise<WebhookAnswer> {
  try {
    await send();
  } catch (error) {
    deps.log.error('The intake queue did not accept a message.', { deliveryId: delivery, error: nameOf(error) });
    return counted(deps, 'queue-unavailable', refuse(503, 'Try again later.'));
  }
  return counted(deps, 'accepted', { status: 202, body: { accepted: true, delivery } });
}

function counted(deps: WebhookDeps, outcome: string, answer: WebhookAnswer): WebhookAnswer {
  deps.meter.count(`webhook-${outcome}`);
  return answer;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
