/** Counters that operators watch (CloudWatch EMF on AWS). */
export interface Meter {
  count(name: string, value?: number): void;
  /** Milliseconds. */
  time(name: string, milliseconds: number): void;
}

/** Structured log: static message, fields without evidence text. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
