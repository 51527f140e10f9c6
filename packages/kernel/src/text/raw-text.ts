declare const raw: unique symbol;

/** A piece of a log before redaction. Only the redactor reads it; all other code passes it on. */
export interface RawText {
  readonly [raw]: true;
  /** In UTF-16 units, like `String.length`. */
  readonly length: number;
}

/** For adapters that read logs. */
export function rawTextOf(text: string): RawText {
  return text as string & RawText;
}
