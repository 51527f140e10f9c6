import * as z from 'zod';
import { ConnectionId } from '../incident/target-context.ts';
import { SourceId } from './connection.ts';

/** That somebody acknowledged a page of ours in the tool that paged them. It acknowledges the incident, and approves nothing. */
export const PagerAcknowledgement = z.strictObject({
  version: z.literal(1),
  kind: z.literal('pager-acknowledgement'),
  /** The same for repeats of one delivery. */
  deliveryId: z.string().min(1).max(200),
  incidentId: z.string().regex(/^[a-z0-9-]{8,60}$/),
  /** Tool and person, for people who read it; redacted. */
  by: z.string().min(1).max(200),
  /** Which services the connection may speak for; null: all. */
  services: z.array(z.string().min(1).max(100)).max(200).nullable(),
  /** Through which connection it came; messages of before this was noted lack it. */
  from: z.strictObject({ source: SourceId, connection: ConnectionId }).optional(),
});
export type PagerAcknowledgement = z.infer<typeof PagerAcknowledgement>;
