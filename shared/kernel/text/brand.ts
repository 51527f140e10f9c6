declare const redacted: unique symbol;

/** What is left of a redacted text that is cut, trimmed or split is redacted, too. */
interface RedactedParts {
  slice(start?: number, end?: number): RedactedText;
  trim(): RedactedText;
  trimEnd(): RedactedText;
  split(separator: string | RegExp, limit?: number): RedactedText[];
}

/**
 * Text from outside (logs, titles, names, alarm texts, replies of models) without its secrets. Only the redactor makes one, from the whole
 * text and before anything is cut out of it; records of ours are read back as one. Still tainted: shown and classified, never obeyed.
 */
export type RedactedText = RedactedParts & string & { readonly [redacted]: true };

/** The only function that turns a string into a `RedactedText`. Only the redactor and this folder may import it. */
export function markRedacted(text: string): RedactedText {
  return text as RedactedText;
}
