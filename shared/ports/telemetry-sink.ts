import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

/** Counters that operators watch (CloudWatch EMF on AWS). */
export interface Meter {
  count(name: string, value?: number): void;
  /** Milliseconds. */
  time(name: string, milliseconds: number): void;
}

/** Fields a log line may have beside its message: our own ids and codes. Text from outside has to be redacted. */
export interface LogFields {
  readonly incidentId?: string;
  readonly deliveryId?: string;
  /** `owner/name`. */
  readonly repository?: string;
  /** Name of an error's class, never its message. */
  readonly error?: string;
  /** Codes: kind, outcome, plug-in. */
  readonly kind?: string;
  readonly outcome?: string;
  readonly channel?: string;
  /** Id of a service. */
  readonly service?: string;
  readonly class?: string;
  /** Of a capacity, as the configuration names it. */
  readonly metric?: string;
  /** Problems in files that ship with the deployment. */
  readonly problems?: readonly string[];
  /** What could not be read. */
  readonly part?: RedactedText;
  readonly reason?: RedactedText;
}

/** Structured log: static message, fields without evidence text. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
