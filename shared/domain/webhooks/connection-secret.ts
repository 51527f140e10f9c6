import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { STANDARD_SECRET_PREFIX } from '@selfheal/kernel/standard-webhook.ts';
import type { Connection } from './connection.ts';

const SALT = utf8ToBytes('selfheal connection secret');
const SECRET_BYTES = 24;

/**
 * Secret of one generation of a connection, derived from the deployment's own key (HKDF, RFC 5869), so that nothing secret is stored with the
 * connection. For Standard Webhooks with its prefix and in Base64, else in hexadecimal.
 */
export function secretOfGeneration(
  { id, scheme, salt }: Pick<Connection, 'id' | 'scheme' | 'salt'>,
  generation: number,
  key: string,
): string {
  const derivedFrom = salt === undefined ? `${id}#${generation}` : `${id}#${generation}#${salt}`;
  const bytes = hkdf(sha256, utf8ToBytes(key), SALT, utf8ToBytes(derivedFrom), SECRET_BYTES);
  return scheme === 'standard-webhooks'
    ? `${STANDARD_SECRET_PREFIX}${Buffer.from(bytes).toString('base64')}`
    : bytesToHex(bytes);
}

/** The derived secrets that are accepted at `now`, the current one first. */
export function derivedSecrets(connection: Connection, key: string, now: Date): string[] {
  if (connection.secret === 'stored') return [];
  const { generation, previousUntil } = connection;
  const isOverlapping = previousUntil !== null && Date.parse(previousUntil) > now.getTime() && generation > 1;
  return [generation, ...(isOverlapping ? [generation - 1] : [])].map((one) =>
    secretOfGeneration(connection, one, key),
  );
}
