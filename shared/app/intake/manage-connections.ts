import type { Clock } from '@selfheal/kernel/time.ts';
import { type Actor, actorOf, type Caller, nameOfCaller } from '#shared/domain/access/caller.ts';
import type { AccessEvent } from '#shared/domain/audit/access-event.ts';
import { type Connection, type ConnectionSettings, DEFAULT_TOKEN_HEADER } from '#shared/domain/webhooks/connection.ts';
import { secretOfGeneration } from '#shared/domain/webhooks/connection-secret.ts';
import type { AlertSource } from '#shared/plugins/sources/contract.ts';
import type { AccessTrail } from '#shared/ports/access.ts';
import type { SecretReader } from '#shared/ports/cloud.ts';
import type { ConnectionMeter, ConnectionStore } from '#shared/ports/connection-store.ts';

export interface ManageConnectionsDeps {
  readonly connections: ConnectionStore;
  readonly activity: Pick<ConnectionMeter, 'lastSeen'>;
  readonly secrets: SecretReader;
  readonly sources: readonly AlertSource[];
  readonly trail: AccessTrail;
  readonly clock: Clock;
  /** Random bytes in hexadecimal. */
  readonly random: (bytes: number) => string;
  /** Address of the API without a slash at the end. */
  readonly apiUrl: string;
}

/** What somebody needs to set up the sender. */
export interface ConnectionSetup {
  readonly connection: Connection;
  /** Where it sends to; of the scheme `path` with the secret in it. */
  readonly url: string;
  /** Shown to administrators alone; null where the sender makes the secret. */
  readonly secret: string | null;
  /** How the sender proves itself, in one sentence. */
  readonly how: string;
}

export type ConnectionOutcome =
  | { readonly kind: 'done'; readonly setup: ConnectionSetup }
  | { readonly kind: 'invalid'; readonly reason: string }
  | { readonly kind: 'taken' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'changed-meanwhile' };

const HOUR = 3_600_000;
const SALT_BYTES = 16;

/** Connections with the time of their last delivery, and whether they spoke once and have been silent for longer than they should. */
export async function listConnections({ connections, activity, clock }: ManageConnectionsDeps) {
  const now = clock.now().getTime();
  const all = await connections.list();
  return await Promise.all(
    all.map(async (connection) => {
      const lastSeenAt = await activity.lastSeen(connection.id);
      const limit = connection.silentAfterMinutes;
      const isSilent = limit !== null && lastSeenAt !== null && now - Date.parse(lastSeenAt) > limit * 60_000;
      return { ...connection, lastSeenAt, isSilent };
    }),
  );
}

/**
 * Makes a connection. Its secret can be shown again, because it is derived and not stored. It is no secret of an earlier connection of the same id, which
 * somebody may have removed because the secret leaked.
 */
export async function createConnection(
  settings: ConnectionSettings,
  caller: Caller,
  deps: ManageConnectionsDeps,
): Promise<ConnectionOutcome> {
  const source = deps.sources.find(({ id }) => id === settings.source);
  if (source === undefined) {
    const known = deps.sources.map(({ id }) => id).join(', ');
    return { kind: 'invalid', reason: `There is no source ${settings.source}: expected one of ${known}.` };
  }
  if (source.makesSecret === true && settings.scheme === source.schemes[0] && settings.secret === 'derived')
    return {
      kind: 'invalid',
      reason: `${source.title} makes the secret itself: choose the secret "stored", and write it into the webhook secret under connections.${settings.id}.`,
    };
  if ((await deps.connections.get(settings.id)) !== null) return { kind: 'taken' };
  const salt = deps.random(SALT_BYTES);
  const connection: Connection = {
    ...settings,
    version: 1,
    salt,
    generation: 1,
    previousUntil: null,
    createdBy: nameOfCaller(caller),
    createdAt: deps.clock.now().toISOString(),
  };
  const facts = { id: connection.id, source: connection.source, scheme: connection.scheme };
  await note('connection.created', `${connection.id}#${salt}`, facts, actorOf(caller), deps);
  if (!(await deps.connections.create(connection))) return { kind: 'taken' };
  return { kind: 'done', setup: await setupOf(connection, deps) };
}

