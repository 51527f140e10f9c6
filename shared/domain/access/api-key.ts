import * as z from 'zod';
import { Actor, Role } from './caller.ts';

export const MAX_KEY_DAYS = 365;
/** The time of a key's last use is written at most once in this time. */
export const KEY_USE_SECONDS = 3600;

const KEY = /^sh_(?<id>[0-9a-f]{16})_(?<secret>[0-9a-f]{64})$/;

/** A name that people give a key: `deploy dashboard`. */
export const ApiKeyName = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w .:/-]{0,59}$/,
    'Must be a name of at most 60 letters, digits, spaces and . : / _ -, with a letter or digit first',
  );

/** What is kept of an API key. The secret itself is shown once, when the key is created. */
export const ApiKey = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  name: ApiKeyName,
  roles: z
    .array(Role)
    .min(1)
    .refine((roles) => new Set(roles).size === roles.length),
  /** SHA-256 of the secret in hexadecimal. A secret of 256 random bits needs no slow hash. */
  secretHash: z.string().regex(/^[0-9a-f]{64}$/),
  createdBy: Actor,
  createdAt: z.iso.datetime(),
  /** At most `MAX_KEY_DAYS` after `createdAt`. */
  expiresAt: z.iso.datetime(),
  /** At most `KEY_USE_SECONDS` before the last use. */
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
  revokedBy: Actor.nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;
/** What may be shown of a key. */
export type ApiKeySummary = Omit<ApiKey, 'version' | 'secretHash'>;

/** `sh_<id>_<secret>`: 16 and 64 characters in hexadecimal. The redactor's rules know the form. */
export function formatApiKey(id: string, secret: string): string {
  return `sh_${id}_${secret}`;
}

/** Null for what has not the form of a key. */
export function parseApiKey(text: string): { readonly id: string; readonly secret: string } | null {
  const { id, secret } = KEY.exec(text)?.groups ?? {};
  return id === undefined || secret === undefined ? null : { id, secret };
}

/** Whether a key may still be used. */
export function apiKeyState({ expiresAt, revokedAt }: ApiKey, now: Date): 'valid' | 'revoked' | 'expired' {
  if (revokedAt !== null) return 'revoked';
  return now.getTime() < Date.parse(expiresAt) ? 'valid' : 'expired';
}

/** Whether the time of the last use is to be written: at most once in `KEY_USE_SECONDS`. */
export function isUseDue({ lastUsedAt }: Pick<ApiKey, 'lastUsedAt'>, now: Date): boolean {
  return lastUsedAt === null || now.getTime() - Date.parse(lastUsedAt) >= KEY_USE_SECONDS * 1000;
}
