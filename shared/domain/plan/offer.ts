import * as z from 'zod';
import { recordText } from '../../kernel/text/record-text.ts';
import { redactOutgoing } from '../redaction/redact.ts';
import type { Candidate } from './candidates.ts';

/**
 * The actions that code listed before the diagnosis; a language model may choose from these only. Stored, so that its
 * choice can be checked against them.
 */
export const Offer = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  at: z.iso.datetime(),
  actions: z.array(z.strictObject({ label: z.string(), actionId: z.string(), description: recordText() })),
});
export type Offer = z.infer<typeof Offer>;

/** Creates the offer from listed candidates. */
export function offerOf(incidentId: string, candidates: readonly Candidate[], at: Date): Offer {
  const actions = candidates.map(({ label, actionId, description }) => {
    return { label, actionId, description: redactOutgoing(description) };
  });
  return { version: 1, incidentId, at: at.toISOString(), actions };
}
