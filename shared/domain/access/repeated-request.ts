import * as z from 'zod';

/** What was answered to a request that changed something. */
export const KeptAnswer = z.strictObject({
  status: z.number().int(),
  contentType: z.string(),
  /** Null when it is not kept: it held a secret or was too long. */
  body: z.string().nullable(),
  /** Further headers of the answer: `location`, `etag`. */
  headers: z.record(z.string(), z.string()).optional(),
});
export type KeptAnswer = z.infer<typeof KeptAnswer>;

/**
 * A request with an `Idempotency-Key` (the IETF draft of that name): sent again, it is answered as before instead of being done again.
 */
export const RepeatedRequest = z.strictObject({
  version: z.literal(1),
  /**
   * The same for every try of this request; what it makes derives its own id from this one. Earlier records lack it, and have a fingerprint of
   * method, path and body alone.
   */
  id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  /** Digest of everything that makes it this request: another request with the same key is an error of its sender. */
  fingerprint: z.string(),
  begunAt: z.iso.datetime(),
  /** Until then the first one may still be at work; later it has died, and the request may be done again. */
  busyUntil: z.iso.datetime(),
  /** Null until it has succeeded. */
  answer: KeptAnswer.nullable(),
});
export type RepeatedRequest = z.infer<typeof RepeatedRequest>;

/** How long a key is remembered. */
export const REQUEST_SECONDS = 24 * 3600;

/**
 * The record of a request that comes after `earlier` with the same key; null while `earlier` stands. A new try of the same request keeps its id, so
 * that whatever the first try made is found instead of being made twice. A request that died may have had its effect, so only a try of the same
 * request follows it; one that was answered with a failure (`busyUntil` is `begunAt`) gives way to any other.
 */
export function successorOf(earlier: RepeatedRequest, next: RepeatedRequest): RepeatedRequest | null {
  const at = Date.parse(next.begunAt);
  if (at - Date.parse(earlier.begunAt) >= REQUEST_SECONDS * 1000) return next;
  if (earlier.answer !== null || Date.parse(earlier.busyUntil) > at) return null;
  if (earlier.fingerprint === next.fingerprint) return { ...next, id: earlier.id ?? next.id };
  return earlier.busyUntil === earlier.begunAt ? next : null;
}

/** A parsed `Idempotency-Key`: the draft's quoted string or the bare key, which are the same key. Null for what is neither. */
export function idempotencyKeyOf(header: string): string | null {
  const text = header.trim();
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)?.[1];
  const key = quoted === undefined ? text : quoted.replace(/\\(["\\])/g, '$1');
  return /^[\x21-\x7e]{1,200}$/.test(key) ? key : null;
}
