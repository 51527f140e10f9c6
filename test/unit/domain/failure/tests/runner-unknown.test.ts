import { makeTestRunReader } from '@selfheal/diagnosis/failure/tests/read-tests.ts';
import type { TestRun } from '@selfheal/diagnosis/failure/tests/test-run.ts';
import { describe, expect, it } from 'vitest';

function readTests(lines: readonly string[]): TestRun {
  const reader = makeTestRunReader();
  for (const line of lines) reader.push(line);
  return reader.finish();
}

/** Reports of runners that no entry of the lists describes, after their documentation. */
const REPORTS: readonly (readonly [string, readonly string[], Partial<TestRun>])[] = [
  [
    'bun',
    [
      'cart.test.ts:',
      '✓ cart > adds [0.12ms]',
      'error: expect(received).toBe(expected)',
      '',
      'Expected: 3',
      'Received: 4',
      '',
      '✗ cart > rounds [0.31ms]',
      '(fail) cart > rounds [0.31ms]',
      '',
      ' 1 pass',
      ' 1 fail',
      ' 2 expect() calls',
      'Ran 2 tests across 1 files. [12.00ms]',
      '',
    ],
    { run: 2, failed: 1, failedNames: ['cart > rounds'] },
  ],
  [
    'opa',
    [
      'policies/cart_test.rego:',
      'data.cart.test_adds: PASS (1.2ms)',
      'data.cart.test_denies_negative: FAIL (0.4ms)',
      '--------------------------------------------------------------------------------',
      'PASS: 1/2',
      'FAIL: 1/2',
      '',
    ],
    { run: 2, failed: 1, failedNames: ['data.cart.test_denies_negative'] },
  ],
  [
    'unity',
    [
      'test/test_cart.c:21:test_Adds:PASS',
      'test/test_cart.c:34:test_RejectsNegative:FAIL: Expected 1 Was 2',
      '',
      '-----------------------',
      '2 Tests 1 Failures 0 Ignored ',
      'FAIL',
      '',
    ],
    { run: 2, failed: 1, failedNames: ['test_RejectsNegative'] },
  ],
  [
    'lit',
    [
      'PASS: Cart :: add.test (1 of 3)',
      'FAIL: Cart :: round.test (2 of 3)',
      'PASS: Cart :: tax.test (3 of 3)',
      '********************',
      'Failed Tests (1):',
      '  Cart :: round.test',
      '',
      '',
      'Testing Time: 0.12s',
      '  Passed: 2',
      '  Failed: 1',
      '',
    ],
    { run: 3, failed: 1, failedNames: ['Cart :: round.test'] },
  ],
  [
    'forge',
    [
      'Ran 3 tests for test/Cart.t.sol:CartTest',
      '[PASS] testAdds() (gas: 5432)',
      '[FAIL: assertion failed: 3 != 4] testRounds() (gas: 11223)',
      '[PASS] testTax() (gas: 222)',
      'Suite result: FAILED. 2 passed; 1 failed; 0 skipped; finished in 1.12ms',
      '',
      'Ran 1 test suite in 5ms: 2 tests passed, 1 failed, 0 skipped (3 total tests)',
      '',
      'Failing tests:',
      'Encountered 1 failing test in test/Cart.t.sol:CartTest',
      '[FAIL: assertion failed: 3 != 4] testRounds() (gas: 11223)',
      '',
    ],
    { run: 3, failed: 1, failedNames: ['testRounds()'] },
  ],
  [
    'pg_regress',
    [
      '# using postmaster on Unix socket',
      'test cart                         ... ok           23 ms',
      'test rounding                     ... FAILED       12 ms',
      'test tax                          ... ok           15 ms',
      '',
      '======================',
      ' 1 of 3 tests failed. ',
      '======================',
      '',
    ],
    { run: 3, failed: 1, failedNames: ['rounding'] },
  ],
  [
    'criterion-c',
    [
      '[----] src/test_cart.c:14: Assertion Failed',
      '[----]   The expression total == 4 is false.',
      '[FAIL] cart::rounds: (0.00s)',
      '[====] Synthesis: Tested: 3 | Passing: 2 | Failing: 1 | Crashing: 0 ',
      '',
    ],
    { run: 3, failed: 1, failedNames: ['cart::rounds'] },
  ],
  [
    'elm-test',
    [
      'Running 3 tests. To reproduce these results, run: elm-test --fuzz 100 --seed 42',
      '',
      '↓ Cart',
      '↓ total',
      '✗ rounds to cents',
      '',
      '    3',
      '    ╷',
      '    │ Expect.equal',
      '    ╵',
      '    4',
      '',
      '',
      '',
      'TEST RUN FAILED',
      '',
      'Duration: 120 ms',
      'Passed:   2',
      'Failed:   1',
      '',
    ],
    { run: 3, failed: 1, failedNames: ['rounds to cents'] },
  ],
  [
    'nim',
    [
      '[Suite] cart',
      '  [OK] adds',
      '    cart_test.nim(12, 9): Check failed: total == 4',
      '    total was 3',
      '  [FAILED] rounds to cents',
      '  [OK] tax',
      '',
    ],
    { run: 3, failed: 1, failedNames: ['rounds to cents'] },
  ],
  [
    'check-c',
    [
      'Running suite(s): Cart',
      '66%: Checks: 3, Failures: 1, Errors: 0',
      "test_cart.c:21:F:Core:test_rounds:0: Assertion 'total == 4' failed: total == 3, 4 == 4",
      '',
    ],
    { run: 3, failed: 1, failedNames: ['test_rounds'] },
  ],
  [
    'cpputest',
    [
      '',
      'test/cart_test.cpp:21: error: Failure in TEST(Cart, Rounds)',
      '\texpected <4>',
      '\tbut was  <3>',
      '',
      '..',
      'Errors (1 failures, 3 tests, 3 ran, 4 checks, 0 ignored, 0 filtered out, 2 ms)',
      '',
    ],
    { run: 3, failed: 1, failedNames: ['TEST(Cart, Rounds)'] },
  ],
  [
    'terraform',
    [
      'cart.tftest.hcl... in progress',
      '  run "adds"... pass',
      '  run "rounds"... fail',
      '╷',
      '│ Error: Test assertion failed',
      'cart.tftest.hcl... tearing down',
      'cart.tftest.hcl... fail',
      '',
      'Failure! 1 passed, 1 failed.',
      '',
    ],
    { run: 2, failed: 1, failedNames: ['rounds'] },
  ],
  [
    'zig',
    [
      '1/3 cart.test.adds...OK',
      '2/3 cart.test.rounds...FAIL (TestExpectedEqual)',
      '3/3 cart.test.tax...OK',
      '2 passed; 0 skipped; 1 failed.',
      '',
    ],
    { run: 3, failed: 1, failedNames: ['cart.test.rounds'] },
  ],
  [
    'codeceptjs',
    [
      'CodeceptJS v3.6.5 #StandWithUkraine',
      'Using test root "/srv/shop"',
      '',
      'Cart --',
      '  ✔ adds the prices up in 12ms',
      '  ✖ rounds the total in 8ms',
      '',
      '-- FAILURES:',
      '',
      '  1) Cart',
      '       rounds the total:',
      '',
      '      expected 0.30000000000000004 to equal 0.3',
      '      + expected - actual',
      '',
      '      -0.30000000000000004',
      '      +0.3',
      '',
      '  ◯ Scenario Steps:',
      '  – I.seeTotal(0.3) at Test.<anonymous> (./cart_test.js:9:5)',
      '',
      '  ◯ Run with --verbose flag to see complete NodeJS stacktrace',
      '',
      '  FAIL  | 1 passed, 1 failed   // 124ms',
    ],
    { run: 2, failed: 1, failedNames: ['Cart rounds the total'] },
  ],
];

describe('the report of a runner that is not known', () => {
  it.each(REPORTS)('of %s is read by what all reports have in common', (_, lines, wanted) => {
    expect(readTests(lines)).toMatchObject({ frameworks: ['unknown'], ...wanted });
  });

  it.each([
    ['counts and names disagree', ['a: PASS', 'b: FAIL', 'c: FAIL', 'd: PASS', '2 passed, 1 failed']],
    ['nothing passed, as in a list of errors', ['[12:00:01] [main/ERROR]: FAILED to load', 'b: FAIL']],
    ['nothing failed', ['a ... ok', 'b ... ok', '2 passed, 0 failed']],
    ['a word is in an ordinary line', ['login failed: no such user', 'the download passed', 'x failed']],
  ])('is none where %s', (_, lines) => {
    expect(readTests(lines)).toMatchObject({ frameworks: [], failedNames: [] });
  });

  it('gives way to a runner that is known and names its failed tests', () => {
    const lines = [
      'FAILED tests/test_cart.py::test_total - assert 1 == 2',
      '=== 1 failed, 2 passed in 0.10s ===',
      'x ... FAILED',
    ];
    expect(readTests(lines).frameworks).toEqual(['pytest']);
  });
});
