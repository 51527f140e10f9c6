import * as z from 'zod';

/** How an incident ended, as told to people. */
export const Ending = z.enum(['resolved', 'suggested', 'escalated']);
export type Ending = z.infer<typeof Ending>;

/**
 * A record that people were notified about one thing through one channel. A repeat with the same key on the same
 * channel is skipped.
 */
export const Notification = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  channel: z.string().min(1).max(100),
  key: z.string().min(1).max(200),
  at: z.iso.datetime(),
  /** Digest of what a mail said, so that an identical next one can be skipped; null on other channels. */
  gist: z
    .strictObject({ ending: Ending, fingerprint: z.string().nullable(), actions: z.number().int().nonnegative() })
    .nullable(),
});
export type Notification = z.infer<typeof Notification>;
