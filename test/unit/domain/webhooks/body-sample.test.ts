import { redact } from '@selfheal/redaction/redact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodySample } from '#shared/domain/webhooks/body-sample.ts';

/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');
const LIMIT = 1_000;
const sampleOf = (body: unknown, limit = LIMIT): string => bodySample(body, limit, (text) => redact(text).text);

describe('the sample of a body', () => {
  it('is the body itself where it is small', () => {
    const body = { job: { id: 'orders-db', tags: ['a', 'b'] }, result: 'error', retries: 2, ok: false, owner: null };
    expect(JSON.parse(sampleOf(body))).toEqual(body);
  });

  it('is shorter than its limit and shows where everything is, however much the body holds', () => {
    const member = { labels: { service: 'orders', note: 'long '.repeat(500) }, at: '2026-11-21T10:00:00Z' };
    const sample = sampleOf({ status: 'firing', alerts: Array.from({ length: 400 }, () => member) });
    expect(sample.length).toBeLessThanOrEqual(LIMIT);
    const { status, alerts } = JSON.parse(sample) as { status: string; alerts: unknown[] };
    expect([status, alerts[0]]).toEqual([
      'firing',
      { labels: { service: 'orders', note: '(2500 characters)' }, at: '2026-11-21T10:00:00Z' },
    ]);
  });

  it('holds no secret, neither of its own form nor one that only its name shows, and is JSON still', () => {
    const password = ['correct', 'horse', '7'].join('-');
    const sample = sampleOf({ text: `push with ${SECRET}`, db: { password, token: SECRET }, list: [SECRET] });
    expect(sample).not.toContain(SECRET.slice(4));
    expect(sample).not.toContain(password);
    expect(JSON.parse(sample)).toMatchObject({ text: expect.stringContaining('push with [redacted:') });
  });

  it('holds none that another line names: pairs, labels, objects around a value, cookies', () => {
    const password = ['hunter2', 'Zq9vX', 'Lw3'].join('');
    const sample = sampleOf({
      request: { headers: [['X-Api-Key', password]], cookies: [['sid', password]] },
      env: [{ title: 'DB password', value: password }],
      password: { value: password },
      argv: ['--password', password],
    });
    expect(sample).not.toContain(password);
    expect(JSON.parse(sample)).toMatchObject({ request: { headers: [['X-Api-Key', expect.anything()]] } });
  });

  it('never holds a part of a secret that was cut, wherever the limit is', () => {
    for (const padding of [0, 40, 560, 580, 599, 601, 2_000])
      for (const limit of [60, 200, 700]) {
        const sample = sampleOf(
          { a: `${'x '.repeat(padding / 2)}token ${SECRET}`, b: [SECRET], c: { d: SECRET } },
          limit,
        );
        expect(sample).not.toContain(SECRET.slice(4, 16));
        expect(sample.length).toBeLessThanOrEqual(limit);
      }
  });

  it('redacts no more than twice its limit, of whatever body', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`password_${at}`, ['x'.repeat(50), 'y']]));
    for (const body of [
      many,
      { a: many, b: [many, many] },
      { ['n'.repeat(50_000)]: 1 },
      't'.repeat(50_000),
      [[many]],
    ]) {
      const given: number[] = [];
      bodySample(body, LIMIT, (text) => {
        given.push(text.length);
        return redact(text).text;
      });
      expect(Math.max(...given)).toBeLessThanOrEqual(2 * LIMIT);
    }
  });

  it('is made of any body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 3_000 }), (body, limit) => {
        expect(sampleOf(body, limit).length).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
