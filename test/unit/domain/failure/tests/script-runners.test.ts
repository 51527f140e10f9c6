import { describe, expect, it } from 'vitest';
import { makeTestRunReader } from '#shared/domain/failure/tests/read-tests.ts';

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
