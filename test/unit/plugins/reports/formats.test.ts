import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_FORMATS } from '@selfheal/reports/formats/registry.ts';
import { makeRepositoryFiles } from '@selfheal/reports/normal-form/repository-path.ts';
import { describe, expect, it } from 'vitest';
import { readWhole, type WholeReport } from '../../../../packages/reports/test/read/report-rig.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/reports');
const fixture = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');

/** Tests, failures, errors, skipped; or covered lines and lines; or findings of each severity. */
function figures({ summary }: WholeReport): string {
  if (summary.kind === 'tests') {
    const { tests, failures, errors, skipped } = summary.totals;
    return `${summary.format}: ${tests} ${failures} ${errors} ${skipped}`;
  }
  if (summary.kind === 'coverage') return `${summary.format}: ${summary.totals.coveredLines}/${summary.totals.lines}`;
  const counts = Object.entries(summary.totals).flatMap(([severity, count]) =>
    count > 0 ? [`${count} ${severity}`] : [],
  );
  return `${summary.format}: ${counts.join(', ')}`;
}

/** Where and what the failed tests, the coverage or the findings are. */
function places({ tests, files, findings }: WholeReport): string[] {
  const ranges = (list: readonly { start: number; end: number }[]) =>
    list.map(({ start, end }) => (start === end ? start : `${start}-${end}`)).join(' ');
  return [
    ...tests.flatMap(({ suite, name, outcome, file, line }) =>
      outcome === 'failed' || outcome === 'error' ? [`${suite} | ${name} @ ${file}:${line}`] : [],
    ),
    ...files.map(
      ({ path, uncovered, branches }) =>
        `${path}: ${ranges(uncovered)} b ${branches === null ? '-' : `${branches.covered}/${branches.total}`}`,
    ),
    ...findings.map(
      ({ severity, rule, file, line, package: about }) =>
        `${severity} ${rule} @ ${file}:${line}${about === null ? '' : ` ${about.name} ${about.version} -> ${about.fixedIn}`}`,
    ),
  ];
}

