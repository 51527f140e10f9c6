import * as z from 'zod';
import type { RedactedText } from './brand.ts';

/**
 * A text field of a record of ours. Whoever writes the record had to redact it, so what is read back is redacted. Only for schemas in
 * `shared/domain`: what comes from outside is parsed as a string and redacted.
 */
export function recordText({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}): z.ZodType<RedactedText, string> {
  return z.string().min(min).max(max) as z.ZodType<string, string> as z.ZodType<RedactedText, string>;
}
