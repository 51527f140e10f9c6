import * as z from 'zod';

/** A fact as a trail keeps it. */
export type AuditFact = string | number | boolean | null;

/** What binds an entry to the one before it. */
export const AuditLink = z.strictObject({
  /** 1 for the first entry of an incident. */
  sequence: z.number().int().positive(),
  /** Digest of the entry before; null for the first. */
  previous: z.string().nullable(),
  /** SHA-256 of all other fields in canonical JSON. */
  digest: z.string(),
});
export type AuditLink = z.infer<typeof AuditLink>;

/**
 * An entry as it is read back, for people alone: the chain shows whether it is as it was written, so event and facts are taken as they
 * are. What may be written is in `audit-event.ts`.
 */
export const TrailEntry = z.strictObject({
  incidentId: z.string(),
  /** Names the entry: a repeat of the same one is no second. */
  key: z.string().min(1).max(500),
  /** ISO 8601, by the writer's clock; a trail is ordered by its sequence, not by this. */
  at: z.iso.datetime({ offset: true }),
  event: z.string().max(100),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  link: AuditLink,
});
export type TrailEntry = z.infer<typeof TrailEntry>;
