import * as z from 'zod';

/** What was answered to a request that changed something. */
export const KeptAnswer = z.strictObject({
  status: z.number().int(),
  contentType: z.string(),
  /** Null when it is not kept: it held a secret or was too long. */
  body: z.string().nullable(),
});
export type KeptAnswer = z.infer<typeof KeptAnswer>;

/**
 * A request with an `Idempotency-Key` (the IETF draft of that name): sent again, it is answered as before instead of being done again.
 */
export const RepeatedRequest = z.strictObject({
  version: z.literal(1),
  /** Digest of method, path and body: another request with the same key is an error of its sender. */
  fingerprint: z.string(),
  begunAt: z.iso.datetime(),
  /** Until then the first one may still be at work; later it has died, and the request may be done again. */
  busyUntil: z.iso.datetime(),
  /** Null until it has succeeded. */
  answer: KeptAnswer.nullable(),
});
export type RepeatedRequest = z.infer<typeof RepeatedRequest>;

/** How long an answer is kept. */
export const REQUEST_SECONDS = 24 * 3600;

/** Whether a request that came before gives way to one that comes at `at`. */
export function givesWay({ answer, begunAt, busyUntil }: RepeatedRequest, at: Date): boolean {
  if (at.getTime() - Date.parse(begunAt) >= REQUEST_SECONDS * 1000) return true;
  return answer === null && Date.parse(busyUntil) <= at.getTime();
}
