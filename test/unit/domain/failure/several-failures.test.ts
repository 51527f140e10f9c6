import { join } from 'node:path';
import { classify } from '@selfheal/diagnosis/failure/classify.ts';
import type { RunHistory } from '@selfheal/diagnosis/failure/run-history.ts';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { loadFailureModel, loadSignatures } from '#shared/adapters/archive/data-files.ts';
import { makeExcerpts } from '#shared/app/gather/excerpts.ts';
import { makeFailedTests } from '#shared/app/gather/tests.ts';
import { rerunFailedJobs } from '#shared/plugins/actions/rerun-failed-jobs/index.ts';
import { aConfiguration, aGithubTarget, aTelemetry, redactedText } from '#test/builders/index.ts';

const DATA = join(import.meta.dirname, '../../../../shared/data');
const { signatures } = await loadSignatures(DATA);
const { model } = await loadFailureModel(DATA);

/** The classification of jobs by what each printed. */
function classified(jobs: Readonly<Record<string, string>>, history?: RunHistory, withModel = true): Classification {
  const excerpts = makeExcerpts(Object.keys(jobs).length);
  const tests = makeFailedTests();
  for (const [name, text] of Object.entries(jobs)) {
    const log = `${text}\n##[error]Process completed with exit code 1.\n`;
    excerpts.open({ id: `job-${name}`, name: redactedText(name), url: null }).push(log);
    tests.open(`job-${name}`).push(log);
  }
  const evidence = { version: 1 as const, incidentId: 'none', gatheredAt: new Date(0).toISOString() };
  const failedTests = tests.finish();
  const whole = { ...evidence, ...excerpts.finish(), ...(failedTests.length === 0 ? {} : { failedTests }) };
  return classify(whole, {
    signatures,
    ...(withModel ? { model } : {}),
    ...(history === undefined ? {} : { history }),
  });
}

const isRerun = (classification: Classification): boolean =>
  rerunFailedJobs.propose({
    target: aGithubTarget(),
    telemetry: aTelemetry(),
    classification,
    configuration: aConfiguration(),
    now: new Date('2026-11-21T12:00:05.000Z'),
    service: null,
  } as never).length > 0;

const vitestReport = (...tests: readonly (readonly [name: string, ...report: string[]])[]): string =>
  [
    ` ❯ cart.test.ts (9 tests | ${tests.length} failed) 5012ms`,
    ...tests.flatMap(([name, ...report]) => [` FAIL  cart.test.ts > ${name}`, ...report, '']),
    `      Tests  ${tests.length} failed | 3 passed (9)`,
  ].join('\n');

const LATE = ['loads the rates', 'Error: Test timed out in 5000ms.'] as const;
const WRONG = ['adds the fee', 'AssertionError: expected 119 to be 121 // Object.is equality'] as const;
const BROKEN = ['shows an empty cart', "TypeError: Cannot read properties of null (reading 'items')"] as const;
const RESET = 'npm error code ECONNRESET\nnpm error network read ECONNRESET';
const TYPES = "src/cart.ts(2,48): error TS2322: Type 'number' is not assignable to type 'string'.";

