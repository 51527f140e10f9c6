import type { RawText } from './raw-text.ts';

/** The content of a piece of a log. Only `domain/redaction` and `domain/logs` may import it. */
export function readRawText(text: RawText | string): string {
  return text as string;
}