/** What real tools wrote. */
const WRITTEN: readonly (readonly [file: string, figures: string, places: readonly string[]])[] = [
  [
    'pytest.xml',
    'junit: 6 1 1 1',
    ['test_cart.TestTotal | test_discounts[0.25-2.2] @ test_cart.py:12', 'test_cart | test_pays @ test_cart.py:21'],
  ],
  ['vitest.xml', 'junit: 4 1 0 1', ['cart.spec.js | total > takes a discount @ cart.spec.js:8']],
  ['node-test.xml', 'junit: 3 1 0 1', ['total | takes a discount @ node-test.mjs:7']],
  [
    'jest-junit.xml',
    'junit: 4 1 0 1',
    ['total takes a discount of <half> & more | total takes a discount of <half> & more @ test/cart.test.js:6'],
  ],
  ['mocha-xunit.xml', 'junit: 4 1 0 1', ['total | takes a discount of <half> & more @ test/cart.test.js:6']],
  ['mocha.json', 'mocha-json: 4 1 0 1', ['total | takes a discount of <half> & more @ test/cart.test.js:6']],
  ['jest.json', 'jest-json: 4 1 0 1', ['total | takes a discount of <half> & more @ test/cart.test.js:6']],
  ['vitest.json', 'jest-json: 4 1 0 1', ['total | takes a discount @ cart.spec.js:8']],
  ['rspec.json', 'rspec-json: 3 1 0 1', ['total with a discount | takes half @ spec/cart_spec.rb:8']],
  [
    'go-test.jsonl',
    'go-test: 4 2 0 1',
    ['github.com/acme/shop | TestDiscount/half @ cart_test.go:14', 'github.com/acme/shop | TestDiscount @ null:null'],
  ],
  ['coverage-py.cobertura.xml', 'cobertura: 8/11', ['src/__init__.py:  b -', 'src/cart.py: 6 13 17 b 2/4']],
  ['coverage-py.json', 'coverage-py: 8/11', ['src/__init__.py:  b -', 'src/cart.py: 6 13 17 b 2/4']],
  ['coverage-py.info', 'lcov: 8/11', ['src/__init__.py:  b -', 'src/cart.py: 6 13 17 b 2/4']],
  ['jest.cobertura.xml', 'cobertura: 4/5', ['src/cart.js: 3 b 1/4']],
  ['jest.clover.xml', 'clover: 4/5', ['src/cart.js: 3 b 2/5']],
  ['jest.istanbul.json', 'istanbul: 4/5', ['src/cart.js: 3 b 2/5']],
  ['jest.lcov.info', 'lcov: 4/5', ['src/cart.js: 3 b 2/5']],
  ['node-test.info', 'lcov: 7/9', ['src/cart.js: 3-4 b 3/4']],
  ['go-cover.out', 'go-cover: 7/9', ['cart.go: 10-11 b -']],
  ['mypy.txt', 'mypy: 1 high', ['high return-value @ src/cart.py:13']],
  ['tsc.txt', 'tsc: 3 high', ['high TS2322 @ t.ts:1', 'high TS2322 @ t.ts:1', 'high TS2304 @ t.ts:1']],
  ['tsc-pretty.txt', 'tsc: 3 high', ['high TS2322 @ t.ts:1', 'high TS2322 @ t.ts:1', 'high TS2304 @ t.ts:1']],
  ['eslint.json', 'eslint: 9 high, 1 medium', []],
  ['ruff.json', 'ruff: 6 medium', []],
  [
    'pytest-xunit1.xml',
    'junit: 21 6 4 4',
    [
      ' | tests.test_broken @ tests/test_broken.py:1',
      'tests.test_cart | test_rows[two / <slash> & "quotes"] @ tests/test_cart.py:11',
      'tests.test_cart | test_odd_names[c\\nd] @ tests/test_cart.py:16',
      'tests.test_cart | test_needs_fixture @ tests/test_cart.py:26',
      'tests.test_cart | test_teardown @ tests/test_cart.py:36',
      'tests.test_cart | test_teardown_and_fail @ tests/test_cart.py:40',
      'tests.test_cart | test_teardown_and_fail @ tests/test_cart.py:40',
      'tests.test_cart | test_xpass_strict @ tests/test_cart.py:54',
      'tests.test_cart.TestNested.TestInner | test_deep @ tests/test_cart.py:66',
      'tests.test_cart.Old | test_helper @ tests/test_cart.py:84',
      'tests.test_cart.Old | test_sub @ tests/test_cart.py:71',
    ],
  ],
  [
    'ctest.xml',
    'junit: 18 7 1 4',
    [
      'Cart.Rounds | Cart.Rounds @ src/gtest_cart.cc:6',
      'Cart.Throws | Cart.Throws @ null:null',
      'Typed.Size<int> | Typed.Size<int> @ src/gtest_cart.cc:18',
      'All/Rows.Positive/"b c/d" | All/Rows.Positive/"b c/d" @ src/gtest_cart.cc:13',
      'fails / with ü | fails / with ü @ src/cart.h:4',
      'crash | crash @ null:null',
      'slow | slow @ null:null',
      'missing | missing @ null:null',
    ],
  ],
  [
    'gtest.xml',
    'junit: 10 4 0 2',
    [
      'Cart | Rounds @ src/gtest_cart.cc:5',
      'Cart | Throws @ src/gtest_cart.cc:11',
      'Typed/0 | Size @ src/gtest_cart.cc:18',
      'All/Rows | Positive/1 @ src/gtest_cart.cc:13',
    ],
  ],
  [
    'catch2.xml',
    'junit: 9 3 1 2',
    [
      'ca.global | rounds "half" <x> & ü/first section @ src/catch_cart.cc:7',
      'ca.global | throws @ src/catch_cart.cc:10',
      'ca.global | sizes - int @ src/catch_cart.cc:14',
      'ca.Fix | with fixture @ src/catch_cart.cc:16',
    ],
  ],
  [
    'phpunit.xml',
    'junit: 12 2 3 3',
    [
      'Acme.Tests.CartTest | testRows with data set "two / "quoted" <x>" @ tests/CartTest.php:15',
      'Acme.Tests.CartTest | testRows with data set #0 @ tests/CartTest.php:15',
      'Acme.Tests.CartTest | testThrows @ tests/CartTest.php:21',
      'Acme.Tests.CartTest | testTypeError @ tests/CartTest.php:22',
      'Acme.Tests.CartTest | testWarning @ tests/CartTest.php:26',
    ],
  ],
  [
    'gotestsum.xml',
    'junit: 14 9 1 1',
    [
      'example.com/team/shop/v2 | TestRoot @ null:null',
      'example.com/team/shop/v2/cart | TestRows/two_/_<slash>_"q" @ null:null',
      'example.com/team/shop/v2/cart | TestRows/ünï_☃ @ null:null',
      'example.com/team/shop/v2/cart | TestRows/same#01 @ null:null',
      'example.com/team/shop/v2/cart | TestRows @ null:null',
      'example.com/team/shop/v2/cart | TestLogsOnly @ null:null',
      'example.com/team/shop/v2/cart | TestPrintsThenFails @ null:null',
      'example.com/team/shop/v2/cart | ExampleTotal @ null:null',
      'example.com/team/shop/v2/internal/tax | TestPanics @ internal/tax/tax_test.go:7',
    ],
  ],
  [
    'rspec.xml',
    'junit: 14 9 0 3',
    [
      'spec.cart_spec | Cart pending passes @ spec/cart_spec.rb:13',
      'spec.cart_spec | Cart is expected to be truthy @ spec/cart_spec.rb:14',
      'spec.cart_spec | Cart aggregates @ spec/cart_spec.rb:null',
      'spec.cart_spec | Cart #total / half rounds "half" <x> ü @ spec/cart_spec.rb:5',
      'spec.cart_spec | Cart #total / half raises @ spec/cart_spec.rb:7',
      'spec.cart_spec | Cart #total / half row 2 @ spec/cart_spec.rb:8',
      'spec.cart_spec | Cart hook x @ spec/cart_spec.rb:16',
      'spec.cart_spec | Cart hook y @ spec/cart_spec.rb:16',
      'spec.cart_spec | Second behaves like shared is shared @ spec/cart_spec.rb:20',
    ],
  ],
  [
    'prove.xml',
    'junit: 13 4 3 0',
    [
      ' | broken_t @ null:null',
      'cart_t | 2 - rounds "half" / <x> [\\xc3][\\xbc] @ null:null',
      'cart_t | 3 - is like @ null:null',
      'cart_t | 7 - todo passes @ null:null',
      'cart_t | 8 - inner / sub @ null:null',
      'cart_t | 9 @ null:null',
      ' | dies_t @ null:null',
    ],
  ],
  [
    'jest-unloaded.json',
    'jest-json: 3 1 1 1',
    ['cart | rounds @ small/cart.test.js:2', ' | broken.test.js @ small/broken.test.js:1'],
  ],
  ['rspec-unloaded.json', 'rspec-json: 1 0 1 0', [' | error outside of examples 1 @ spec/broken_spec.rb:1']],
  [
    'go-test-unbuilt.jsonl',
    'go-test: 15 9 1 1',
    [
      'example.com/team/shop/v2 | TestRoot @ null:null',
      'example.com/team/shop/v2/broken | package @ null:null',
      'example.com/team/shop/v2/cart | TestRows/two_/_<slash>_"q" @ null:null',
      'example.com/team/shop/v2/cart | TestRows/ünï_☃ @ null:null',
      'example.com/team/shop/v2/cart | TestRows/same#01 @ null:null',
      'example.com/team/shop/v2/cart | TestRows @ null:null',
      'example.com/team/shop/v2/cart | TestLogsOnly @ null:null',
      'example.com/team/shop/v2/cart | TestPrintsThenFails @ null:null',
      'example.com/team/shop/v2/cart | ExampleTotal @ null:null',
      'example.com/team/shop/v2/internal/tax | TestPanics @ internal/tax/tax_test.go:7',
    ],
  ],
  [
    'gcovr.cobertura.xml',
    'cobertura: 24/26',
    ['src/cart.h:  b 2/2', 'src/catch_cart.cc: 13 b 55/147', 'src/gtest_cart.cc: 9 b 39/89'],
  ],
  [
    'lcov.info',
    'lcov: 24/26',
    ['src/cart.h:  b 2/2', 'src/catch_cart.cc: 13 b 51/142', 'src/gtest_cart.cc: 9 b 38/86'],
  ],
  [
    'mypy-pretty.txt',
    'mypy: 5 high',
    [
      'high assignment @ sub dir/ünï.py:1',
      'high return-value @ bad.py:17',
      'high operator @ bad.py:20',
      'high arg-type @ bad.py:28',
      'high call-arg @ bad.py:28',
    ],
  ],
  [
    'shellcheck.checkstyle.xml',
    'checkstyle: 3 high, 5 medium, 6 info',
    [
      'medium SC2164 @ bad.sh:3',
      'info SC2086 @ bad.sh:3',
      'high SC2045 @ bad.sh:4',
      'info SC2035 @ bad.sh:4',
      'info SC2086 @ bad.sh:4',
      'medium SC2154 @ bad.sh:5',
      'info SC2086 @ bad.sh:5',
      'info SC2162 @ bad.sh:6',
      'medium SC2034 @ bad.sh:6',
      'medium SC2034 @ bad.sh:7',
      'medium SC2115 @ bad.sh:8',
      'info SC2086 @ bad.sh:8',
      'high SC1073 @ syn tax.sh:2',
      'high SC1072 @ syn tax.sh:2',
    ],
  ],
  [
    'shellcheck.json',
    'shellcheck: 3 high, 5 medium, 6 info',
    [
      'high SC1073 @ syn tax.sh:2',
      'high SC1072 @ syn tax.sh:2',
      'medium SC2164 @ bad.sh:3',
      'info SC2086 @ bad.sh:3',
      'high SC2045 @ bad.sh:4',
      'info SC2035 @ bad.sh:4',
      'info SC2086 @ bad.sh:4',
      'medium SC2154 @ bad.sh:5',
      'info SC2086 @ bad.sh:5',
      'info SC2162 @ bad.sh:6',
      'medium SC2034 @ bad.sh:6',
      'medium SC2034 @ bad.sh:7',
      'medium SC2115 @ bad.sh:8',
      'info SC2086 @ bad.sh:8',
    ],
  ],
  [
    'cppcheck.xml',
    'cppcheck: 5 high, 2 medium, 9 low, 1 info',
    [
      'high arrayIndexOutOfBounds @ bad.cpp:6',
      'medium uninitMemberVar @ bad.cpp:3',
      'medium uninitMemberVar @ bad.cpp:3',
      'low knownConditionTrueFalse @ bad.cpp:9',
      'high memleak @ bad.cpp:12',
      'high nullPointer @ bad.cpp:11',
      'high zerodiv @ bad.cpp:12',
      'low passedByValue @ bad.cpp:14',
      'low unreadVariable @ bad.cpp:6',
      'low unreadVariable @ bad.cpp:7',
      'low unreadVariable @ bad.cpp:9',
      'low unusedAllocatedMemory @ bad.cpp:7',
      'low unusedVariable @ bad.cpp:8',
      'high syntaxError @ sub.c:1',
      'low unusedFunction @ bad.cpp:4',
      'low unusedFunction @ bad.cpp:14',
      'info missingIncludeSystem @ null:null',
    ],
  ],
  [
    'flake8.txt',
    'flake8: 3 high, 15 medium',
    [
      'medium F401 @ bad.py:1',
      'medium F401 @ bad.py:1',
      'medium E401 @ bad.py:1',
      'medium F401 @ bad.py:3',
      'medium E302 @ bad.py:8',
      'medium F841 @ bad.py:14',
      'medium E722 @ bad.py:15',
      'medium E302 @ bad.py:19',
      'medium E302 @ bad.py:22',
      'high F821 @ bad.py:25',
      'medium E302 @ bad.py:27',
      'medium E305 @ bad.py:28',
      'medium E702 @ bad.py:28',
      'medium W291 @ bad.py:28',
      'medium E741 @ bad.py:29',
      'high F821 @ bad.py:30',
      'medium E302 @ bad.py:31',
      'high E999 @ sub dir/synt.py:1',
    ],
  ],
  [
    'pylint.json',
    'pylint: 1 high, 6 medium, 10 low',
    [
      'high syntax-error @ sub dir/synt.py:1',
      'low trailing-whitespace @ bad.py:28',
      'low multiple-imports @ bad.py:1',
      'medium eval-used @ bad.py:11',
      'low invalid-name @ bad.py:14',
      'low missing-function-docstring @ bad.py:19',
      'low invalid-name @ bad.py:19',
      'low invalid-name @ bad.py:22',
      'low invalid-name @ bad.py:23',
      'low invalid-name @ bad.py:23',
      'medium pointless-statement @ bad.py:24',
      'medium unused-argument @ bad.py:23',
      'low too-few-public-methods @ bad.py:22',
      'medium unused-import @ bad.py:1',
      'medium unused-import @ bad.py:3',
      'low missing-module-docstring @ sub dir/ünï.py:1',
      'medium non-ascii-file-name @ sub dir/ünï.py:1',
    ],
  ],
  [
    'bandit.json',
    'bandit: 1 high, 2 medium, 4 low, 1 unknown',
    [
      'unknown not-scanned @ sub dir/synt.py:null',
      'low B404 @ bad.py:2',
      'low B403 @ bad.py:3',
      'high B602 @ bad.py:9',
      'low B101 @ bad.py:10',
      'medium B307 @ bad.py:11',
      'medium B303 @ bad.py:12',
      'low B110 @ bad.py:15',
    ],
  ],
];

