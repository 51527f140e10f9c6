import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redact } from '@selfheal/redaction/redact.ts';

/** A text as the redactor leaves it; what is no secret stays as it is. */
export const redactedText = (text: string): RedactedText => redact(text).text;
