import { FailureClass } from '@selfheal/kernel/failure-class.ts';
import { recordText } from '@selfheal/kernel/text/record-text.ts';
import * as z from 'zod';

/** Knowledge about a kind of failure: built in (`playbook`) or learned from a resolved incident. */
export const KnowledgeEntry = z.strictObject({
  version: z.literal(1),
  id: z.string().min(1).max(120),
  title: recordText({ min: 1, max: 200 }),
  origin: z.enum(['playbook', 'incident']),
  class: FailureClass,
  /** Fingerprints of failures it is known to match; empty for general advice. */
  fingerprints: z.array(z.string()).max(50),
  /** Lower-case words that indicate it; used for ranking. */
  keywords: z.array(z.string()).max(40),
  rootCause: recordText({ max: 2000 }),
  resolution: recordText({ max: 4000 }),
  prevention: recordText({ max: 2000 }),
  /** 0 to 1. */
  confidence: z.number().min(0).max(1),
  /** Verified outcomes so far. */
  successes: z.number().int().nonnegative(),
  failures: z.number().int().nonnegative(),
  updatedAt: z.iso.datetime().nullable(),
});
export type KnowledgeEntry = z.infer<typeof KnowledgeEntry>;