const json = (value: unknown): string => JSON.stringify(value, null, 1);
const lines = (...records: readonly unknown[]): string => records.map((one) => JSON.stringify(one)).join('\n');

/** Written by hand after the documents of the formats. */
const MADE: Readonly<Record<string, readonly [text: string, figures: string, places: readonly string[]]>> = {
  'reads NUnit 3': [
    `<test-run><test-suite type="TestFixture" name="CartTests" fullname="Shop.CartTests">
      <test-case name="Adds(1.5)" fullname="Shop.CartTests.Adds(1.5)" classname="Shop.CartTests" result="Passed" duration="0.01"/>
      <test-case name="Rounds" fullname="Shop.CartTests.Rounds" classname="Shop.CartTests" result="Failed" label="Error">
        <failure><message><![CDATA[boom]]></message><stack-trace>at Shop.Cart.Round() in D:\\a\\shop\\shop\\src\\Cart.cs:line 12</stack-trace></failure>
      </test-case>
      <test-case name="Later" result="Skipped" label="Ignored"><reason><message>tax service</message></reason></test-case>
    </test-suite></test-run>`,
    'nunit: 3 1 0 1',
    ['Shop.CartTests | Rounds @ src/Cart.cs:12'],
  ],
  'reads NUnit 2': [
    `<test-results><test-suite name="Shop.CartTests"><results>
      <test-case name="Shop.CartTests.Adds" executed="True" success="True"/>
      <test-case name="Shop.CartTests.Rounds" executed="True" success="False"><failure><message>no</message></failure></test-case>
      <test-case name="Shop.CartTests.Breaks" executed="True" result="Error" success="False"><failure><message>no</message></failure></test-case>
      <test-case name="Shop.CartTests.Later" executed="False"/>
    </results></test-suite></test-results>`,
    'nunit: 4 1 1 1',
    ['Shop.CartTests | Rounds @ null:null', 'Shop.CartTests | Breaks @ null:null'],
  ],
  'reads xUnit.net': [
    `<assemblies><assembly name="Shop.dll"><errors><error type="assembly-cleanup"><failure><message>leak</message></failure></error></errors>
      <collection><test name="Shop.Cart.Adds(a: 1)" type="Shop.Cart" method="Adds" result="Pass" time="0.1"/>
      <test name="Shop.Cart.Adds(a: 2)" type="Shop.Cart" method="Adds" result="Fail" time="0.1"><failure><message>2</message></failure></test>
      <test name="Shop.Cart.Later" type="Shop.Cart" method="Later" result="Skip"><reason>tax</reason></test></collection></assembly></assemblies>`,
    'xunit: 3 1 1 1',
    [' | assembly-cleanup @ null:null', 'Shop.Cart | Adds(a: 2) @ null:null'],
  ],
  'reads TRX': [
    `<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
      <UnitTestResult testId="1" testName="Adds" outcome="Passed" duration="00:00:01.5000000"/>
      <UnitTestResult testId="2" testName="Rounds" outcome="Failed"><Output><ErrorInfo><Message>no&#x1b;</Message><StackTrace>at A() in /_/src/Cart.cs:line 4</StackTrace></ErrorInfo></Output></UnitTestResult>
      <UnitTestResult testId="3" testName="Rows" outcome="Passed"><InnerResults><UnitTestResult testId="3" testName="Rows (1)" outcome="Passed"/><UnitTestResult testId="3" testName="Rows (2)" outcome="Timeout"/></InnerResults></UnitTestResult>
      <UnitTestResult testId="4" testName="Later" outcome="NotExecuted"/></Results>
      <TestDefinitions><UnitTest id="1" name="Adds"><TestMethod className="Shop.CartTests, Shop, Version=1.0" name="Adds"/></UnitTest>
      <UnitTest id="2" name="Rounds"><TestMethod className="Shop.CartTests" name="Rounds"/></UnitTest></TestDefinitions></TestRun>`,
    'trx: 5 2 0 1',
    ['Shop.CartTests | Rounds @ null:null', ' | Rows (2) @ null:null'],
  ],
  'reads Surefire with reruns': [
    `<testsuite name="CartTest"><testcase classname="a.CartTest" name="flakes"><flakyFailure message="once">x</flakyFailure></testcase>
      <testcase classname="a.CartTest" name="fails"><failure message="no"/><rerunFailure message="again"/></testcase></testsuite>`,
    'junit: 2 1 0 0',
    ['a.CartTest | fails @ null:null'],
  ],
  'takes a failure without a message and a text for a failure': [
    `<testsuites tests="2" failures="2"><testsuite name="MenuTest" tests="2" failures="2"><testcase name="InitMenu" classname="MenuTest"><failure message="" type=""></failure></testcase>
      <testcase name="Truth" classname="MenuTest"><failure/></testcase></testsuite></testsuites>`,
    'junit: 2 2 0 0',
    ['MenuTest | InitMenu @ null:null', 'MenuTest | Truth @ null:null'],
  ],
  'reads GoogleTest': [
    `<testsuites tests="3" failures="1" disabled="1"><testsuite name="Cart"><testcase name="Adds" status="run" classname="Cart" file="src/cart.cc" line="9"><failure message="cart.cc:12&#x0A;Expected"/></testcase>
      <testcase name="DISABLED_Tax" status="notrun" classname="Cart"/><testcase name="Skips" status="run" result="skipped" classname="Cart"/></testsuite></testsuites>`,
    'junit: 3 1 0 2',
    ['Cart | Adds @ src/cart.cc:9'],
  ],
  'reads Ruff as JUnit, whose suites are the files': [
    `<testsuites name="ruff" tests="1" failures="1" errors="0"><testsuite name="/home/runner/work/shop/shop/src/cart.py" tests="1" package="org.ruff">
      <testcase name="org.ruff.F401" classname="/home/runner/work/shop/shop/src/cart" line="3" column="8"><failure message="\`os\` imported but unused">line 3, col 8</failure></testcase></testsuite></testsuites>`,
    'junit: 1 1 0 0',
    ['/home/runner/work/shop/shop/src/cart | org.ruff.F401 @ src/cart.py:3'],
  ],
  'reads ESLint as JUnit, whose lines are in the text': [
    `<testsuites><testsuite package="org.eslint" tests="1" errors="1" name="/home/runner/work/shop/shop/src/cart.js">
      <testcase name="org.eslint.eqeqeq" classname="/home/runner/work/shop/shop/src/cart"><failure message="Expected &apos;===&apos;.">line 12, col 7, Error - Expected.</failure></testcase></testsuite></testsuites>`,
    'junit: 1 1 0 0',
    ['/home/runner/work/shop/shop/src/cart | org.eslint.eqeqeq @ src/cart.js:12'],
  ],
  'reads what Go 1.24 says of a package that does not build': [
    lines(
      {
        ImportPath: 'example.com/shop/tax [example.com/shop/tax.test]',
        Action: 'build-output',
        Output: '# example.com/shop/tax\n',
      },
      {
        ImportPath: 'example.com/shop/tax [example.com/shop/tax.test]',
        Action: 'build-output',
        Output: './tax/tax.go:3:23: cannot use "x"\n',
      },
      { ImportPath: 'example.com/shop/tax [example.com/shop/tax.test]', Action: 'build-fail' },
      { Action: 'start', Package: 'example.com/shop/tax' },
      { Action: 'output', Package: 'example.com/shop/tax', Output: 'FAIL\texample.com/shop/tax [build failed]\n' },
      {
        Action: 'fail',
        Package: 'example.com/shop/tax',
        FailedBuild: 'example.com/shop/tax [example.com/shop/tax.test]',
      },
    ),
    'go-test: 1 0 1 0',
    ['example.com/shop/tax | package @ tax/tax.go:3'],
  ],
  'reads suites without tests': [
    '<testsuites tests="9"><testsuite tests="6" failures="1" errors="1" skipped="2"/><testsuite tests="3"/></testsuites>',
    'junit: 9 1 1 2',
    [],
  ],
  'reads Dart': [
    lines(
      { protocolVersion: '0.1.1', type: 'start', time: 0 },
      { suite: { id: 0, path: 'test/cart_test.dart' }, type: 'suite', time: 0 },
      { test: { id: 1, name: 'loading test/cart_test.dart', suiteID: 0 }, type: 'testStart', time: 0 },
      { testID: 1, result: 'success', hidden: true, type: 'testDone', time: 5 },
      { test: { id: 2, name: 'adds', suiteID: 0, line: 4 }, type: 'testStart', time: 5 },
      { testID: 2, error: 'no', stackTrace: 'test/cart_test.dart 5:3', isFailure: true, type: 'error', time: 6 },
      { testID: 2, result: 'failure', hidden: false, type: 'testDone', time: 105 },
      { test: { id: 3, name: 'later', suiteID: 0 }, type: 'testStart', time: 106 },
      { testID: 3, result: 'success', skipped: true, hidden: false, type: 'testDone', time: 106 },
      { success: false, type: 'done', time: 110 },
    ),
    'dart-json: 2 1 0 1',
    [' | adds @ test/cart_test.dart:4'],
  ],
  'reads JaCoCo': [
    `<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><report name="shop"><package name="com/acme"><sourcefile name="Cart.java">
      <line nr="3" mi="0" ci="4" mb="1" cb="1"/><line nr="4" mi="2" ci="0" mb="0" cb="0"/></sourcefile></package></report>`,
    'jacoco: 1/2',
    ['com/acme/Cart.java: 4 b 1/2'],
  ],
  'reads Clover of Java': [
    `<coverage generated="1" clover="4.4"><project name="shop"><package name="com.acme"><file name="Cart.java" path="/home/runner/work/shop/shop/src/com/acme/Cart.java">
      <line num="3" type="stmt" count="2"/><line num="5" type="cond" truecount="1" falsecount="0"/><line num="9" type="method" count="0"/><metrics conditionals="2" coveredconditionals="1"/></file></package></project></coverage>`,
    'clover: 2/3',
    ['src/com/acme/Cart.java: 9 b 1/2'],
  ],
  '[A50] reads Trivy': [
    json({
      SchemaVersion: 2,
      ArtifactName: '.',
      Results: [
        {
          Target: 'package-lock.json',
          Class: 'lang-pkgs',
          Vulnerabilities: [
            {
              VulnerabilityID: 'CVE-2024-1',
              PkgName: 'left',
              InstalledVersion: '1.0',
              FixedVersion: '1.1',
              Severity: 'CRITICAL',
              Title: 't',
            },
          ],
        },
        {
          Target: 'alpine:3 (alpine 3.1)',
          Class: 'os-pkgs',
          Vulnerabilities: [{ VulnerabilityID: 'CVE-2024-2', PkgName: 'ssl', InstalledVersion: '3', Severity: 'LOW' }],
        },
        {
          Target: 'Dockerfile',
          Class: 'config',
          Misconfigurations: [
            { ID: 'DS-0002', Severity: 'HIGH', Status: 'FAIL', Message: 'root', CauseMetadata: { StartLine: 3 } },
            { ID: 'DS-0001', Severity: 'HIGH', Status: 'PASS', Message: 'latest' },
          ],
        },
        {
          Target: 'deploy.sh',
          Class: 'secret',
          Secrets: [{ RuleID: 'aws', Severity: 'CRITICAL', Title: 'key', StartLine: 7, Match: 'export KEY=not-shown' }],
        },
      ],
    }),
    'trivy: 2 critical, 1 high, 1 low',
    [
      'critical CVE-2024-1 @ package-lock.json:null left 1.0 -> 1.1',
      'low CVE-2024-2 @ null:null ssl 3 -> null',
      'high DS-0002 @ Dockerfile:3',
      'critical aws @ deploy.sh:7',
    ],
  ],
  'reads Grype': [
    json({
      matches: [
        {
          vulnerability: { id: 'GHSA-1', severity: 'High', fix: { versions: ['2.0'] } },
          artifact: { name: 'left', version: '1', locations: [{ path: '/package-lock.json' }] },
        },
        {
          vulnerability: { id: 'CVE-3', severity: 'Negligible' },
          artifact: { name: 'ssl', version: '3', locations: [{ path: '/lib/apk/db', layerID: 'sha256:1' }] },
        },
      ],
      source: {},
    }),
    'grype: 1 high, 1 info',
    ['high GHSA-1 @ package-lock.json:null left 1 -> 2.0', 'info CVE-3 @ null:null ssl 3 -> null'],
  ],
  '[A48] reads Bandit': [
    json({
      errors: [{ filename: './src/old.py', reason: 'syntax error' }],
      metrics: { _totals: { 'SEVERITY.HIGH': 1 } },
      results: [{ filename: './src/a.py', issue_severity: 'HIGH', issue_text: 't', line_number: 4, test_id: 'B602' }],
    }),
    'bandit: 1 high, 1 unknown',
    ['unknown not-scanned @ src/old.py:null', 'high B602 @ src/a.py:4'],
  ],
  'reads npm audit': [
    json({
      auditReportVersion: 2,
      vulnerabilities: {
        left: {
          name: 'left',
          severity: 'high',
          via: [
            {
              source: 1,
              title: 't',
              url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
              severity: 'critical',
              range: '<2',
            },
          ],
          fixAvailable: { name: 'left', version: '2.0.0' },
        },
        right: { name: 'right', severity: 'high', via: ['left'], fixAvailable: true },
      },
    }),
    'npm-audit: 1 critical',
    ['critical GHSA-aaaa-bbbb-cccc @ null:null left <2 -> 2.0.0'],
  ],
  'reads pip-audit': [
    json({
      dependencies: [
        {
          name: 'left',
          version: '1.0',
          vulns: [{ id: 'PYSEC-1', fix_versions: ['1.1', '2.0'], aliases: ['CVE-2024-9'], description: 'd' }],
        },
        { name: 'right', version: '2', vulns: [] },
      ],
      fixes: [],
    }),
    'pip-audit: 1 unknown',
    ['unknown CVE-2024-9 @ null:null left 1.0 -> 1.1, 2.0'],
  ],
  '[A49] reads TruffleHog': [
    lines(
      { level: 'info-0', msg: 'running source' },
      {
        SourceMetadata: { Data: { Git: { file: 'a.env', line: 3 } } },
        DetectorName: 'AWS',
        Verified: true,
        Raw: 'not-shown',
      },
      {
        SourceMetadata: { Data: { Filesystem: { file: 'b.env', line: 4 } } },
        DetectorName: 'URI',
        Verified: false,
        Raw: 'not-shown',
      },
    ),
    'trufflehog: 1 critical, 1 medium',
    ['critical AWS @ a.env:3', 'medium URI @ b.env:4'],
  ],
  'reads Gitleaks': [
    json([
      { RuleID: 'generic', Description: 'd', StartLine: 5, File: 'a.env', Secret: 'not-shown', Match: 'k=not-shown' },
    ]),
    'gitleaks: 1 high',
    ['high generic @ a.env:5'],
  ],
};

