import { readFailedTests } from '@selfheal/diagnosis/failure/failed-tests.ts';
import { placeIn, repositoryPath } from '@selfheal/kernel/text/place.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anEvidence } from '#test/builders/index.ts';

const read = (report: string) => readFailedTests(anEvidence({ texts: report.split('\n') }));

/** What each runner prints of one failed test: expected 4, got 3. */
const REPORTS: readonly (readonly [runner: string, name: string, place: string | null, report: string])[] = [
  [
    'node:test',
    'adds the prices',
    'test/cart.test.ts:22',
    `✖ failing tests:

test at test/cart.test.ts:20:5
✖ adds the prices (0.52ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

  3 !== 4

      at TestContext.<anonymous> (file:///home/runner/work/shop/shop/test/cart.test.ts:22:14)
      at Test.run (node:internal/test_runner/test:1402:25)
    actual: 3,
    expected: 4,`,
  ],
  [
    'Vitest',
    'cart > adds the prices',
    'test/cart.test.ts:5',
    ` FAIL  test/cart.test.ts > cart > adds the prices
AssertionError: expected 3 to be 4 // Object.is equality

- Expected
+ Received

- 4
+ 3

 ❯ test/cart.test.ts:5:20`,
  ],
  [
    'Jest',
    'cart › adds the prices',
    'test/cart.test.js:5',
    `  ● cart › adds the prices

    expect(received).toBe(expected) // Object.is equality

    Expected: 4
    Received: 3

      at Object.toBe (test/cart.test.js:5:22)`,
  ],
  [
    'Mocha',
    'cart adds the prices',
    'test/cart.spec.js:2',
    `  1) cart
       adds the prices:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

      + expected - actual

      -3
      +4

      at Context.<anonymous> (test/cart.spec.js:2:63)`,
  ],
  [
    'pytest',
    'tests/test_cart.py::test_total',
    'tests/test_cart.py:4',
    `__________________________________ test_total __________________________________

    def test_total():
>       assert total([1, 2]) == 4
E       assert 3 == 4
E        +  where 3 = total([1, 2])

tests/test_cart.py:4: AssertionError
=========================== short test summary info ============================
FAILED tests/test_cart.py::test_total - assert 3 == 4`,
  ],
  [
    'unittest',
    'test_total',
    'tests/test_cart.py:5',
    `FAIL: test_total (tests.test_cart.CartTest.test_total)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/home/runner/work/shop/shop/tests/test_cart.py", line 5, in test_total
    self.assertEqual(total([1, 2]), 4)
AssertionError: 3 != 4`,
  ],
  ['Go', 'TestTotal', 'cart_test.go:12', '--- FAIL: TestTotal (0.00s)\n    cart_test.go:12: Total() = 3, want 4'],
  [
    'Rust',
    'tests::adds_prices',
    'src/cart.rs:3',
    `---- tests::adds_prices stdout ----

thread 'tests::adds_prices' (13028) panicked at src/cart.rs:3:40:
assertion \`left == right\` failed
  left: 3
 right: 4`,
  ],
  [
    'Surefire',
    'CartTest.addsPrices',
    'CartTest.java:12',
    `[ERROR] com.example.CartTest.addsPrices -- Time elapsed: 0.01 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <4> but was: <3>
	at org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)
	at com.example.CartTest.addsPrices(CartTest.java:12)`,
  ],
  [
    'RSpec',
    'Cart adds the prices',
    'spec/cart_spec.rb:12',
    `  1) Cart adds the prices
     Failure/Error: expect(cart.total).to eq(4)

       expected: 4
            got: 3

     # ./spec/cart_spec.rb:12:in 'block (2 levels) in <top (required)>'`,
  ],
  [
    'PHPUnit',
    'Tests\\CartTest::testAddsPrices',
    'tests/CartTest.php:12',
    `1) Tests\\CartTest::testAddsPrices
Failed asserting that 3 matches expected 4.

/app/tests/CartTest.php:12`,
  ],
  [
    '.NET',
    'Shop.Tests.CartTests.AddsPrices',
    'Shop.Tests/CartTests.cs:12',
    `  Failed Shop.Tests.CartTests.AddsPrices [3 ms]
  Error Message:
   Assert.Equal() Failure: Values differ
Expected: 4
Actual:   3
  Stack Trace:
     at Shop.Tests.CartTests.AddsPrices() in /src/Shop.Tests/CartTests.cs:line 12`,
  ],
  [
    'pytest',
    'test_sum[two items]',
    'tests/test_cart.py:4',
    `_______________________________ test_sum[two items] _______________________________
E       assert 3 == 4
tests/test_cart.py:4: AssertionError`,
  ],
  [
    'Ant',
    'adds the prices',
    'CartTest.java:12',
    `    [junit] Testcase: adds the prices(shop.CartTest):	FAILED
    [junit] expected:<4> but was:<3>
    [junit] 	at shop.CartTest.adds(CartTest.java:12)`,
  ],
  [
    'Karma',
    'cart adds the prices',
    'spec/cart.spec.js:5',
    `Chrome Headless 156.0.0.0 (Linux 0.0.0) cart adds the prices FAILED
	Expected 3 to be 4.
	    at UserContext.<anonymous> (spec/cart.spec.js:5:100)`,
  ],
  [
    'Spock',
    'adds the prices',
    'CartSpec.groovy:12',
    `adds the prices(shop.CartSpec)  Time elapsed: 0.037 sec  <<< FAILURE!
org.junit.ComparisonFailure: expected:<4> but was:<3>
	at shop.CartSpec.adds the prices(CartSpec.groovy:12)`,
  ],
];

