import { type Classification, FAMILY_OF, type FailureClass } from '../incident/failure-class.ts';
import { Tag } from './learned-pattern.ts';
import type { Resolution } from './resolution.ts';

const MOST_TAGS = 20;

/** What a failure is filed under: its class and family, how it was recognised, and what its record says. */
export function tagsOf(
  failureClass: FailureClass,
  { signature }: Pick<Classification, 'signature'>,
  { tags, service, severity }: Pick<Resolution, 'tags' | 'service' | 'severity'>,
): string[] {
  const family = FAMILY_OF[failureClass];
  const known = failureClass === 'unknown' ? [] : [failureClass, family];
  const all = [...tags, ...known, service, severity, signature].filter((tag) => tag !== null);
  return [...new Set(all)].filter((tag) => Tag.safeParse(tag).success).slice(0, MOST_TAGS);
}
