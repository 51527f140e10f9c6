import { makeRedactor } from '@selfheal/redaction/redact.ts';
import { describe, expect, it } from 'vitest';
import { lineAttributes } from '#shared/domain/log-watch/wire/line-attributes.ts';
import type { Fields } from '#shared/domain/log-watch/wire/sent-line.ts';

/** Split, so that no scanner takes it for a real one. */
const TOKEN = ['ghp', `${'A1b2'.repeat(9)}`].join('_');
const PASSWORD = ['Kq9', 'vXz!', '72pLm'].join('');
const shown = (...places: Fields[]) => lineAttributes(places, makeRedactor());

describe('what a sender says beside a line', () => {
  it('is shown by name, that of the line before that of its resource', () => {
    expect(shown({ 'trace.id': 'ab12', retry: 2, ok: false }, { 'host.name': 'web-1', retry: 9 })).toEqual({
      'trace.id': 'ab12',
      retry: '2',
      ok: 'false',
      'host.name': 'web-1',
    });
  });

  it('leaves out what the entry says by itself', () => {
    const said = {
      'service.name': 'orders',
      level: 'info',
      message: 'paid',
      'telemetry.sdk.name': 'x',
      '@timestamp': 1,
    };
    expect(shown({ ...said, 'exception.message': 'no', nothing: null, empty: '' })).toEqual({});
  });

  it.each([
    ['by its own form', 'note', `sent ${TOKEN}`, TOKEN],
    ['by its name', 'db.password', PASSWORD, PASSWORD],
    ['as a field within', 'config', { inner: { password: { value: PASSWORD } } }, PASSWORD],
    ['as a member of a pair', 'headers', [['X-Api-Key', PASSWORD]], PASSWORD],
    ['in a header', 'http.request.header.authorization', [`Basic ${PASSWORD}`], PASSWORD],
    ['in a cookie', 'http.request.header.cookie', [`session=${PASSWORD}`], PASSWORD],
    ['cut in half', 'note', `${'x '.repeat(95)}${TOKEN}`, TOKEN.slice(0, 8)],
  ] as const)('holds no secret that shows %s', (_, name, value, secret) => {
    expect(JSON.stringify(shown({ [name]: value }))).not.toContain(secret);
  });

  it('is bounded in names and length, and of what is far too long nothing is kept', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`name${at}`, 'word '.repeat(100)]));
    const kept = shown(many);
    expect(Object.keys(kept)).toHaveLength(12);
    expect(Math.max(...Object.values(kept).map((text) => text.length))).toBe(200);
    expect(shown({ note: 'x'.repeat(3_000), ['n'.repeat(200)]: 'y' })).toEqual({});
  });
});
