import type * as z from 'zod';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { RawRef } from '#shared/kernel/text/raw-ref.ts';
import type { SignatureScheme } from '#shared/ports/webhook-signature.ts';

export type SourceResult =
  /** `branch`: the run's branch. Only its keyed hash goes into the signal. */
  | { kind: 'signal'; signal: Signal; branch: RawRef | null }
  /** A command in a comment. */
  | { kind: 'command'; command: CommentCommand }
  /** Understood but not needed; `reason` is a short static code that is counted (`conclusion-success`). */
  | {
      kind: 'ignored';
      reason: string /** What is wrong with how the sender is set up, in plain words. */;
      problems?: readonly string[];
    }
  /** Not understood: names the field and what was expected. */
  | { kind: 'rejected'; reason: string };

export interface WebhookRequest {
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON, already authenticated and bounded in size and depth. */
  readonly body: unknown;
  readonly receivedAt: Date;
}

/** A request with what its source says it is. */
export interface WebhookEnvelope extends WebhookRequest {
  /** Equal for repeats of the same delivery. */
  readonly deliveryId: string;
  /** What the sender calls the event; null when it does not say. */
  readonly event: string | null;
}

/** A webhook source: authenticated by the webhook function, translated by `toSignal`. Pure. */
export interface WebhookSource {
  readonly kind: 'webhook';
  /** Path segment: `/webhooks/<id>`. */
  readonly id: string;
  readonly title: string;
  /** How requests prove their sender. */
  readonly scheme: SignatureScheme;
  /**
   * What names the delivery, equal for its repeats; of one source different from those of all others (a GUID, or with the
   * source's id before it). `missing`: what the request lacks, by its field.
   */
  deliveryId(request: Pick<WebhookRequest, 'headers' | 'body'>): string | { readonly missing: string };
  /** What the sender calls the event; null when it does not say. */
  eventName(request: Pick<WebhookRequest, 'headers' | 'body'>): string | null;
  /**
   * `owner/name` of the repository that a body is about: the same field that its signal uses. Null when it names none.
   */
  repositoryOf(body: unknown): string | null;
  toSignal(envelope: WebhookEnvelope): SourceResult;
}

const MAX_DELIVERY_ID_LENGTH = 200;

/** The envelope of an authenticated request, or what it lacks. */
export function envelopeOf(
  source: WebhookSource,
  request: WebhookRequest,
): WebhookEnvelope | { readonly missing: string } {
  const deliveryId = source.deliveryId(request);
  if (typeof deliveryId !== 'string') return deliveryId;
  if (deliveryId === '' || deliveryId.length > MAX_DELIVERY_ID_LENGTH)
    return { missing: `the id of the delivery is empty or longer than ${MAX_DELIVERY_ID_LENGTH} characters` };
  return { ...request, deliveryId, event: source.eventName(request) };
}

/** What a source makes of an authenticated request. */
export function translateWebhook(source: WebhookSource, request: WebhookRequest): SourceResult {
  const envelope = envelopeOf(source, request);
  return 'missing' in envelope ? { kind: 'rejected', reason: envelope.missing } : source.toSignal(envelope);
}

/** An EventBridge source: the pattern becomes a rule; the event reaches the intake function through SQS. Pure. */
export interface EventSource {
  readonly kind: 'event';
  readonly id: string;
  readonly title: string;
  readonly pattern: { readonly source: readonly string[]; readonly detailType: readonly string[] };
  toSignal(event: unknown, receivedAt: Date): SourceResult;
}

export type SourcePlugin = WebhookSource | EventSource;
export function defineSource<S extends SourcePlugin>(plugin: S): S {
  return plugin;
}

/** The first problem with its field: `workflow_run.id: Invalid input: expected number`. Never quotes the input. */
export function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'body: not understood';
  const field = issue.path.map(String).join('.') || 'body';
  return `${field}: ${issue.message}`.slice(0, 300);
}
