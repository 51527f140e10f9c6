declare const raw: unique symbol;

/** A piece of a log as it came. Only the redactor reads it; everybody else passes it on. */
export interface RawText {
  readonly [raw]: true;
  /** In UTF-16 units, as of a string. */
  readonly length: number;
}

/** For adapters that read logs. */
export function rawTextOf(text: string): RawText {
  return text as string & RawText;
}
