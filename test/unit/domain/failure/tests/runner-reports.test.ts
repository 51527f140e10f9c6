import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTestRunReader, RUNNERS } from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import type { TestRun } from '@selfheal/diagnosis/failure/tests/test-run.ts';
import { describe, expect, it } from 'vitest';

const REPORTS = join(import.meta.dirname, '../../../../fixtures/test-reports');

function read(file: string): TestRun {
  const reader = makeTestRunReader();
  for (const line of readFileSync(join(REPORTS, `${file}.txt`), 'utf8').split('\n')) reader.push(line);
  return reader.finish();
}

type Row = [file: string, framework: string, counts: [run: number, failed: number, skipped: number], names: string[]];

/** Output of the runners themselves, of a small suite that adds prices, pays and ships. */
const ROWS: Row[] = [
  ['cmocka', 'unknown', [3, 2, 1], ['rounds_total', 'refunds']],
  ['crystal', 'rspec', [3, 1, 1], ['Cart rounds the total']],
  ['cunit', 'unknown', [3, 2, 0], ['rounds the total', 'refunds the card']],
  ['cxxtest', 'cxxtest', [3, 2, 0], ['CartTest::testRounds', 'CartTest::testRefunds']],
  ['japa', 'unknown', [2, 1, 1], ['rounds the total']],
  ['lab', 'unknown', [2, 1, 1], ['cart rounds the total']],
  ['ounit', 'unknown', [4, 2, 0], ['cart:1:rounds', 'cart:2:pay:0:refunds']],
  ['shunit2', 'shunit2', [4, 2, 0], ['testRoundsTheTotal', 'testRefunds']],
  ['srfi64', 'unknown', [3, 2, 0], ['rounds the total', 'refunds']],
  ['trial', 'unittest', [4, 2, 1], ['test_cart.CartTest.test_rounds', 'test_cart.CartTest.test_refunds']],
  ['uvu', 'uvu', [4, 2, 0], ['Cart rounds the total', 'Pay charges the card']],
  [
    'ant-brief',
    'ant-junit',
    [6, 3, 1],
    ['shop.CartTest.adds', 'shop.CartTest.pays', 'shop.SumTest.sum[0: two items and more]'],
  ],
  [
    'ant-plain',
    'ant-junit',
    [6, 3, 1],
    ['shop.CartTest.adds', 'shop.CartTest.pays', 'shop.SumTest.sum[0: two items and more]'],
  ],
  ['bats', 'tap', [2, 1, 1], ['adds the prices up']],
  ['boost', 'boost-test', [3, 2, 0], ['cart/adds', 'cart/pays']],
  ['busted', 'lua', [3, 2, 0], ['cart adds the prices up', 'cart pays']],
  ['cargo', 'cargo-test', [4, 3, 1], ['cart::refuses', 'cart::adds', 'src/lib.rs - add (line 1)']],
  ['catch2', 'catch2', [3, 2, 0], ['adds the prices up', 'Scenario: pays by card']],
  ['ctest', 'ctest', [3, 3, 0], ['cart_adds', 'cart']],
  ['doctest-cpp', 'doctest-cpp', [2, 1, 0], ['adds the prices up']],
  ['doctest', 'doctest', [2, 2, 0], ['dt', 'dt.add']],
  ['exunit', 'exunit', [4, 2, 1], ['test adds the prices up (CartTest)', 'test with items ships (abroad) (CartTest)']],
  ['go-json', 'go-test', [5, 3, 1], ['TestAdds/two_items', 'TestAdds', 'TestRounds']],
  ['go-v', 'go-test', [5, 3, 1], ['TestAdds', 'TestAdds/two_items', 'TestRounds']],
  ['gotestsum', 'go-test', [6, 3, 1], ['TestAdds/two_items', 'TestAdds', 'TestRounds']],
  ['gtest', 'googletest', [5, 2, 1], ['Cart.Adds', 'Prices/P.Rounds/1']],
  ['jasmine', 'jasmine', [4, 2, 1], ['cart with items adds the prices up', 'cart pays']],
  ['jest', 'jest', [3, 2, 1], ['cart › with items › adds the prices › up', 'pays', 'Test suite failed to run']],
  [
    'junit4',
    'junit-text',
    [5, 3, 0],
    ['adds(shop.CartTest)', 'pays(shop.CartTest)', 'sum[0: two items and more](shop.SumTest)'],
  ],
  ['karma-dots', 'karma', [3, 2, 1], ['cart with items adds the prices up', 'cart pays']],
  ['karma-mocha', 'karma', [3, 2, 1], ['cart adds the prices up', 'cart pays']],
  ['karma-progress', 'karma', [3, 2, 1], ['cart with items adds the prices up', 'cart pays']],
  ['luaunit', 'lua', [3, 2, 0], ['TestCart.testPays', 'TestCart.testAdds']],
  ['meson', 'meson', [3, 2, 0], ['cart adds', 'pays']],
  [
    'minitest',
    'minitest',
    [5, 3, 1],
    ['Basket with items#test_0001_adds the prices up', 'CartTest#test_pays', 'CartTest#test_adds'],
  ],
  [
    'mocha-tap',
    'tap',
    [4, 3, 0],
    ['pays: by card', 'cart with items adds the prices up', 'cart hooks "before all" hook for "x"'],
  ],
  [
    'mocha',
    'mocha',
    [4, 3, 1],
    ['pays: by card:', 'cart with items adds the prices up:', 'cart hooks "before all" hook for "x":'],
  ],
  ['node-spec', 'node-test', [3, 2, 1], ['adds the prices up', 'pays']],
  ['node-tap', 'tap', [3, 2, 1], ['adds the prices up', 'pays']],
  [
    'phpunit',
    'phpunit',
    [7, 4, 1],
    [
      'Shop\\CartTest::testPays',
      'Shop\\CartTest::testAdds',
      'Shop\\CartTest::testSum with data set "two and three" (2, 3)',
      'Shop\\CartTest::testSum with data set #0 (5, 6)',
    ],
  ],
  [
    'playwright',
    'playwright',
    [4, 2, 2],
    [
      '[desktop] › pw/cart.spec.js:2:31 › cart › adds the prices up',
      '[mobile phone] › pw/cart.spec.js:2:31 › cart › adds the prices up',
    ],
  ],
  ['prove-v', 'tap', [4, 3, 0], ['adds the prices up', 'keeps "the" order']],
  ['prove', 'tap', [4, 3, 0], ['adds the prices up', 'keeps "the" order']],
  [
    'pytest-full',
    'pytest',
    [9, 7, 1],
    [
      'tests.test_cart::test_adds',
      'tests.test_cart::TestCart::test_ships[two items]',
      'tests.test_cart::TestCart::test_ships[ok - 2:30pm]',
      'tests.test_cart::test_patched',
      'tests.test_cart::OldTest::test_old',
      'tests.test_cart::OldTest::test_subs',
      'tests.test_cart::test_charges',
    ],
  ],
  [
    'pytest-long',
    'pytest',
    [9, 7, 1],
    [
      'tests.test_cart::test_charges',
      'tests.test_cart::test_adds',
      'tests.test_cart::TestCart::test_ships[two items]',
      'tests.test_cart::TestCart::test_ships[ok - 2:30pm]',
      'tests.test_cart::test_patched',
      'tests.test_cart::OldTest::test_old',
      'tests.test_cart::OldTest::test_subs',
    ],
  ],
  [
    'pytest-short',
    'pytest',
    [9, 7, 1],
    [
      'tests.test_cart::test_charges',
      'tests.test_cart::test_adds',
      'tests.test_cart::TestCart::test_ships[two items]',
      'tests.test_cart::TestCart::test_ships[ok - 2:30pm]',
      'tests.test_cart::test_patched',
      'tests.test_cart::OldTest::test_old',
      'tests.test_cart::OldTest::test_subs',
    ],
  ],
  [
    'pytest-v',
    'pytest',
    [9, 7, 1],
    [
      'tests.test_cart::test_adds',
      'tests.test_cart::TestCart::test_ships[two items]',
      'tests.test_cart::TestCart::test_ships[ok - 2:30pm]',
      'tests.test_cart::test_patched',
      'tests.test_cart::test_charges',
      'tests.test_cart::OldTest::test_old',
    ],
  ],
  ['qunit', 'tap', [2, 1, 1], ['cart > adds the prices up']],
  ['rspec', 'rspec', [4, 2, 1], ['Cart with two items adds the prices up', 'Cart with two items ships (abroad), too']],
  ['tape', 'tap', [3, 1, 0], ['prices are added']],
  [
    'test-unit',
    'minitest',
    [4, 3, 0],
    ['test: wraps the gift in paper(CartTest)', 'test_adds(CartTest)', 'test_pays(CartTest)'],
  ],
  ['testthat', 'testthat', [3, 2, 1], ['adds the prices up', 'pays']],
  [
    'unittest',
    'unittest',
    [6, 5, 1],
    [
      'setUpClass (ut.Broken)',
      'test_pays (ut.CartTest.test_pays)',
      'test_adds (ut.CartTest.test_adds)',
      "test_subs (ut.CartTest.test_subs) (i=2, name='a b')",
      'test_odd (ut.CartTest.test_odd)',
    ],
  ],
  ['vitest', 'vitest', [3, 2, 1], ['vt/cart.test.js > cart > adds the prices > up', 'vt/cart.test.js > pays']],
];

