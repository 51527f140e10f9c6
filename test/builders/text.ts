import { redact } from '#shared/domain/redaction/redact.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';

/** A text as the redactor leaves it; what is no secret stays as it is. */
export const redactedText = (text: string): RedactedText => redact(text).text;
