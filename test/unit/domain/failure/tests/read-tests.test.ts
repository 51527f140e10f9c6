import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTestRunReader } from '#shared/domain/failure/tests/read-tests.ts';
import type { TestRun } from '#shared/domain/failure/tests/test-run.ts';

function read(...lines: string[]): TestRun {
  const reader = makeTestRunReader();
  for (const line of lines) reader.push(line);
  return reader.finish();
}

type Row = [runner: string, expected: Pick<TestRun, 'run' | 'failed' | 'skipped' | 'failedNames'>, ...log: string[]];

const ROWS: Row[] = [
  [
    'surefire',
    { run: 7, failed: 2, skipped: 1, failedNames: ['adds(shop.CartTest)', 'pays(shop.CartTest)'] },
    '[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 0.1 s <<< FAILURE! - in shop.CartTest',
    '[ERROR] adds(shop.CartTest)  Time elapsed: 0.01 s  <<< FAILURE!',
    '[ERROR] shop.CartTest.pays -- Time elapsed: 0.002 s <<< ERROR!',
    '[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0',
    '[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 1',
  ],
  [
    'surefire',
    { run: 3, failed: 1, skipped: 0, failedNames: ['adds(CartTest)'] },
    'Failed tests: ',
    '  CartTest.adds:12 expected:<3> but was:<4>',
    'Tests run: 3, Failures: 1, Errors: 0, Skipped: 0',
  ],
  [
    'gradle',
    { run: 12, failed: 2, skipped: 1, failedNames: ['shop.CartTest.adds()', 'shop.Sums.shop.Sums.of[1]'] },
    'shop.CartTest > adds() FAILED',
    'shop.Sums > shop.Sums.of[1] FAILED',
    '12 tests completed, 2 failed, 1 skipped',
  ],
  [
    'ant-junit',
    { run: 5, failed: 1, skipped: 0, failedNames: ['shop.CartTest.adds'] },
    '    [junit] Tests run: 5, Failures: 1, Errors: 0, Time elapsed: 0.1 sec',
    '    [junit] Tests run: 5, Failures: 1, Errors: 0, Time elapsed: 0.1 sec',
    '    [junit] Testcase: adds(shop.CartTest):\tFAILED',
  ],
  [
    'pytest',
    {
      run: 5,
      failed: 2,
      skipped: 1,
      failedNames: ['tests.test_cart::TestCart::test_adds[1-2]', 'tests.test_pay::test_pays'],
    },
    'FAILED tests/test_cart.py::TestCart::test_adds[1-2] - assert 3 == 4',
    'FAILED tests/test_pay.py::test_pays',
    '==== 2 failed, 2 passed, 1 skipped, 1 xfailed, 3 warnings in 0.12s ====',
  ],
  [
    'pytest',
    { run: 2, failed: 1, skipped: 0, failedNames: ['tests.test_cart::TestCart::test_adds'] },
    '____________ TestCart.test_adds ____________',
    'tests/test_cart.py:7: AssertionError',
    '=== 1 failed, 1 passed in 0.02 seconds ===',
  ],
  [
    'pytest',
    { run: 1, failed: 1, skipped: 0, failedNames: ['(tests.test_cart)'] },
    '________ ERROR collecting tests/test_cart.py ________',
    '====== 1 error in 0.31s ======',
  ],
  [
    'unittest',
    { run: 7, failed: 2, skipped: 1, failedNames: ['test_adds (test_cart.TestCart)', 'ImportError'] },
    'ERROR: this line belongs to a tool',
    '='.repeat(70),
    'FAIL: test_adds (test_cart.TestCart)',
    '='.repeat(70),
    "ERROR: Failure: ImportError (No module named 'shop')",
    'Ran 7 tests in 0.1s',
    '',
    'FAILED (failures=1, errors=1, skipped=1)',
  ],
  [
    'jest',
    { run: 13, failed: 1, skipped: 2, failedNames: ['cart › adds up'] },
    '  ● cart › adds up',
    '  ● Console',
    'Tests:       1 failed, 2 skipped, 12 passed, 15 total',
    '  ● cart › adds up',
  ],
  [
    'mocha',
    { run: 9, failed: 2, skipped: 1, failedNames: ['cart adds up:', 'cart pays "before each" hook:'] },
    '  7 passing (9s)',
    '  1 pending',
    '  2 failing',
    '  1) cart',
    '       adds up:',
    '     Error: 3 is not 4',
    '  2) cart',
    '       pays',
    '         "before each" hook:',
  ],
  [
    'cargo-test',
    { run: 3, failed: 1, skipped: 1, failedNames: ['cart::adds'] },
    'test cart::adds ... FAILED',
    'test cart::pays ... ok',
    'test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s',
  ],
  [
    'go-test',
    { run: 2, failed: 1, skipped: 1, failedNames: ['TestAdds'] },
    '--- FAIL: TestAdds (0.00s)',
    '--- PASS: TestPays (0.01s)',
    '--- SKIP: TestSlow (0.00s)',
  ],
  [
    'rspec',
    { run: 12, failed: 1, skipped: 2, failedNames: ['./spec/cart_spec.rb:7'] },
    '12 examples, 1 failure, 2 pending',
    'rspec ./spec/cart_spec.rb:7 # Cart adds up',
  ],
  [
    'minitest',
    { run: 12, failed: 2, skipped: 1, failedNames: ['CartTest#test_adds'] },
    'CartTest#test_adds [test/cart_test.rb:7]:',
    '12 runs, 30 assertions, 1 failures, 1 errors, 1 skips',
  ],
  [
    'phpunit',
    { run: 12, failed: 2, skipped: 1, failedNames: ['Shop\\CartTest::testAdds'] },
    '1) Shop\\CartTest::testAdds',
    'Tests: 12, Assertions: 30, Errors: 1, Failures: 1, Skipped: 1.',
  ],
  ['junit-text', { run: 453, failed: 0, skipped: 0, failedNames: [] }, 'OK (453 tests)'],
  [
    'ctest',
    { run: 13, failed: 1, skipped: 0, failedNames: ['cart_adds'] },
    ' 3/13 Test  #3: cart_adds ........................***Failed    0.01 sec',
    '92% tests passed, 1 tests failed out of 13',
  ],
];

describe('[A42] the tests that a log reports', () => {
  it.each(ROWS)('of %s are counted and named: %o', (runner, expected, ...log) => {
    expect(read(...log)).toEqual({ frameworks: [runner], ...expected });
  });

  it('add up over runners, whatever time stamps and colours stand before them', () => {
    const found = read(
      '2026-01-02T03:04:05.1234567Z \u001b[31mTests:       1 failed, 12 passed, 13 total\u001b[0m',
      '2026-01-02T03:04:06.1234567Z === 2 passed in 0.02s ===',
    );
    expect(found).toMatchObject({ frameworks: ['jest', 'pytest'], run: 15, failed: 1 });
  });

  it('are none where no runner reports', () => {
    const nothing = { frameworks: [], run: 0, failed: 0, skipped: 0, failedNames: [] };
    expect(read('ERROR: the build failed', '  1) first', 'FAIL: no')).toEqual(nothing);
  });

  it('are read without ever throwing, and no more tests fail than ran', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom(...ROWS.flatMap(([, , ...log]) => log)));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
        const found = read(...lines);
        expect(found.failed).toBeLessThanOrEqual(found.run);
        expect(new Set(found.failedNames).size).toBe(found.failedNames.length);
      }),
    );
  });
});
