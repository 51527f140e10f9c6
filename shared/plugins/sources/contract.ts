import type { CommentCommand } from '#shared/domain/incident/comment-command.ts';
import type { Signal } from '#shared/domain/incident/signal.ts';
import type { RawRef } from '#shared/kernel/text/raw-ref.ts';

export type SourceResult =
  /** `branch`: what the run is of. Its keyed hash is put into the signal, which does not carry the name itself. */
  | { kind: 'signal'; signal: Signal; branch: RawRef | null }
  /** Somebody asks for something in a comment. */
  | { kind: 'command'; command: CommentCommand }
  /** Understood and not of interest; `reason` is a short static code that is counted (`conclusion-success`). */
  | {
      kind: 'ignored';
      reason: string /** What is wrong with how the sender is set up, in plain words. */;
      problems?: readonly string[];
    }
  /** Not understood: names the field and what was expected. */
  | { kind: 'rejected'; reason: string };

export interface WebhookEnvelope {
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON, already authenticated and bounded in size and depth. */
  readonly body: unknown;
  readonly receivedAt: Date;
}

/** A webhook source: authenticated by the webhook function, translated by `toSignal`. Pure. */
export interface WebhookSource {
  readonly kind: 'webhook';
  /** Path segment: `/webhooks/<id>`. */
  readonly id: string;
  readonly title: string;
  /** How requests prove who sent them. */
  readonly scheme: 'github-hmac-sha256';
  /** `owner/name` of the repository that a body is about: the very field its signal is made of. Null when it names none. */
  repositoryOf(body: unknown): string | null;
  toSignal(envelope: WebhookEnvelope): SourceResult;
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
