import { KnownHere, SeenBefore } from '@selfheal/diagnosis/diagnosis/diagnosis.ts';
import * as z from 'zod';
import { Incident } from '../incident/incident.ts';
import { KnowledgeEntry } from './knowledge-entry.ts';

const Share = z.number().min(0).max(1);

/** Knowledge about a failure and similar ones, stored between the search and the diagnosis. */
export const Known = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  found: z.strictObject({
    /** An entry known to match this failure, or null. */
    match: KnowledgeEntry.nullable(),
    /** 0 without a match. */
    confidence: Share,
    /** Best first, without the match. */
    similar: z.array(z.strictObject({ entry: KnowledgeEntry, score: Share, why: z.string() })).max(5),
  }),
  /** Similar failures of past incidents in the same scope. */
  seen: z.array(SeenBefore).max(3),
  /** The patterns that recognised it and are shown; absent in older records. */
  patterns: z.array(KnownHere).max(3).optional(),
  /** What the search had to do without, as sentences. */
  limits: z.array(z.string()),
  /** The incident as it was read for the search, so that the diagnosis right after need not read it again; absent in older records. */
  incident: Incident.optional(),
});
export type Known = z.infer<typeof Known>;

/** Used when nothing is known; `limits` says why. */
export function nothingKnown(incidentId: string, limits: string[] = []): Known {
  return { version: 1, incidentId, found: { match: null, confidence: 0, similar: [] }, seen: [], limits };
}