/** The first line of each test that did not pass, in the order of the report. */
const MESSAGES: Readonly<Record<string, readonly (string | null)[]>> = {
  'ctest.xml': [
    '/home/runner/work/shop/shop/src/gtest_cart.cc:6: Failure',
    null,
    'SKIP_REGULAR_EXPRESSION_MATCHED',
    'unknown file: Failure',
    '/home/runner/work/shop/shop/src/gtest_cart.cc:18: Failure',
    '/home/runner/work/shop/shop/src/gtest_cart.cc:13: Failure',
    'src/cart.h:4: error: bad',
    null,
    null,
    'Unable to find executable',
    'SKIP_RETURN_CODE=77',
    null,
  ],
  'gtest.xml': [
    'Expected equality of these values: total(1, 2, true) Which is: 1 2 first "quoted" <b> second ü line',
    null,
    'no network',
    'unknown file C++ exception with description "boom & bust" thrown in the test body.',
    'Expected equality of these values: sizeof(TypeParam) Which is: 4 1u Which is: 1',
    'Expected: (GetParam()) != ("b c/d"), actual: "b c/d" vs "b c/d"',
  ],
  'catch2.xml': ['total(1, 2, true) == 2', 'boom & bust', 'false', 'false', 'sizeof(TestType) == 1', '1 == 2'],
  'phpunit.xml': [
    'message <b>',
    'message <b>',
    'RuntimeException: boom & bust',
    'TypeError: Acme\\Cart::total(): Argument #1 ($prices) must be of type array, string given, called in /home/runner/work/shop/shop/tests/CartTest.php on line 22',
    null,
    null,
    'careful',
    null,
  ],
  'gotestsum.xml': [
    'root is 1',
    'got 3, want 1',
    'got 2, want 1',
    'got 5, want 1',
    null,
    'just a log: cart_test.go:1: not here',
    'real failure',
    'got: 1 want: 2',
    'needs "docker"',
    'panic: assignment to entry in nil map [recovered]',
  ],
  'jest-unloaded.json': [
    'Error: expect(received).toBe(expected) // Object.is equality',
    null,
    "Cannot find module './nope' from 'small/broken.test.js'",
  ],
  'rspec-unloaded.json': ['cannot load such file -- does/not/exist'],
};

