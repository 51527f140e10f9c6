import { Webhooks } from '@octokit/webhooks';
import type { WebhookSignatures } from '#shared/ports/webhook-signature.ts';

type Scheme = Parameters<WebhookSignatures['verify']>[0];
type Verifier = (
  body: Uint8Array,
  headers: Readonly<Record<string, string | undefined>>,
  secret: string,
) => Promise<boolean>;

const VERIFIERS: Record<Scheme, Verifier> = { 'github-hmac-sha256': verifyGithub };

/** Signature schemes of webhook sources, through GitHub's own library. */
export function makeWebhookSignatures(): WebhookSignatures {
  return {
    async verify(scheme, body, headers, secrets) {
      let valid = false;
      for (const secret of secrets) {
        if (secret !== '' && (await VERIFIERS[scheme](body, headers, secret))) valid = true;
      }
      return valid;
    },
  };
}

/**
 * The library takes text and signs its UTF-8 bytes. Strict decoding that keeps a byte order mark makes that the raw bytes again;
 * a body that is not UTF-8 was not sent by GitHub.
 */
async function verifyGithub(
  body: Uint8Array,
  headers: Readonly<Record<string, string | undefined>>,
  secret: string,
): Promise<boolean> {
  const signature = headers['x-hub-signature-256'];
  if (!signature || body.byteLength === 0) return false;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return await new Webhooks({ secret }).verify(text, signature);
  } catch {
    return false;
  }
}
