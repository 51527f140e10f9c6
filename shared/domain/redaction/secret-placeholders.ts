import { detachedText } from './detached-text.ts';

/** Secrets that are remembered; later ones share the placeholder without a number. */
const MOST_REMEMBERED = 10_000;

/** Gives each secret its placeholder. */
export interface Placeholders {
  of(kind: string, secret: string): string;
}

/** Numbers secrets in order of appearance, per kind; equal ones get equal placeholders. `counts` tells how many were asked for. */
export function makePlaceholders(): Placeholders & { counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  const numbers = new Map<string, number>();
  const bySecret = new Map<string, string>();
  return {
    counts,
    of(kind, secret) {
      counts[kind] = (counts[kind] ?? 0) + 1;
      const known = bySecret.get(secret);
      if (known !== undefined) return known;
      if (bySecret.size >= MOST_REMEMBERED) return `[redacted:${kind}]`;
      const number = (numbers.get(kind) ?? 0) + 1;
      numbers.set(kind, number);
      const placeholder = `[redacted:${kind}:${number}]`;
      bySecret.set(detachedText(secret), placeholder);
      return placeholder;
    },
  };
}