describe('[A42] the report that a test runner printed', () => {
  it.each(ROWS)(
    'of %s names the failed tests, whole, and counts them',
    (file, framework, [run, failed, skipped], names) => {
      const found = read(file);
      expect(found.frameworks).toEqual([framework]);
      expect([found.run, found.failed, found.skipped]).toEqual([run, failed, skipped]);
      expect([...found.failedNames].sort()).toEqual([...names].sort());
    },
  );

  it('is there for every kept output', () => {
    expect(ROWS.map(([file]) => `${file}.txt`).sort()).toEqual(readdirSync(REPORTS).sort());
  });
});

/** The alternatives of a pattern outside of its groups and classes. */
function alternatives(source: string): string[] {
  const found = [''];
  let [depth, inClass] = [0, false];
  for (let at = 0; at < source.length; at += 1) {
    const char = source.slice(at, at + (source[at] === '\\' ? 2 : 1));
    if (char.length === 2) at += 1;
    if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (!inClass && char === '(') depth += 1;
    else if (!inClass && char === ')') depth -= 1;
    if (char === '|' && depth === 0 && !inClass) found.push('');
    else found[found.length - 1] += char;
  }
  return found;
}

describe('the description of a test runner', () => {
  it.each(RUNNERS.map((runner) => [runner.framework, runner] as const))(
    'of %s costs little on other lines',
    (_, { hint }) => {
      expect(alternatives(hint.source).filter((part) => !part.startsWith('^'))).toEqual([]);
    },
  );

  it('has a name of its own', () => {
    const names = RUNNERS.map(({ framework }) => framework);
    expect(new Set(names).size).toBe(names.length);
    expect(RUNNERS.flatMap(({ covers = [] }) => covers).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('shows in time linear in the line, whatever it says', () => {
    const parts = [
      'FAIL',
      'a.b.',
      '1) ',
      '● a › ',
      '[ERROR] ',
      ' > x',
      '✖ ',
      'not ok 1 - ',
      '_ ',
      'tests/a.py::',
      '(',
      '12 passed, ',
      '#',
    ];
    const reader = makeTestRunReader();
    // More than linear time on any of them would not end within the test's time.
    for (const part of parts)
      for (let at = 0; at < 60; at += 1) reader.push(part.repeat(Math.floor(2_000 / part.length)));
    expect(reader.finish().failed).toBeGreaterThanOrEqual(0);
  });
});