/** A time-out and a wrong value, as each runner reports them. */
const REPORTS: Readonly<Record<string, string>> = {
  mocha: `  3 passing (2s)
  2 failing

  1) cart
       loads the rates:
     Error: Timeout of 2000ms exceeded. For async tests and hooks, ensure "done()" is called; if returning a Promise, ensure it resolves. (/app/test/cart.js)
      at listOnTimeout (node:internal/timers:581:17)

  2) cart
       adds the fee:

      AssertionError: expected 7 to equal 12
      + expected - actual

      -7
      +12

      at Context.<anonymous> (test/cart.js:9:22)
`,
  surefire: `[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 5.1 s <<< FAILURE! -- in com.acme.CartTest
[ERROR] com.acme.CartTest.loadsRates -- Time elapsed: 5.0 s <<< ERROR!
java.net.SocketTimeoutException: Read timed out
	at java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)
	at com.acme.Rates.load(Rates.java:21)
[ERROR] com.acme.CartTest.addsFee -- Time elapsed: 0.01 s <<< FAILURE!
org.opentest4j.AssertionFailedError: expected: <12> but was: <7>
	at com.acme.CartTest.addsFee(CartTest.java:14)
[ERROR] Failures: 
[ERROR]   CartTest.addsFee:14 expected: <12> but was: <7>
[ERROR] Errors: 
[ERROR]   CartTest.loadsRates:9 » SocketTimeout Read timed out
[ERROR] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0`,
  rspec: `Failures:

  1) Cart loads the rates
     Failure/Error: Rates.load
     Net::ReadTimeout:
       Net::ReadTimeout with #<TCPSocket:(closed)>
     # ./lib/rates.rb:8:in 'load'

  2) Cart adds the fee
     Failure/Error: expect(total).to eq(12)

       expected: 12
            got: 7

       (compared using ==)
     # ./spec/cart_spec.rb:9

Finished in 5.2 seconds
4 examples, 2 failures

Failed examples:

rspec ./spec/cart_spec.rb:3 # Cart loads the rates
rspec ./spec/cart_spec.rb:7 # Cart adds the fee`,
  phpunit: `There was 1 error:

1) CartTest::testRates
RuntimeException: cURL error 28: Operation timed out after 5001 milliseconds

/app/tests/CartTest.php:9

--

There was 1 failure:

1) CartTest::testFee
Failed asserting that 7 matches expected 12.

/app/tests/CartTest.php:14

ERRORS!
Tests: 4, Assertions: 3, Errors: 1, Failures: 1.`,
  gtest: `[ RUN      ] Cart.LoadsRates
rates_test.cc:12: Failure
Failed
deadline exceeded after 5s
[  FAILED  ] Cart.LoadsRates (5001 ms)
[ RUN      ] Cart.AddsFee
cart_test.cc:9: Failure
Expected equality of these values:
  total(7)
    Which is: 7
  12
[  FAILED  ] Cart.AddsFee (0 ms)
[  PASSED  ] 3 tests.
[  FAILED  ] 2 tests, listed below:
[  FAILED  ] Cart.LoadsRates
[  FAILED  ] Cart.AddsFee

 2 FAILED TESTS`,
  playwright: `  1) [chromium] › cart.spec.ts:3:5 › loads the rates ────────────────────

    Test timeout of 30000ms exceeded.

    Error: page.click: Test timeout of 30000ms exceeded.

  2) [chromium] › cart.spec.ts:9:5 › adds the fee ───────────────────────

    Error: expect(received).toBe(expected) // Object.is equality

    Expected: 12
    Received: 7

       9 |   expect(total).toBe(12);

  2 failed
    [chromium] › cart.spec.ts:3:5 › loads the rates
    [chromium] › cart.spec.ts:9:5 › adds the fee
  3 passed (32s)`,
  dotnet: `  Failed Acme.CartTests.LoadsRates [5 s]
  Error Message:
   System.TimeoutException : The operation has timed out.
  Stack Trace:
     at Acme.Rates.Load() in /src/Rates.cs:line 12
  Failed Acme.CartTests.AddsFee [3 ms]
  Error Message:
   Assert.Equal() Failure: Values differ
Expected: 12
Actual:   7
  Stack Trace:
     at Acme.CartTests.AddsFee() in /src/CartTests.cs:line 9
Failed!  - Failed:     2, Passed:     3, Skipped:     0, Total:     5`,
  unittest: `======================================================================
ERROR: test_rates (tests.CartTest.test_rates)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/app/tests.py", line 5, in test_rates
    raise TimeoutError('timed out')
TimeoutError: timed out

======================================================================
FAIL: test_fee (tests.CartTest.test_fee)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/app/tests.py", line 8, in test_fee
    self.assertEqual(7, 12)
AssertionError: 7 != 12

----------------------------------------------------------------------
Ran 5 tests in 5.003s

FAILED (failures=1, errors=1)`,
};

