import { present } from '@selfheal/kernel/present.ts';
import { JwtInvalidAudienceError } from 'aws-jwt-verify/error';
import * as z from 'zod';
import type { WorkflowTokenVerifier } from '#shared/ports/access.ts';
import { makeSignedTokenVerifier } from './signed-token-verifier.ts';

/** All that the header of a token of GitHub Actions has. */
const Header = z.strictObject({
  alg: z.literal('RS256'),
  kid: z.string(),
  typ: z.literal('JWT').optional(),
  /** Thumbprint of the certificate; not used. */
  x5t: z.string().max(200).optional(),
});

/**
 * Verifies the tokens that GitHub Actions issues to a workflow's run (OpenID Connect).
 * https://docs.github.com/en/actions/reference/security/oidc
 */
export function makeWorkflowTokenVerifier(options: {
  /** `https://token.actions.githubusercontent.com`, or that of a GitHub Enterprise Server. */
  readonly issuer: string;
  /** The addresses of this deployment; a token is for one of them. */
  readonly audiences: readonly string[];
  readonly fetch?: typeof fetch;
}): WorkflowTokenVerifier {
  const { issuer, audiences, fetch } = options;
  const { verify } = makeSignedTokenVerifier({
    issuer,
    keySet: `${issuer}/.well-known/jwks`,
    header: Header,
    check({ aud }) {
      if (typeof aud !== 'string' || !audiences.includes(aud))
        throw new JwtInvalidAudienceError('another audience', aud, [...audiences]);
    },
    words: { issuer: 'GitHub Actions', token: 'a token of GitHub Actions', again: ' Ask the runner for another one.' },
    reasonOf: (error) =>
      error instanceof JwtInvalidAudienceError
        ? 'The token was issued for another audience; it must be the address of this deployment.'
        : null,
    ...present({ fetch }),
  });
  return { issuer, verify };
}