describe('report formats', () => {
  it.each(WRITTEN)('reads %s as its tool wrote it', async (file, expected, where) => {
    const report = await readWhole(fixture(file), { name: file });
    expect(figures(report)).toBe(expected);
    if (where.length > 0) expect(places(report)).toEqual(where);
  });

  for (const [name, [text, expected, where]] of Object.entries(MADE)) {
    it(name, async () => {
      const report = await readWhole(text);
      expect(figures(report)).toBe(expected);
      expect(places(report)).toEqual(where);
      expect(JSON.stringify(report)).not.toContain('not-shown');
    });
  }

  it.each(Object.keys(MESSAGES))('takes from %s what each test says', async (file) => {
    const { tests } = await readWhole(fixture(file), { name: file });
    expect(tests.filter(({ outcome }) => outcome !== 'passed').map(({ message }) => message)).toEqual(MESSAGES[file]);
  });

  it.each(['go-test-unbuilt.jsonl', 'gotestsum.xml'])(
    'finds the files of %s by the go.mod of the repository',
    async (file) => {
      const paths = ['go/go.mod', 'go/root_test.go', 'go/cart/cart_test.go', 'root_test.go', 'cart_test.go'];
      const files = makeRepositoryFiles(paths, () => 'module example.com/team/shop/v2\n');
      const report = await readWhole(fixture(file), { name: file, paths: { workspaces: [], files } });
      expect(places(report)).toEqual(
        expect.arrayContaining([
          'example.com/team/shop/v2 | TestRoot @ go/root_test.go:7',
          'example.com/team/shop/v2/cart | TestPrintsThenFails @ go/cart/cart_test.go:44',
          'example.com/team/shop/v2/internal/tax | TestPanics @ null:null',
        ]),
      );
    },
  );

  it('has a fixture that a tool wrote, or one after its documents, for every format but SARIF, which has tests of its own', () => {
    const read = [...WRITTEN.map(([, what]) => what), ...Object.values(MADE).map(([, what]) => what)].map(
      (what) => what.split(':')[0],
    );
    expect(REPORT_FORMATS.map(({ id }) => id).filter((id) => !read.includes(id))).toEqual(['sarif']);
    expect(readdirSync(FIXTURES).filter((name) => !WRITTEN.some(([file]) => file === name))).toEqual([]);
  });

  it('recognises each format by its content alone, as one of one kind', async () => {
    for (const [file, expected] of WRITTEN)
      expect(figures(await readWhole(fixture(file), { name: 'report' }))).toBe(expected);
  });
});
