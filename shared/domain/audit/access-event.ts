import * as z from 'zod';
import { Actor } from '../access/caller.ts';
import { ACCOUNT_HOSTS } from '../access/person.ts';

const event = <E extends string, F extends z.ZodRawShape>(name: E, facts: F) =>
  z.strictObject({
    /** ISO 8601, by the clock of whoever writes it. */
    at: z.iso.datetime({ offset: true }),
    event: z.literal(name),
    facts: z.strictObject(facts),
  });

/** The trail that access events are chained in, as an incident's entries are under its id. No incident has this id. */
export const ACCESS_TRAIL = 'access';

/** The trail of what was changed at run time: settings, and the kill switch. */
export const POLICY_TRAIL = 'policy';

/** The trail of what was deleted on request. */
export const DATA_TRAIL = 'data';

/** A person or a key; `byId` stays when the name `by` changes. */
const BY = { by: z.string(), byId: z.string(), byKind: Actor.shape.kind };

/** A sender of webhooks. */
const CONNECTION = { id: z.string(), source: z.string(), scheme: z.string(), ...BY };

/** What was changed about who may call the API, and who may send alerts. */
export const AccessEvent = z.discriminatedUnion('event', [
  event('api-key.created', {
    id: z.string(),
    name: z.string(),
    /** Separated by blanks. */
    roles: z.string(),
    expiresAt: z.string(),
    ...BY,
  }),
  /** `login`: null when the link was ended. `host`: GitHub in entries without it. */
  event('person.linked', {
    id: z.string(),
    name: z.string(),
    login: z.string().nullable(),
    host: z.enum(ACCOUNT_HOSTS).exactOptional(),
    ...BY,
  }),
  event('connection.created', CONNECTION),
  event('connection.rotated', CONNECTION),
  event('connection.removed', CONNECTION),
  event('api-key.revoked', { id: z.string(), name: z.string(), ...BY }),
]);
export type AccessEvent = z.infer<typeof AccessEvent>;

const CHANGED = {
  revision: z.number().int().min(1),
  reason: z.string(),
  /** `field: before -> after`, separated by semicolons; null when nothing differs. */
  changes: z.string().nullable(),
  ...BY,
};

/** What was changed at run time, and why. */
export const PolicyEvent = z.discriminatedUnion('event', [
  event('policy.changed', CHANGED),
  event('policy.reset', CHANGED),
  event('policy.restored', CHANGED),
  event('policy.stopped', { reason: z.string(), ...BY }),
  event('policy.resumed', { reason: z.string(), ...BY }),
]);
export type PolicyEvent = z.infer<typeof PolicyEvent>;

/** What was deleted on request. It names the repository and who asked, and nobody else. */
export const DataEvent = z.discriminatedUnion('event', [
  event('data.deleted', {
    repository: z.string(),
    startedAt: z.iso.datetime(),
    /** Records by kind: `incident: 3, audit: 41`. */
    counts: z.string(),
    ...BY,
  }),
]);
export type DataEvent = z.infer<typeof DataEvent>;
