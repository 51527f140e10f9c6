/** Proves who sent a webhook. One method per scheme; pure computation behind a port because it needs a library. */
export interface WebhookSignatures {
  /**
   * GitHub's `x-hub-signature-256` over the raw bytes, compared in constant time with the current and, during a rotation,
   * the previous secret. False for anything that does not fit, never an exception.
   */
  verify(
    scheme: 'github-hmac-sha256',
    body: Uint8Array,
    headers: Readonly<Record<string, string | undefined>>,
    secrets: readonly string[],
  ): Promise<boolean>;
}
