import { isUtf8 } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { verifyDelivery } from '#shared/domain/webhooks/verify-delivery.ts';
import type { HmacScheme, OneOfSchemes, WebhookSignatures } from '#shared/ports/webhook-signature.ts';

import { systemClock } from '../system/clock.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** Signature schemes of webhook sources. */
export function makeWebhookSignatures(): WebhookSignatures {
  return {
    async verify(scheme, body, headers, secrets) {
      let valid = false;
      for (const secret of secrets) {
        if (secret === '') continue;
        const fits =
          scheme === 'github-hmac-sha256'
            ? verifyGithub(body, headers, secret)
            : scheme.kind === 'one-of'
              ? verifyOneOf(scheme, body, headers, secret)
              : verifyHmac(scheme, body, headers, secret);
        if (fits) valid = true;
      }
      return valid;
    },
  };
}

/** GitHub sends only UTF-8. */
function verifyGithub(body: Uint8Array, headers: Headers, secret: string): boolean {
  if (body.byteLength === 0 || !isUtf8(body)) return false;
  const delivery = { headers, body, pathSecret: null };
  return verifyDelivery({ scheme: 'github' }, delivery, [secret], systemClock.now()) === 'valid';
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
