import type { GatewayResponse } from '@selfheal/local-cloud/wire/request.ts';

/** A page with text from outside: nothing in it may run or load, even where escaping was forgotten. `isForm`: it may send its forms to this machine. */
export const htmlResponse = (body: string, { isForm = false } = {}): GatewayResponse => ({
  status: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'${isForm ? "; form-action 'self'" : ''}`,
    'x-content-type-options': 'nosniff',
  },
  body,
});
