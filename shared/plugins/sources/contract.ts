import type { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type * as z from 'zod';
import type { Change } from '#shared/domain/changes/change.ts';
import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { RepositoryIdentity } from '#shared/domain/incident/repository-identity.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { Alert } from '#shared/domain/webhooks/alert.ts';
import type { Scheme } from '#shared/domain/webhooks/connection.ts';
import type { SignatureScheme } from '#shared/ports/webhook-signature.ts';

export type SourceResult =
  /** `branch`: the run's branch. Only its keyed hash goes into the signal. */
  | {
      kind: 'signal';
      signal: Signal;
      branch: RawRef | null /** What was changed, where the event says that as well. */;
      change?: Change;
    }
  /** Something was changed; `signal`: what it says of trouble besides. Null where only that is said, and the repository has to be confirmed. */
  | {
      kind: 'change';
      deliveryId: string;
      change: Change | null;
      /** The repository that the sender names. */
      repository: RepositoryIdentity | null;
      signal: Signal | null;
    }
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

/** A request with the delivery id and event that its source reads from it. */
export interface WebhookEnvelope extends WebhookRequest {
  /** The same for repeats of one delivery. */
  readonly deliveryId: string;
  /** The sender's name of the event; null when it gives none. */
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
   * Id of the delivery: the same for its repeats, and different from all other deliveries of all sources (a GUID, or prefixed with the source's
   * id). `missing`: the field that the request lacks.
   */
  deliveryId(request: Pick<WebhookRequest, 'headers' | 'body'>): string | { readonly missing: string };
  /** The sender's name of the event; null when it gives none. */
  eventName(request: Pick<WebhookRequest, 'headers' | 'body'>): string | null;
  /** `owner/name` of the repository that a body is about, from the field that its signal uses; null when it names none. */
  repositoryOf(body: unknown): string | null;
  toSignal(envelope: WebhookEnvelope): SourceResult;
}

const MAX_DELIVERY_ID_LENGTH = 200;

/** The envelope of an authenticated request, or the field that it lacks. */
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

/** Translates an authenticated request. */
export function translateWebhook(source: WebhookSource, request: WebhookRequest): SourceResult {
  const envelope = envelopeOf(source, request);
  return 'missing' in envelope ? { kind: 'rejected', reason: envelope.missing } : source.toSignal(envelope);
}

/** An EventBridge source: the pattern becomes a rule, and events reach the intake function through SQS. Pure. */
export interface EventSource {
  readonly kind: 'event';
  readonly id: string;
  readonly title: string;
  readonly pattern: {
    readonly source: readonly string[];
    readonly detailType: readonly string[];
    /** Matchers of fields of `detail`, so that what would be left aside costs nothing. */
    readonly detail?: Readonly<Record<string, unknown>>;
  };
  /** Whether the configuration has to name it in `awsEvents` before it is listened to. */
  readonly optional?: boolean;
  toSignal(event: unknown, receivedAt: Date): SourceResult;
}

/** What a delivery of alerts holds. */
export type AlertsResult =
  | {
      readonly kind: 'alerts';
      readonly alerts: readonly Alert[];
      /** What it holds and what opens nothing: a short static code (`heartbeat`), and what it is about, raw. */
      readonly ignored?: readonly { readonly reason: string; readonly about: string }[];
    }
  /** Somebody took on an incident of ours that the tool had paged them about. `by`: who, raw; null when the tool does not say. */
  | { readonly kind: 'acknowledged'; readonly eventId: string; readonly incidentId: string; readonly by: string | null }
  | { readonly kind: 'ignored'; readonly reason: string }
  /** Not understood: names the field and what was expected. */
  | { readonly kind: 'rejected'; readonly reason: string };

/** A tool that sends alerts through a connection: `POST /webhooks/<id>/<connection>`. Pure. */
export interface AlertSource {
  readonly kind: 'alerts';
  readonly id: string;
  readonly title: string;
  /** What people call the tool; the first word of the title where it is absent. */
  readonly tool?: string;
  /** How its deliveries can prove their sender; the first is what a new connection gets unless another is chosen. */
  readonly schemes: readonly [Scheme, ...Scheme[]];
  /** Whether the tool makes the secret itself, so that it must be stored. */
  readonly makesSecret?: boolean;
  /** Parsed and authenticated JSON, bounded in size and depth. */
  read(request: WebhookRequest): AlertsResult;
}

export type SourcePlugin = WebhookSource | AlertSource | EventSource;
export function defineSource<S extends SourcePlugin>(plugin: S): S {
  return plugin;
}

/** The first problem and its field: `workflow_run.id: Invalid input: expected number`. Never quotes the input. */
export function firstProblem(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue === undefined) return 'body: not understood';
  const field = issue.path.map(String).join('.') || 'body';
  return `${field}: ${issue.message}`.slice(0, 300);
}
