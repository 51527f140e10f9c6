import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';

/** A failure that was met before, with the newest of its incidents and why it is taken for it. Words of logs: tainted. */
export const SeenBefore = z.strictObject({
  incidentId: z.string().max(60),
  endedAt: z.iso.datetime(),
  title: recordText({ max: 300 }),
  resolution: recordText({ max: 1000 }),
  outcome: z.enum(['resolved', 'suggested', 'escalated']),
  /** Whether the resolution was done and verified: true helped, false did not, null was only proposed. */
  helped: z.boolean().nullable(),
  /** Equal fingerprints; otherwise it is only similar. */
  sameFailure: z.boolean(),
  /** Incidents of that failure that are remembered, at least one. */
  times: z.number().int().positive(),
  /** 0 to 1. */
  score: z.number().min(0).max(1),
  reasons: z.array(z.string().max(400)).max(8),
});
export type SeenBefore = z.infer<typeof SeenBefore>;
