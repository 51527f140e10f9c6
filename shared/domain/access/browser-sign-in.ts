import * as z from 'zod';

/**
 * Where a browser is sent back to after a sign-in of the command line, which listens on the first of these ports that is free (RFC 8252, 7.3). Cognito
 * compares callback addresses exactly and knows no wildcard for the port, so the few are fixed. They lie below the ports that Linux (from 32768), macOS
 * and Windows (from 49152) give to outgoing connections, apart from each other, and no well-known service uses them. The address is the
 * loopback's and not `localhost`, which may resolve to something else (RFC 8252, 8.3).
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html (CallbackURLs)
 */
export const LOOPBACK_CALLBACKS = [17431, 21587, 26173].map((port) => `http://127.0.0.1:${port}/callback`);

/** With `openid` alone the ID token holds every attribute that the client may read, `custom:github` among them; with `profile` or `email` it would not. */
export const SIGN_IN_SCOPE = 'openid';

const Address = z.url({ protocol: /^https?$/ });

/** How to sign in with a browser at a deployment: authorization code with PKCE (RFC 7636). */
export const BrowserSignIn = z.object({
  authorizeUrl: Address,
  tokenUrl: Address,
  clientId: z.string().min(1),
  scope: z.string(),
  /** Callback addresses that the issuer accepts. */
  callbacks: z.array(Address).min(1).readonly(),
});
export type BrowserSignIn = z.infer<typeof BrowserSignIn>;

/** `issuer`: address of the user pool's domain. */
export function browserSignIn(issuer: string, clientId: string): BrowserSignIn {
  const base = issuer.replace(/\/+$/, '');
  return {
    authorizeUrl: `${base}/oauth2/authorize`,
    tokenUrl: `${base}/oauth2/token`,
    clientId,
    scope: SIGN_IN_SCOPE,
    callbacks: LOOPBACK_CALLBACKS,
  };
}
