import { makeTestRunReader } from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import { describe, expect, it } from 'vitest';

function read(lines: readonly string[]) {
  const reader = makeTestRunReader();
  for (const line of lines) reader.push(line);
  return reader.finish();
}

describe('the report of node --test', () => {
  it('is read in either form, suites left out, though it names each failure twice', () => {
    const spec = [
      '▶ cart',
      '  \u001b[32m✔ pays \u001b[90m(1.9ms)\u001b[39m\u001b[39m',
      '  \u001b[31m✖ ships \u001b[90m(0.8ms)\u001b[39m\u001b[39m',
      '✖ cart (4.6ms)',
      'ℹ tests 3',
      'ℹ suites 1',
      'ℹ pass 1',
      'ℹ fail 1',
      'ℹ cancelled 0',
      'ℹ skipped 1',
      'ℹ todo 0',
      '✖ failing tests:',
      '✖ ships (0.8ms)',
    ];
    const found = { frameworks: ['node-test'], run: 2, failed: 1, skipped: 1, failedNames: ['ships'] };
    expect(read(spec)).toEqual(found);
    const tap = [
      'ok 1 - pays',
      'not ok 2 - ships',
      '# tests 3',
      '# pass 1',
      '# fail 1',
      '# cancelled 0',
      '# skipped 1',
      '# todo 0',
    ];
    expect(read(tap)).toEqual({ ...found, frameworks: ['tap'] });
  });

  it('adds up over several packages', () => {
    const one = ['ℹ tests 2', 'ℹ pass 1', 'ℹ fail 1'];
    expect(read([...one, ...one])).toMatchObject({ run: 4, failed: 2 });
  });
});

describe('the report of Vitest', () => {
  it('is read with the file and suites of each failed test', () => {
    const lines = [
      ' ❯ test/cart.test.ts (3 tests | 1 failed) 12ms',
      ' FAIL  test/cart.test.ts > cart > ships abroad',
      'AssertionError: expected 1 to be 2',
      ' Test Files  1 failed | 4 passed (5)',
      '      Tests  1 failed | 12 passed | 2 skipped (15)',
    ];
    expect(read(lines)).toEqual({
      frameworks: ['vitest'],
      run: 13,
      failed: 1,
      skipped: 2,
      failedNames: ['test/cart.test.ts > cart > ships abroad'],
    });
    expect(read(['      Tests  12 passed (12)'])).toMatchObject({ run: 12, failed: 0, failedNames: [] });
  });
});

