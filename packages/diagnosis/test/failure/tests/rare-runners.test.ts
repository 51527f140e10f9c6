import { makeTestRunReader } from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import { describe, expect, it } from 'vitest';

function read(text: string) {
  const reader = makeTestRunReader();
  for (const line of text.split('\n')) reader.push(line);
  return reader.finish();
}

type Row = [framework: string, counts: [run: number, failed: number, skipped: number], names: string[], text: string];

/** Reports made up after the documentation and sources of the runners, of a suite that adds prices, pays and ships. */
const ROWS: Row[] = [
  [
    'qtest',
    [5, 2, 1],
    ['CartTest::rounds(half up)', 'CartTest::pays()'],
    `PASS   : CartTest::adds()
FAIL!  : CartTest::rounds(half up) Compared values are not the same
   Loc: [../cart.cpp(41)]
SKIP   : CartTest::ships() no harbour
XPASS  : CartTest::pays() COMPARE unexpectedly succeeded
Totals: 3 passed, 2 failed, 1 skipped, 0 blacklisted, 7ms`,
  ],
  [
    'pants',
    [2, 1, 0],
    ['src/shop/pay_test.py:tests'],
    `✓ src/shop/cart_test.py:tests succeeded in 0.61s.
✕ src/shop/pay_test.py:tests failed in 0.43s (exit code 1).`,
  ],
  [
    'avocado',
    [3, 2, 0],
    ['tests/cart.py:CartTest.test_rounds', 'tests/cart.py:CartTest.test_pays'],
    ` (1/3) tests/cart.py:CartTest.test_adds: PASS (0.02 s)
 (2/3) tests/cart.py:CartTest.test_rounds: FAIL: 3 != 4 (0.02 s)
 (3/3) tests/cart.py:CartTest.test_pays: ERROR: no card (0.02 s)
RESULTS    : PASS 1 | ERROR 1 | FAIL 1 | SKIP 0 | WARN 0 | INTERRUPT 0 | CANCEL 0`,
  ],
  [
    'phpspec',
    [3, 2, 0],
    ['Shop\\Cart rounds the total', 'Shop\\Cart pays'],
    `      Shop\\Cart

  12  ✔ adds prices
  17  ✘ rounds the total
        expected [integer:4], but got [integer:3].
  22  ! pays
        undefined method

3 examples (1 passed, 1 failed, 1 broken)`,
  ],
  [
    'tinytest',
    [3, 1, 0],
    ['test_cart.R<7--7>'],
    `test_cart.R...................    3 tests 1 fails 9ms
----- FAILED[data]: test_cart.R<7--7>
 call| expect_equal(total(x), 4)`,
  ],
  [
    'hunit',
    [4, 2, 0],
    ['0:cart:1:rounds', '1:refunds'],
    `### Failure in: 0:cart:1:rounds
expected: 4
### Error in:   1:refunds
divide by zero
Cases: 4  Tried: 4  Errors: 1  Failures: 1`,
  ],
  [
    'tcltest',
    [3, 1, 0],
    ['cart-1.2'],
    `==== cart-1.2 rounds the total FAILED
==== Contents of test case:
---- Result was:
3
==== cart-1.2 FAILED
cart.test:\tTotal\t3\tPassed\t2\tSkipped\t0\tFailed\t1`,
  ],
  [
    'ert',
    [3, 1, 1],
    ['cart-rounds'],
    `   passed  1/3  cart-adds (0.000079 sec)
   FAILED  2/3  cart-rounds (0.000112 sec) at cart-tests.el:9
  skipped  3/3  cart-ships (0.000010 sec)
Ran 3 tests, 1 results as expected, 1 unexpected, 1 skipped (2026-11-26 10:00:00+0000, 0.1 sec)
1 unexpected results:
   FAILED  cart-rounds`,
  ],
  [
    'dbt',
    [2, 1, 0],
    ['unique_cart_id'],
    `10:00:02  Failure in test unique_cart_id (models/cart.yml)
10:00:02    Got 2 results, configured to fail if != 0
10:00:02  Done. PASS=1 WARN=1 ERROR=1 SKIP=0 TOTAL=3`,
  ],
  [
    'inspec',
    [2, 1, 0],
    ['Port 443 is expected to be listening'],
    `  ×  cart-1: The service listens (1 failed)
     ✔  Port 80 is expected to be listening
     ×  Port 443 is expected to be listening
Test Summary: 1 successful, 1 failure, 0 skipped`,
  ],
  [
    'nightwatch',
    [3, 1, 0],
    ['rounds the total'],
    `  TEST FAILURE (4.2s):
   - 0 error during execution;
   - 1 tests failed, 2 passed

   ✖ 1) cart

   – rounds the total (1.4s)`,
  ],
  [
    'newman',
    [2, 1, 0],
    ['rounds the total'],
    `│              assertions │                  2 │                 1 │
  #  failure                        detail
 1.  AssertionError                 rounds the total`,
  ],
  [
    'clojure-test',
    [2, 1, 0],
    ['shop.cart-test/rounds'],
    `FAIL in shop.cart-test/rounds (cart_test.clj:12)
2 tests, 3 assertions, 1 failures.`,
  ],
  [
    'scala',
    [2, 1, 0],
    ['shop.CartTests.rounds'],
    `+ shop.CartTests.adds 3ms
X shop.CartTests.rounds 9ms
Tests: 2, Passed: 1, Failed: 1`,
  ],
  [
    'scala',
    [3, 1, 0],
    ['rounds the total'],
    `+ Cart
  + adds prices
  - rounds the total
    ✗ 3 was not equal to 4
2 tests passed. 1 tests failed. 0 tests ignored.`,
  ],
  [
    'tap',
    [2, 1, 0],
    ['pay'],
    `ok 1         + cart                                      120 ms
not ok 2     + pay                                        91 ms
1..2
# 1 of 2 tests failed.`,
  ],
];

describe('the report of a runner that is read as its documentation describes it', () => {
  it.each(ROWS)('of %s has counts and names', (framework, [run, failed, skipped], names, text) => {
    expect(read(text)).toEqual({ frameworks: [framework], run, failed, skipped, failedNames: names });
  });

  it.each(ROWS)('of %s is read behind the prefix of a job log', (framework, _counts, names, text) => {
    const log = `${'Preparing the next step\n'.repeat(8)}${text}`;
    const carried = log.replace(/^/gm, 'test\tRun tests\t2026-11-26T10:00:00.1234567Z ');
    expect(read(carried).frameworks).toEqual([framework]);
    expect(read(carried).failedNames).toEqual(names);
  });
});
