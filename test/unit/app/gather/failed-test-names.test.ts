import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFailedTests } from '#shared/app/gather/tests.ts';

const REPORTS = join(import.meta.dirname, '../../../fixtures/test-reports');
const CHUNK = 700;

/** As a job's log arrives: in chunks, each line behind the time stamp of its host. */
function namesIn(...files: string[]): { name: string; source: string }[] {
  const tests = makeFailedTests();
  for (const file of files) {
    const log = tests.open(file);
    const text = readFileSync(join(REPORTS, `${file}.txt`), 'utf8').replaceAll(/^/gm, '2026-01-02T03:04:05.1234567Z ');
    for (let at = 0; at < text.length; at += CHUNK) log.push(text.slice(at, at + CHUNK));
  }
  return tests.finish();
}

const namesOnly = (file: string): string[] => namesIn(file).map(({ name }) => name);

describe('[A42] the names of failed tests gathered while a log streams', () => {
  it.each([
    ['ant-plain', ['shop.CartTest.adds', 'shop.CartTest.pays', 'shop.SumTest.sum[0: two items and more]']],
    ['karma-progress', ['cart with items adds the prices up', 'cart pays']],
    ['rspec', ['Cart with two items adds the prices up', 'Cart with two items ships (abroad), too']],
    ['boost', ['cart/adds', 'cart/pays']],
    ['gtest', ['Cart.Adds', 'Prices/P.Rounds/1']],
  ])('are whole in the log of %s', (file, names) => {
    expect(namesOnly(file)).toEqual(names);
  });

  it('leave out the colon that Mocha ends a name with', () => {
    expect(namesOnly('mocha')).toEqual([
      'pays: by card',
      'cart with items adds the prices up',
      'cart hooks "before all" hook for "x"',
    ]);
  });

  it('know the log that they are from', () => {
    expect(namesIn('busted', 'exunit').map(({ source }) => source)).toEqual(['busted', 'busted', 'exunit', 'exunit']);
  });
});