describe('the failed tests of a log', () => {
  it.each(REPORTS)(
    'of %s are read with what they expected, what they got, and where',
    (_runner, name, place, report) => {
      const [test, ...others] = read(report);
      expect(others).toEqual([]);
      expect(test).toMatchObject({ name, expected: '4', actual: '3' });
      expect(test?.place && `${test.place.file}:${test.place.line}`).toBe(place);
    },
  );

  it('are told with their error when no values were compared', () => {
    const [test] = read(`✖ throws (0.36ms)
  TypeError: Cannot read properties of null (reading 'x')
      at TestContext.<anonymous> (file:///home/runner/work/shop/shop/test/cart.test.ts:3:29)`);
    expect(test).toMatchObject({
      name: 'throws',
      expected: null,
      message: "TypeError: Cannot read properties of null (reading 'x')",
    });
  });

  it('are each named once, without the suites they are in', () => {
    const tests = read(`  ✖ adds the prices (0.5ms)
✖ cart (4.6ms)
✖ failing tests:
✖ adds the prices (0.5ms)
  AssertionError [ERR_ASSERTION]: the cart is empty`);
    expect(tests.map(({ name }) => name)).toEqual(['adds the prices']);
  });

  it('keep tests of the same name in different files apart', () => {
    const tests = read(
      'FAILED tests/test_a.py::test_total - assert 3 == 4\nFAILED tests/test_b.py::test_total - assert 5 == 6',
    );
    expect(tests.map(({ name, expected }) => [name, expected])).toEqual([
      ['tests/test_a.py::test_total', '4'],
      ['tests/test_b.py::test_total', '6'],
    ]);
  });

  it('are read in time linear in the log, whatever it says', () => {
    // More than linear time on any of them would not end within the test's time.
    for (const part of ['FAIL a > ', 'x > ', '1) ', '--- FAIL: ', 'expected ', 'got ', 'assert ', '_', ' ● › ', 'a.b.'])
      expect(
        read(Array.from({ length: 100 }, () => part.repeat(Math.floor(2_000 / part.length))).join('\n')),
      ).toBeInstanceOf(Array);
  });

  it('never throw', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom('--- FAIL: T', '✖ a (1ms)', 'Expected: 4', '+ expected - actual', "panicked at 'x'"),
          ),
        ),
        (lines) => {
          expect(() => read(lines.join('\n'))).not.toThrow();
        },
      ),
    );
  });
});

describe('a place in the code', () => {
  it.each([
    ['    at f (file:///home/runner/work/shop/shop/src/a.ts:12:5)', 'src/a.ts', 12],
    ['  File "/app/orders/store.py", line 57, in insert', 'orders/store.py', 57],
    ['src/cart.ts(12,5): error TS2322: no', 'src/cart.ts', 12],
    [' --> src/main.rs:4:5', 'src/main.rs', 4],
    ['D:\\a\\shop\\shop\\src\\Cart.cs(12,5): error CS0103: no', 'src/Cart.cs', 12],
  ])('is read from %s', (text, file, line) => expect(placeIn(text)).toEqual({ file, line }));

  it.each([
    '    at next (/app/node_modules/express/lib/router.js:40:3)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:90:21)',
    '	at org.junit.jupiter.api.AssertionUtils.fail(AssertionUtils.java:55)',
    '             at /rustc/5980/library/core/src/panicking.rs:80:14',
    'no place at all',
  ])('is not %s', (text) => expect(placeIn(text)).toBeNull());

  it('is relative to the checkout where its folder is known', () => {
    expect(repositoryPath('/__w/shop/shop/src/a.ts')).toBe('src/a.ts');
    expect(repositoryPath('/builds/acme/shop/src/a.ts')).toBe('src/a.ts');
    expect(repositoryPath('/etc/hosts.d/a.sh')).toBe('/etc/hosts.d/a.sh');
  });
});
