declare const redacted: unique symbol;

/** Cutting, trimming or splitting a redacted text gives redacted texts. */
interface RedactedParts {
  slice(start?: number, end?: number): RedactedText;
  trim(): RedactedText;
  trimEnd(): RedactedText;
  split(separator: string | RegExp, limit?: number): RedactedText[];
}

/**
 * Text from outside (logs, titles, names, alarm texts, replies of models) without its secrets. Only the redactor makes
 * one, from the whole text and before anything is cut out of it; our own records are read back as one. Still tainted:
 * shown and classified, but never followed as an instruction.
 */
export type RedactedText = RedactedParts & string & { readonly [redacted]: true };

/** The only function that turns a string into a `RedactedText`. Only the redactor and this folder may import it. */
export function markRedacted(text: string): RedactedText {
  return text as RedactedText;
}
