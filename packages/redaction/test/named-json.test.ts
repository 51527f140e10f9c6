import { withoutNamedSecrets } from '@selfheal/redaction/named-json.ts';
import { redact } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Split, so that no scanner takes them for real ones. */
const PASSWORD = ['hunter2', 'Zq9vX', 'Lw3!'].join('');
const TOKEN = ['f3a9c1', 'b7d2e8'.repeat(5), '99ab'].join('');

const SECRETS: Readonly<Record<string, unknown>> = {
  'headers as pairs': {
    headers: [
      ['X-Api-Key', TOKEN],
      ['Cookie', `session=${TOKEN}`],
    ],
  },
  'variables as pairs': { vars: [['password', PASSWORD]] },
  'an address’s query as pairs': { query_string: [['access_token', TOKEN]] },
  arguments: { argv: ['mysql', '--password', PASSWORD] },
  'a label before a value': { attributes: [{ label: 'client secret', text: PASSWORD }] },
  'a label behind a value': { env: [{ value: PASSWORD, name: 'DB_PASSWORD' }] },
  'a title with blanks': { fields: [{ title: 'API key', value: TOKEN }] },
  'a typed value of OpenTelemetry': { attributes: [{ key: 'password', value: { stringValue: PASSWORD } }] },
  'an object around a value': { password: { value: PASSWORD } },
  'an object around several': { password: { current: PASSWORD, previous: `${PASSWORD}x` } },
  'objects in objects': { db: { password: { primary: { plain: PASSWORD } } } },
  'a number': { password: { value: 48_211_234 } },
  'cookies as pairs': { request: { cookies: [['sid', TOKEN]] } },
  'cookies as fields': { request: { cookies: { sid: TOKEN } } },
};

const PLAIN: readonly unknown[] = [
  {
    labels: [
      { name: 'service', value: 'orders' },
      { name: 'host', value: 'i-0a1b2c3d4e5f60718' },
    ],
  },
  { token: { type: 'bearer', value: 'expired' } },
  { password: { value: '' } },
  { secrets: ['checkout-db', 'orders-db'] },
  { password_reset: { url: 'https://example.com/reset', count: 3 } },
  {
    headers: [
      ['Accept', 'application/json'],
      ['Host', 'api.example.com'],
    ],
  },
  { name: 'auth-token-api', host: 'i-0a1b2c3d4e5f60718' },
  { state: { value: 'firing', previous: 'ok' }, metrics: [{ key: 'errors', value: 42 }] },
  { cookies: { theme: 'dark' } },
  ['a', 1, null, true, [], {}],
];

describe('JSON whose structure names a secret', () => {
  it.each(Object.entries(SECRETS))('loses it: %s', (_, body) => {
    const left = redact(JSON.stringify(withoutNamedSecrets(body), null, 1)).text;
    for (const secret of [PASSWORD, TOKEN, '48211234', '48_211_234']) expect(left).not.toContain(secret);
    expect(left).toContain('[redacted:');
    expect(() => JSON.parse(left)).not.toThrow();
  });

  it.each(PLAIN.map((body) => [JSON.stringify(body), body] as const))('keeps the rest: %s', (_, body) => {
    expect(withoutNamedSecrets(body)).toEqual(body);
  });

  it('has the same fields and lists as before, whatever it is', () => {
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape);
      if (typeof value !== 'object' || value === null) return null;
      return Object.entries(value).map(([name, one]) => [name, shape(one)]);
    };
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(shape(withoutNamedSecrets(body))).toEqual(shape(body));
      }),
    );
  });

  it('takes the rest for secrets where there are more values than are looked at', () => {
    const many = Array.from({ length: 4_000 }, (_, at) => ({ name: `n${at}`, value: 'orders' }));
    const left = withoutNamedSecrets(many) as { readonly value: string }[];
    expect([left[0]?.value, left.at(-1)?.value]).toEqual(['orders', '[redacted:assigned-secret]']);
  });
});
