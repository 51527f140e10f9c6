import type { RawText } from './raw-text.ts';

/** What a piece of a log says. Only `domain/redaction` and `domain/logs` may import it. */
export function readRawText(text: RawText | string): string {
  return text as string;
}
