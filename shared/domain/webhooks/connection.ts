import * as z from 'zod';
import { ConnectionId } from '../incident/target-context.ts';

/** How senders prove who they are. */
export const SCHEMES = [
  'github',
  'standard-webhooks',
  'grafana',
  'sentry',
  'pagerduty',
  'bearer',
  'basic',
  'token-header',
  'path',
] as const;
export type Scheme = (typeof SCHEMES)[number];

/** Header that a `token-header` connection reads unless it names another one. */
export const DEFAULT_TOKEN_HEADER = 'x-selfheal-token';

/** Id of the source plug-in or of the mapping that reads a connection's deliveries. */
export const SourceId = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'Must be the id of a source');

/** What whoever makes a connection chooses. */
export const ConnectionSettings = z.strictObject({
  id: ConnectionId,
  source: SourceId,
  scheme: z.enum(SCHEMES),
  /** Lower-case name of the header with the secret, for `token-header`. */
  header: z
    .string()
    .regex(/^[a-z0-9-]{1,60}$/, 'Must be the name of a header in lower case')
    .nullable()
    .default(null),
  /** Ids of the services that it may speak for; null: for every service, and for what names none. */
  services: z.array(z.string().min(1).max(100)).min(1).max(200).nullable().default(null),
  /** Deliveries that are read in a minute; further ones are only counted. */
  perMinute: z.number().int().min(1).max(3000).default(120),
  /**
   * `derived`: Selfheal makes the secret, and the sender is told. `stored`: the sender made it, and an operator wrote it into the webhook secret
   * under `connections`.
   */
  secret: z.enum(['derived', 'stored']).default('derived'),
  /** Minutes without a delivery after which people are told; null: not watched. */
  silentAfterMinutes: z.number().int().min(5).max(43_200).nullable().default(null),
});
export type ConnectionSettings = z.infer<typeof ConnectionSettings>;

/** Somebody's sender of webhooks: how it proves itself, for what it may speak, and how much of it is read. */
export const Connection = ConnectionSettings.extend({
  version: z.literal(1),
  /** Makes the derived secrets of this connection others than those of an earlier one of the same id. Connections from before it existed lack it. */
  salt: z
    .string()
    .regex(/^[0-9a-f]{16,64}$/)
    .optional(),
  /** Rises with every rotation of a derived secret. */
  generation: z.number().int().positive(),
  /** Until when the derived secret of the generation before is accepted too; null: not at all. */
  previousUntil: z.iso.datetime().nullable(),
  createdBy: z.string().min(1).max(200),
  createdAt: z.iso.datetime(),
});
export type Connection = z.infer<typeof Connection>;

/** Names of services are compared by their letters and digits: `payment-service`, `PaymentService` and `payment_service` are one. */
export const spellingOf = (service: string): string => service.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');

/** Whether the connection may speak for a service; null: what names none. */
export function maySpeakFor({ services }: Pick<Connection, 'services'>, service: string | null): boolean {
  if (services === null) return true;
  return service !== null && services.some((one) => spellingOf(one) === spellingOf(service));
}