/** How the sender is set up: address, secret, and what to enter where. */
export async function showConnection(id: string, deps: ManageConnectionsDeps): Promise<ConnectionOutcome> {
  const connection = await deps.connections.get(id);
  return connection === null ? { kind: 'not-found' } : { kind: 'done', setup: await setupOf(connection, deps) };
}

/** The next secret. The one before is accepted for some hours more, so that no delivery is refused while the sender is changed. */
export async function rotateConnection(
  id: string,
  overlapHours: number,
  caller: Caller,
  deps: ManageConnectionsDeps,
): Promise<ConnectionOutcome> {
  const known = await deps.connections.get(id);
  if (known === null) return { kind: 'not-found' };
  if (known.secret === 'stored')
    return {
      kind: 'invalid',
      reason: `The sender makes the secret of ${id}: change it there, and in the webhook secret under connections.${id}.`,
    };
  const until = new Date(deps.clock.now().getTime() + overlapHours * HOUR);
  const facts = { id, source: known.source, scheme: known.scheme };
  const step = [id, known.salt, known.generation + 1].filter((part) => part !== undefined).join('#');
  await note('connection.rotated', step, facts, actorOf(caller), deps);
  const rotated = await deps.connections.rotate(id, known.generation, until);
  return rotated === null ? { kind: 'changed-meanwhile' } : { kind: 'done', setup: await setupOf(rotated, deps) };
}

/** Ends a connection: its deliveries are refused from now on. */
export async function removeConnection(
  id: string,
  caller: Caller,
  deps: ManageConnectionsDeps,
): Promise<ConnectionOutcome> {
  const connection = await deps.connections.get(id);
  if (connection === null) return { kind: 'not-found' };
  const { source, scheme } = connection;
  const once = connection.salt ?? deps.clock.now().getTime();
  await note('connection.removed', `${id}#${once}`, { id, source, scheme }, actorOf(caller), deps);
  await deps.connections.remove(id);
  return { kind: 'done', setup: await setupOf(connection, deps) };
}

async function setupOf(connection: Connection, { secrets, apiUrl }: ManageConnectionsDeps): Promise<ConnectionSetup> {
  const address = `${apiUrl}/webhooks/${connection.source}/${connection.id}`;
  if (connection.secret === 'stored') return { connection, url: address, secret: null, how: howOf(connection, null) };
  const { key = '' } = await secrets.read('name-key');
  const secret = secretOfGeneration(connection, connection.generation, key);
  const url = connection.scheme === 'path' ? `${address}/${secret}` : address;
  return { connection, url, secret, how: howOf(connection, secret) };
}

const HOW: Readonly<Record<Connection['scheme'], string>> = {
  github: 'Enter the secret at the webhook; it signs the header X-Hub-Signature-256.',
  'standard-webhooks': 'Enter the secret as the signing secret of Standard Webhooks (whsec_...).',
  grafana:
    'Enter the secret as the HMAC secret of the contact point, with the header X-Grafana-Alerting-Signature and the timestamp header X-Grafana-Alerting-Timestamp.',
  sentry: 'The client secret of the internal integration signs each request.',
  pagerduty: 'The secret that PagerDuty shows when the webhook subscription is made signs each request.',
  bearer: 'Send the header Authorization: Bearer SECRET.',
  basic: 'Send the secret as the password of HTTP basic authentication, with any user name.',
  'token-header': 'Send the secret in a header of its own.',
  path: 'The secret is the end of the address: keep the address as a secret, and rotate it when it was seen.',
};

function howOf({ scheme, header, id }: Connection, secret: string | null): string {
  const stored = secret === null ? ` Write it into the webhook secret under connections.${id}.current.` : '';
  const name = scheme === 'token-header' ? ` The header is ${header ?? DEFAULT_TOKEN_HEADER}.` : '';
  return `${HOW[scheme]}${name}${stored}`;
}

async function note(
  event: Extract<AccessEvent['event'], `connection.${string}`>,
  key: string,
  facts: { readonly id: string; readonly source: string; readonly scheme: string },
  { id: byId, name: by, kind: byKind }: Actor,
  { trail, clock }: ManageConnectionsDeps,
): Promise<void> {
  await trail.append(`${event}#${key}`, {
    at: clock.now().toISOString(),
    event,
    facts: { ...facts, by, byId, byKind },
  });
}
