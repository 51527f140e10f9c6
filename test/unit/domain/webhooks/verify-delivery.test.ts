import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCHEMES, type Scheme } from '#shared/domain/webhooks/connection.ts';
import { type RawDelivery, type SchemeSettings, verifyDelivery } from '#shared/domain/webhooks/verify-delivery.ts';

const NOW = new Date('2026-03-02T10:00:00Z');
const SECONDS = NOW.getTime() / 1000;
const bytes = (text: string) => new TextEncoder().encode(text);
const hex = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');
const base64 = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest('base64');

/** A delivery as its sender signs it, written down from the senders' documentation and apart from the code under test. */
const SIGNED: Readonly<Record<Scheme, (secret: string, body: string, at: number) => Partial<RawDelivery>>> = {
  github: (secret, body) => ({ headers: { 'x-hub-signature-256': `sha256=${hex(secret, body)}` } }),
  'standard-webhooks': (secret, body, at) => ({
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': `${at}`,
      'webhook-signature': `v1,AAAA v1,${base64(Buffer.from(secret), `msg_1.${at}.${body}`)}`,
    },
  }),
  grafana: (secret, body, at) => ({
    headers: { 'x-grafana-alerting-signature': hex(secret, `${at}:${body}`), 'x-grafana-alerting-timestamp': `${at}` },
  }),
  sentry: (secret, body) => ({ headers: { 'sentry-hook-signature': hex(secret, body) } }),
  pagerduty: (secret, body) => ({
    headers: { 'x-pagerduty-signature': `v1=${hex('another', body)},v1=${hex(secret, body)}` },
  }),
  bearer: (secret) => ({ headers: { authorization: `Bearer ${secret}` } }),
  basic: (secret) => ({
    headers: { authorization: `Basic ${Buffer.from(`alertmanager:${secret}`).toString('base64')}` },
  }),
  'token-header': (secret) => ({ headers: { 'x-gitlab-token': secret } }),
  path: (secret) => ({ pathSecret: secret }),
};
const TIMED: readonly Scheme[] = ['standard-webhooks', 'grafana'];
const SIGNS_BODY: readonly Scheme[] = ['github', 'standard-webhooks', 'grafana', 'sentry', 'pagerduty'];

const settingsOf = (scheme: Scheme): SchemeSettings => ({ scheme, header: 'x-gitlab-token' });
const deliveryOf = (scheme: Scheme, secret: string, body: string, at = SECONDS): RawDelivery => ({
  headers: {},
  body: bytes(body),
  pathSecret: null,
  ...SIGNED[scheme](secret, body, at),
});
const secretText = fc.stringMatching(/^[A-Za-z0-9]{16,40}$/);

describe('a delivery through a connection', () => {
  it.each(SCHEMES)('%s: is valid with the secret or one of two, and with no other', (scheme) => {
    fc.assert(
      fc.property(secretText, secretText, fc.string(), (secret, other, body) => {
        fc.pre(secret !== other);
        const delivery = deliveryOf(scheme, secret, body);
        const verify = (secrets: string[]) => verifyDelivery(settingsOf(scheme), delivery, secrets, NOW);
        expect(verify([secret])).toBe('valid');
        expect(verify([other, secret])).toBe('valid');
        expect(verify([other])).toBe('invalid');
        expect(verify([])).toBe('invalid');
        expect(verify([''])).toBe('invalid');
      }),
      { numRuns: 30 },
    );
  });

  it.each(SCHEMES)('%s: is not valid without what proves it, nor with the proof of another scheme', (scheme) => {
    const bare = { headers: {}, body: bytes('{}'), pathSecret: null };
    expect(verifyDelivery(settingsOf(scheme), bare, ['a-secret-of-this-test'], NOW)).toBe('invalid');
    for (const other of SCHEMES.filter((one) => one !== scheme)) {
      const delivery = deliveryOf(other, 'a-secret-of-this-test', '{}');
      expect(verifyDelivery(settingsOf(scheme), delivery, ['a-secret-of-this-test'], NOW), other).toBe('invalid');
    }
  });

  it.each(SIGNS_BODY)('%s: is not valid when one byte of the body changed', (scheme) => {
    const delivery = deliveryOf(scheme, 'a-secret-of-this-test', '{"a":1}');
    const changed = { ...delivery, body: bytes('{"a":2}') };
    expect(verifyDelivery(settingsOf(scheme), changed, ['a-secret-of-this-test'], NOW)).toBe('invalid');
  });

  it.each(TIMED)('%s: is stale more than five minutes off, before or after', (scheme) => {
    const verdictAt = (seconds: number) =>
      verifyDelivery(
        settingsOf(scheme),
        deliveryOf(scheme, 'secret-of-a-test', '{}', SECONDS + seconds),
        ['secret-of-a-test'],
        NOW,
      );
    expect([-300, -299, 0, 300].map(verdictAt)).toEqual(['valid', 'valid', 'valid', 'valid']);
    expect([-301, 301, -86_400, 7_200].map(verdictAt)).toEqual(['stale', 'stale', 'stale', 'stale']);
  });

  it('is valid for the examples that GitHub and Standard Webhooks publish', () => {
    const github = {
      headers: {
        'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      },
      body: bytes('Hello, World!'),
      pathSecret: null,
    };
    expect(verifyDelivery({ scheme: 'github' }, github, ["It's a Secret to Everybody"], NOW)).toBe('valid');
    const standard = {
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: bytes('{"test": 2432232314}'),
      pathSecret: null,
    };
    const published = `whsec_${['MfKQ9r8GKYqrTwjU', 'PD8ILPZIo2LaLaSw'].join('')}`;
    const then = new Date(1_614_265_330_000);
    expect(verifyDelivery({ scheme: 'standard-webhooks' }, standard, [published], then)).toBe('valid');
  });

  it('never throws, whatever the headers and the body hold', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SCHEMES),
        fc.dictionary(
          fc.constantFrom('authorization', 'webhook-id', 'webhook-timestamp', 'webhook-signature'),
          fc.string(),
        ),
        fc.uint8Array(),
        fc.string(),
        (scheme, headers, body, pathSecret) => {
          const verify = () => verifyDelivery({ scheme }, { headers, body, pathSecret }, ['secret-of-a-test'], NOW);
          expect(verify()).toBe('invalid');
        },
      ),
    );
  });
});
