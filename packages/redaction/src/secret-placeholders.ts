import { detachedText } from './placeholder.ts';

/** The placeholders that redaction writes. */
export const PLACEHOLDERS = /\[redacted:[\w-]{1,40}(?::\d{1,6})?\]/g;

/** Maximum remembered secrets; later ones share the placeholder without a number. */
const MAX_REMEMBERED = 10_000;

/** Assigns each secret its placeholder. */
export interface Placeholders {
  of(kind: string, secret: string): string;
}

/**
 * Numbers secrets by kind in order of appearance; equal ones get equal placeholders. `counts` tells how many were
 * requested.
 */
export function makePlaceholders(): Placeholders & { counts: Record<string, number>; readonly requested: number } {
  const counts: Record<string, number> = {};
  let requested = 0;
  const numbers = new Map<string, number>();
  const bySecret = new Map<string, string>();
  return {
    counts,
    get requested() {
      return requested;
    },
    of(kind, secret) {
      requested += 1;
      counts[kind] = (counts[kind] ?? 0) + 1;
      const known = bySecret.get(secret);
      if (known !== undefined) return known;
      if (bySecret.size >= MAX_REMEMBERED) return `[redacted:${kind}]`;
      const number = (numbers.get(kind) ?? 0) + 1;
      numbers.set(kind, number);
      const placeholder = `[redacted:${kind}:${number}]`;
      bySecret.set(detachedText(secret), placeholder);
      return placeholder;
    },
  };
}
