import { Refused } from '@selfheal/kernel/errors.ts';
import * as z from 'zod';
import type { GithubClient, GithubOptions } from './github-client.ts';
import { isHttpError } from './github-errors.ts';

const User = z.object({ id: z.number() });

/** The author of something, as GitHub shows it. */
export const Writer = z.object({ id: z.number(), login: z.string().optional() });
export type Writer = z.infer<typeof Writer>;

/**
 * Our identity: a user's account, a GitHub App's bot, or unknown; what an unknown identity wrote is never found again.
 */
type Identity = { kind: 'user'; id: number } | { kind: 'bot'; login: string } | { kind: 'unproven' };

/** Requested once per token. */
export function makeIdentity(
  client: GithubClient,
  { token, botLogin }: Pick<GithubOptions, 'token' | 'botLogin'>,
): () => Promise<Identity> {
  let known: { token: string; identity: Identity } | null = null;
  return async () => {
    const login = (await botLogin?.()) ?? null;
    if (login !== null) return { kind: 'bot', login: login.toLowerCase() };
    const current = await token(null);
    if (known?.token !== current) known = { token: current, identity: await readIdentity(client) };
    return known.identity;
  };
}

/**
 * Tells our own texts from those of others. No person or other app can have a login with the brackets of a bot's login.
 */
export function isOurs(writer: Writer | null, identity: Identity): boolean {
  if (identity.kind === 'user') return writer?.id === identity.id;
  return identity.kind === 'bot' && writer?.login?.toLowerCase() === identity.login;
}

async function readIdentity(client: GithubClient): Promise<Identity> {
  try {
    const { id } = await client.call('GET /user', {}, User);
    return { kind: 'user', id };
  } catch (error) {
    // The installation token of an unknown app: it may not ask whose it is, and any bot could have written the marker.
    if (error instanceof Refused && isHttpError(error.cause) && error.cause.status === 403) return { kind: 'unproven' };
    throw error;
  }
}