describe('a log with several failures', () => {
  it.each([true, false])(
    'is a regression when one time-out stands beside a wrong total and a TypeError (model %s)',
    (withModel) => {
      const found = classified({ unit: vitestReport(LATE, WRONG, BROKEN) }, undefined, withModel);
      expect(found).toMatchObject({ class: 'test_failure', verdict: 'regression' });
      expect(isRerun(found)).toBe(false);
      expect(found.failures).toMatchObject({
        count: 3,
        list: [
          { name: 'adds the fee', chance: 'lasts', says: 'expected 121, got 119' },
          { name: 'shows an empty cart', chance: 'lasts' },
          { name: 'loads the rates', chance: 'may-pass' },
        ],
      });
    },
  );

  it.each([
    ['vitest', vitestReport(LATE, WRONG)],
    [
      'pytest',
      [
        '____ test_rates ____',
        'E   TimeoutError: timed out',
        '____ test_fee ____',
        'E   assert 7 == 12',
        'FAILED test_cart.py::test_rates - TimeoutError: timed out',
        'FAILED test_cart.py::test_fee - assert 7 == 12',
      ].join('\n'),
    ],
    [
      'go',
      [
        '--- FAIL: TestRates (5.00s)',
        '    rates_test.go:12: context deadline exceeded',
        '--- FAIL: TestFee (0.00s)',
        '    fee_test.go:7: Fee() = 7, want 12',
        'FAIL',
      ].join('\n'),
    ],
    [
      'node:test',
      [
        '✖ loads rates (60.4ms)',
        "  'test timed out after 60ms'",
        '✖ adds the fee (1.2ms)',
        '  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:',
        '  7 !== 12',
        '    actual: 7,',
        '    expected: 12,',
      ].join('\n'),
    ],
    [
      'cargo',
      [
        '---- tests::rates stdout ----',
        "thread 'tests::rates' panicked at src/lib.rs:9:5:",
        'operation timed out',
        '---- tests::fee stdout ----',
        "thread 'tests::fee' panicked at src/lib.rs:3:26:",
        'assertion `left == right` failed',
        '  left: 7',
        ' right: 12',
      ].join('\n'),
    ],
    [
      'jest',
      [
        '  ● cart › loads the rates',
        '    thrown: "Exceeded timeout of 5000 ms for a test."',
        '  ● cart › adds the fee',
        '    Expected: 12',
        '    Received: 7',
        'Tests:       2 failed, 3 passed, 5 total',
      ].join('\n'),
    ],
  ])('is not run again for a time-out beside a wrong value: %s', (_runner, log) => {
    const found = classified({ unit: log });
    expect(found.verdict).toBe('regression');
    expect(isRerun(found)).toBe(false);
    expect(found.failures?.list.map(({ chance }) => chance)).toEqual(['lasts', 'may-pass']);
  });

  it.each(Object.entries(REPORTS))('lists each test of a runner once, with what it says: %s', (_runner, log) => {
    const found = classified({ unit: log });
    expect(found.verdict).toBe('regression');
    expect(isRerun(found)).toBe(false);
    const list = found.failures?.list ?? [];
    expect(list.map(({ chance }) => chance)).toEqual(['lasts', 'may-pass']);
    expect(list[0]?.says).toMatch(/expected 12, got 7|Expected equality/);
    expect(list[1]?.says).toMatch(/time|deadline/i);
  });

  it('is not run again when what a failed test says does not tell whether it may pass', () => {
    const found = classified({ unit: vitestReport(LATE, ['shows the cart', 'oh no']) });
    expect(isRerun(found)).toBe(false);
    expect(found.failures?.list.map(({ chance }) => chance)).toEqual(['unknown', 'may-pass']);
  });

  it('may be run again when each of them may pass', () => {
    const found = classified({ a: RESET, b: 'curl: (56) Recv failure: Connection reset by peer' });
    expect(isRerun(found)).toBe(true);
    expect(found.failures?.list.map(({ chance }) => chance)).toEqual(['may-pass', 'may-pass']);
  });

  it('is judged job by job: a lost connection in one does not excuse a type error in another', () => {
    for (const jobs of [
      { install: RESET, types: TYPES },
      { types: TYPES, install: RESET },
    ]) {
      const found = classified(jobs);
      expect(found).toMatchObject({ class: 'compilation_error', verdict: 'regression' });
      expect(isRerun(found)).toBe(false);
    }
  });

  it('leaves out the job that only says that others failed', () => {
    const found = classified({ install: RESET, gate: 'Error: one or more required jobs have failed: install' });
    expect(found.failures).toBeUndefined();
    expect(isRerun(found)).toBe(true);
  });

  it('is not run again beside a job that says nothing', () => {
    expect(isRerun(classified({ install: RESET, pack: 'packing 12 files' }))).toBe(false);
  });

  it('believes attempts on the same commit more than wording, and says so of each', () => {
    const passedBefore: RunHistory = {
      defaultBranchConclusions: ['success', 'success'],
      attempt: 2,
      sameCommit: { failures: 1, successes: 2 },
      passedIn: ['attempt 1'],
    };
    const found = classified({ unit: vitestReport(LATE, WRONG) }, passedBefore);
    expect(found.verdict).toBe('flaky');
    expect(found.failures?.list.every(({ chance }) => chance === 'may-pass')).toBe(true);
  });

  it('never says that a re-run would not help while all that failed may pass by its words', () => {
    const refused = (name: string): readonly [string, string] => [name, 'Error: connect ECONNREFUSED 127.0.0.1:1'];
    const found = classified({ unit: vitestReport(refused('talks to the broker'), refused('talks to the cache')) });
    expect(found.verdict).not.toBe('regression');
  });

  it('lists nothing where one thing failed', () => {
    expect(classified({ unit: vitestReport(WRONG) }).failures).toBeUndefined();
    expect(classified({ install: RESET }).failures).toBeUndefined();
  });
});

describe('the confidence of an answer', () => {
  it('is never less than that of another class beside it', () => {
    const logs = [
      vitestReport(LATE, WRONG, BROKEN),
      vitestReport(LATE),
      RESET,
      TYPES,
      'Error: oops',
      `${RESET}\n${TYPES}`,
      'Killed\nmake: *** [all] Error 137',
    ];
    for (const log of logs) {
      for (const withModel of [true, false]) {
        const { class: chosen, confidence, alternatives } = classified({ job: log }, undefined, withModel);
        if (chosen !== 'unknown')
          expect(Math.max(0, ...alternatives.map((one) => one.confidence)), log).toBeLessThanOrEqual(confidence);
      }
    }
  });
});
