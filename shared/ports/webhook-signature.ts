import type { SchemeSettings } from '#shared/domain/webhooks/verify-delivery.ts';

/** HMAC-SHA-256 over the raw bytes of the body, in a header. */
export interface HmacScheme {
  readonly kind: 'hmac-sha256';
  /** Lower-case name. */
  readonly header: string;
  /** Prefix of the digest (`sha256=`); empty without one. */
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64';
}

/** How a source's requests prove their sender. */
export type SignatureScheme = 'github-hmac-sha256' | HmacScheme | OneOfSchemes;

/** Any of the schemes of webhook connections. */
export interface OneOfSchemes {
  readonly kind: 'one-of';
  readonly schemes: readonly SchemeSettings[];
}

/** Proves who sent a webhook. One method per scheme; pure computation behind a port because it needs a library. */
export interface WebhookSignatures {
  /**
   * Verifies the signature over the raw bytes in constant time, with the current and, during a rotation, the previous
   * secret. False for anything that does not match; never throws.
   */
  verify(
    scheme: SignatureScheme,
    body: Uint8Array,
    headers: Readonly<Record<string, string | undefined>>,
    secrets: readonly string[],
  ): Promise<boolean>;
}
