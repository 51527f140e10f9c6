import * as z from 'zod';
import type { RedactedText } from './brand.ts';

/**
 * A text field of one of our records. The writer of the record must have redacted it, so what is read back is
 * redacted. Only for schemas in `shared/domain`; input from outside is parsed as a string and redacted.
 */
export function recordText({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}): z.ZodType<RedactedText, string> {
  return z.string().min(min).max(max) as z.ZodType<string, string> as z.ZodType<RedactedText, string>;
}
