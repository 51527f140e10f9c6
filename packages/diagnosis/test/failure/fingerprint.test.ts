import { fingerprintOf, templateOf } from '@selfheal/diagnosis/failure/fingerprint.ts';
import { describe, expect, it } from 'vitest';

describe('a template', () => {
  it.each([
    ['2026-01-02T03:04:05.123Z job 1234 failed after 3.2s', '<time> job <n> failed after <duration>'],
    ['at /home/runner/work/app/app/src/cart.ts:12:5', 'at <dir>/cart.ts:<n>'],
    ['commit 0a1b2c3d4e5f not found', 'commit <n> not found'],
    ['request 123e4567-e89b-42d3-a456-426614174000 failed', 'request <uuid> failed'],
    ['connect ECONNREFUSED 10.0.0.7:5432', 'connect ECONNREFUSED <ip>'],
    ['used 9.1 GB of memory', 'used <size> of memory'],
    ['cannot find "orders" in "a long sentence"', 'cannot find "orders" in <quoted>'],
    ['login with [redacted:github-token:3] failed', 'login with <secret> failed'],
  ])('of %j is %j', (line, template) => {
    expect(templateOf(line)).toBe(template);
  });
});

describe('a fingerprint', () => {
  it('has sixteen hexadecimal digits', () => {
    expect(fingerprintOf('unknown', ['boom'])).toMatch(/^[0-9a-f]{16}$/);
  });
  it('is equal for the same failure on another machine and day, however often it was printed', () => {
    const one = fingerprintOf('x', ['2026-01-02T03:04:05Z /home/runner/work/a/a/cart.py:3 boom 17']);
    const two = fingerprintOf('x', [
      '2026-05-06T07:08:09Z /home/build/jobs/a/cart.py:4 boom 18',
      '2026-05-06T07:08:10Z /home/build/jobs/a/cart.py:4 boom 19',
    ]);
    expect(two).toBe(one);
  });
  it('differs for another test, another module and another kind', () => {
    const all = [
      fingerprintOf('a', ['FAILED x::one']),
      fingerprintOf('a', ['FAILED x::two']),
      fingerprintOf('b', ['FAILED x::one']),
    ];
    expect(new Set(all).size).toBe(3);
  });
});