describe('a report after the documentation of its runner', () => {
  it('of Behat names the failed scenarios by their place', () => {
    expect(
      read([
        'Feature: Cart',
        '',
        '  Scenario: adds the prices up   # features/cart.feature:4',
        '    Given an empty cart          # FeatureContext::anEmptyCart()',
        '    Then the total is 3          # FeatureContext::theTotalIs()',
        '',
        '  Scenario: rounds the total     # features/cart.feature:12',
        '    Given an empty cart          # FeatureContext::anEmptyCart()',
        '    Then the total is 0.3        # FeatureContext::theTotalIs()',
        '      Failed asserting that 0.30000000000000004 matches expected 0.3.',
        '',
        '--- Failed scenarios:',
        '',
        '    features/cart.feature:12',
        '',
        '2 scenarios (1 passed, 1 failed)',
        '4 steps (3 passed, 1 failed)',
        '0m0.05s (9.52Mb)',
      ]),
    ).toMatchObject({ run: 2, failed: 1, failedNames: ['features/cart.feature:12'] });
  });

  it('of Microsoft.Testing.Platform has its sums in lines of their own', () => {
    expect(
      read([
        'failed Rounds (12ms)',
        '  Assert.AreEqual failed. Expected:<0.3>. Actual:<0.30000000000000004>.',
        '    at Shop.CartTests.Rounds() in /srv/shop/CartTests.cs:14',
        'skipped Ships (0ms)',
        '',
        'Test run summary: Failed! - bin/Debug/net9.0/Shop.Tests.dll (net9.0|x64)',
        '  total: 3',
        '  failed: 1',
        '  succeeded: 1',
        '  skipped: 1',
        '  duration: 212ms',
      ]),
    ).toMatchObject({ run: 2, failed: 1, skipped: 1, failedNames: ['Rounds'] });
  });

  it('of WebdriverIO counts the skipped tests', () => {
    expect(
      read([
        'Execution of 1 workers started at 2026-11-24T10:11:12.123Z',
        '',
        '[0-0] RUNNING in chrome - file:///test/specs/cart.e2e.ts',
        '[0-0] Error in "Cart.rounds the total"',
        'Error: expect(received).toBe(expected) // Object.is equality',
        '',
        'Expected: 0.3',
        'Received: 0.30000000000000004',
        '    at Context.<anonymous> (/srv/shop/test/specs/cart.e2e.ts:9:26)',
        '[0-0] FAILED in chrome - file:///test/specs/cart.e2e.ts',
        '',
        ' "spec" Reporter:',
        '------------------------------------------------------------------',
        '[chrome 126.0.6478.126 linux #0-0] Running: chrome (v126.0.6478.126) on linux',
        '[chrome 126.0.6478.126 linux #0-0] Session ID: 8a7d',
        '[chrome 126.0.6478.126 linux #0-0]',
        '[chrome 126.0.6478.126 linux #0-0] » /test/specs/cart.e2e.ts',
        '[chrome 126.0.6478.126 linux #0-0] Cart',
        '[chrome 126.0.6478.126 linux #0-0]    ✓ adds the prices up',
        '[chrome 126.0.6478.126 linux #0-0]    ✖ rounds the total',
        '[chrome 126.0.6478.126 linux #0-0]    - ships abroad',
        '[chrome 126.0.6478.126 linux #0-0]',
        '[chrome 126.0.6478.126 linux #0-0] 1 passing (2.4s)',
        '[chrome 126.0.6478.126 linux #0-0] 1 failing',
        '[chrome 126.0.6478.126 linux #0-0] 1 skipped',
        '[chrome 126.0.6478.126 linux #0-0]',
        '[chrome 126.0.6478.126 linux #0-0] 1) Cart rounds the total',
        '[chrome 126.0.6478.126 linux #0-0] expect(received).toBe(expected) // Object.is equality',
        '[chrome 126.0.6478.126 linux #0-0]',
        '[chrome 126.0.6478.126 linux #0-0] Expected: 0.3',
        '[chrome 126.0.6478.126 linux #0-0] Received: 0.30000000000000004',
        '[chrome 126.0.6478.126 linux #0-0] Error: expect(received).toBe(expected) // Object.is equality',
        '[chrome 126.0.6478.126 linux #0-0]     at Context.<anonymous> (/srv/shop/test/specs/cart.e2e.ts:9:26)',
        '',
        '',
        'Spec Files:\t 0 passed, 1 failed, 1 total (100% completed) in 00:00:05',
      ]),
    ).toMatchObject({ run: 2, failed: 1, skipped: 1, failedNames: ['Cart rounds the total'] });
  });

  it('of specs2 under sbt is counted once', () => {
    expect(
      read([
        '[info] CartSpec',
        '[info] Cart should',
        '[info]   + add the prices up',
        '[error]   x round the total',
        '[error]  0.30000000000000004 != 0.3 (CartSpec.scala:9)',
        '[info]   o ship abroad',
        '[info] Total for specification CartSpec',
        '[info] Finished in 24 ms',
        '[info] 3 examples, 1 failure, 0 error, 1 skipped',
        '[error] Failed: Total 3, Failed 1, Errors 0, Passed 1, Skipped 1',
        '[error] Failed tests:',
        '[error] \tshop.CartSpec',
      ]),
    ).toMatchObject({ run: 3, failed: 1, failedNames: ['round the total'] });
  });
});
