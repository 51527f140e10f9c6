import type { RedactedText } from '../../kernel/text/redacted-text.ts';

/** A copy that does not keep the whole chunk of a log alive that the text is a slice of. */
export function detachedText(text: RedactedText): RedactedText;
export function detachedText(text: string): string;
export function detachedText(text: string): string {
  // A slice of a text that was just put together is a slice of that alone.
  return ` ${text}`.slice(1);
}
