import * as z from 'zod';

/** One decision or effect, as it was written down when it happened. */
export const AuditEntry = z.strictObject({
  /** ISO 8601, by the clock of whoever wrote it; the order of a trail is that of its sequence, not of this. */
  at: z.iso.datetime({ offset: true }),
  /** Past tense: `incident.opened`, `action.intended`, `guard.denied` ... */
  event: z.string().max(100),
  /** Trusted facts only, as they were known then; never evidence text. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

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

/** An entry as it is kept. `link` is null for what was written before trails were chained. */
export const TrailEntry = AuditEntry.extend({
  incidentId: z.string(),
  /** Names the entry: a repeat of the same one is no second. */
  key: z.string().min(1).max(500),
  link: AuditLink.nullable(),
});
export type TrailEntry = z.infer<typeof TrailEntry>;
