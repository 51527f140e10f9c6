import { createHmac, timingSafeEqual } from 'node:crypto';
import { verifyDelivery } from '#shared/domain/webhooks/verify-delivery.ts';
import type { HmacScheme, OneOfSchemes, WebhookSignatures } from '#shared/ports/webhook-signature.ts';

import { systemClock } from '../system/clock.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** Signature schemes of webhook sources; GitHub's through its own library, which its first delivery loads. */
export function makeWebhookSignatures(): WebhookSignatures {
  return {
    async verify(scheme, body, headers, secrets) {
      let valid = false;
      for (const secret of secrets) {
        if (secret === '') continue;
        const fits =
          scheme === 'github-hmac-sha256'
            ? await verifyGithub(body, headers, secret)
            : scheme.kind === 'one-of'
              ? verifyOneOf(scheme, body, headers, secret)
              : verifyHmac(scheme, body, headers, secret);
        if (fits) valid = true;
      }
      return valid;
    },
  };
}

/**
 * The library takes text and signs its UTF-8 bytes. Strict decoding that keeps a byte order mark makes these the raw
 * bytes again; GitHub sends only UTF-8.
 */
async function verifyGithub(body: Uint8Array, headers: Headers, secret: string): Promise<boolean> {
  const signature = headers['x-hub-signature-256'];
  if (!signature || body.byteLength === 0) return false;
  const { Webhooks } = await import('@octokit/webhooks');
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return await new Webhooks({ secret }).verify(text, signature);
  } catch {
    return false;
  }
}

function verifyHmac({ header, prefix, encoding }: HmacScheme, body: Uint8Array, headers: Headers, secret: string) {
  const given = headers[header];
  if (given === undefined || !given.startsWith(prefix) || body.byteLength === 0) return false;
  const expected = createHmac('sha256', secret).update(body).digest();
  const received = Buffer.from(given.slice(prefix.length), encoding);
  return received.byteLength === expected.byteLength && timingSafeEqual(received, expected);
}

function verifyOneOf({ schemes }: OneOfSchemes, body: Uint8Array, headers: Headers, secret: string): boolean {
  const delivery = { headers, body, pathSecret: null };
  return schemes.some((scheme) => verifyDelivery(scheme, delivery, [secret], systemClock.now()) === 'valid');
}
