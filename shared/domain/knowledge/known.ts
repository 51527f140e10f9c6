import * as z from 'zod';
import { SeenBefore } from '../diagnosis/seen-before.ts';
import { KnowledgeEntry } from './knowledge-entry.ts';

const Share = z.number().min(0).max(1);

/** What is known of a failure and of those like it, as it is kept from the search until the diagnosis. */
export const Known = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  found: z.strictObject({
    /** An entry known to fit this very failure, or null. */
    match: KnowledgeEntry.nullable(),
    /** 0 without a match. */
    confidence: Share,
    /** Best first, the match left out. */
    similar: z.array(z.strictObject({ entry: KnowledgeEntry, score: Share, why: z.string() })).max(5),
  }),
  /** Failures of past incidents of the same place that are like this one. */
  seen: z.array(SeenBefore).max(3),
  /** What the search had to do without, as sentences. */
  limits: z.array(z.string()),
});
export type Known = z.infer<typeof Known>;

/** When nothing is known; `limits` says what it is known by. */
export function nothingKnown(incidentId: string, limits: string[] = []): Known {
  return { version: 1, incidentId, found: { match: null, confidence: 0, similar: [] }, seen: [], limits };
}
