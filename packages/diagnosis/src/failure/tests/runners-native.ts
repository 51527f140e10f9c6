import type { Runner } from './runner.ts';

/** Go (`testing/testing.go`): no totals, so result lines are counted (all of them only with -v); subtests are `Test/sub`. */
const go: Runner = {
  framework: 'go-test',
  sure: true,
  hint: /^\s{0,40}--- (?:FAIL|PASS|SKIP)|^=== FAIL|^FAIL\t|^DONE \d|^\{.{0,120}"Action":"/,
  counts: [
    // gotestsum (`testjson/summary.go`)
    {
      line: /^DONE (?:\d{1,3} runs, )?(?<run>\d{1,7}) tests?(?:, (?<skipped>\d{1,7}) skipped)?(?:, (?<failed>\d{1,7}) failures?)?(?:, \d{1,7} errors?)? in /,
    },
    { line: /^\s{0,40}--- (?<result>PASS|FAIL|SKIP): \S{1,300} \([\d.]{1,10}s\)/ },
    { line: /"Action":"(?<result>pass|fail|skip)",.{0,300}"Test":"/ },
  ],
  names: [
    {
      // test/run.go of Go itself prints files.
      line: /^(?:\s{0,40}--- FAIL: (?<test>\S{1,300}) \([\d.]{1,10}s\)|FAIL\t(?<test>[\w./-]{1,200}\.go)\t[\d.]{1,10}s$)/,
    },
    { line: /^=== FAIL: \S{1,200} (?<test>\S{1,300}) \([\d.]{1,10}s\)/ },
    { line: /"Action":"fail",.{0,300}"Test":"(?<test>[^"]{1,300})"/ },
  ],
};

/** gocheck (`check/reporter.go`), inside of `go test`. */
const gocheck: Runner = {
  framework: 'gocheck',
  hint: /^(?:FAIL|PANIC): \S{1,200}\.go:\d|^O(?:K|OPS): \d/,
  counts: [{ line: /^O(?:K|OPS): (?<tally>\d{1,7} passed.{0,120})$/ }],
  names: [{ line: /^(?:FAIL|PANIC): \S{1,200}\.go:\d{1,6}: (?<test>\S{1,300})$/ }],
};

/** Ginkgo (`reporters/default_reporter.go`): a list of failures with their containers, and one count. */
const ginkgo: Runner = {
  framework: 'ginkgo',
  hint: /^(?:FAIL|SUCCESS)! -- |^\s{0,4}\[(?:FAIL|Fail|PANIC|Panic|TIMEDOUT)/,
  counts: [{ line: /^(?:FAIL|SUCCESS)! -- (?<tally>\d{1,7} Passed \| .{1,120})$/ }],
  names: [{ line: /^\s{0,4}\[(?:FAIL|Fail|PANICKED!?|Panic!|TIMEDOUT)\] (?<test>\S.{0,1499})$/ }],
};

/** Rust's libtest (`test/src/formatters/pretty.rs`), doctests included. */
const cargo: Runner = {
  framework: 'cargo-test',
  hint: /^test |^failures:$/,
  counts: [
    {
      line: /^test result: \w{2,6}\. (?<passed>\d{1,7}) passed; (?<failed>\d{1,7}) failed; (?<skipped>\d{1,7}) ignored/,
    },
  ],
  names: [
    { line: /^test (?<test>\S.{0,399}?)(?: - should panic)? \.\.\. FAILED$/ },
    // Output of the test itself may come between its name and its result.
    { from: /^failures:$/, to: /^(?!$|\s{4})/, line: /^\s{4}(?<test>\S.{0,299})$/ },
  ],
};

/** cargo-nextest (`reporter/displayer`): `FAIL [ 0.005s] (1/3) binary test`, and again at the end. */
const nextest: Runner = {
  framework: 'nextest',
  hint: /^\s{1,12}(?:TRY \d{1,2} )?(?:FAIL|Summary|TIMEOUT|SIG\w{2,6}|ABORT)/,
  counts: [
    {
      line: /^\s{1,12}Summary \[\s{0,6}[\d.]{1,10}s\] (?:\d{1,7}\/)?(?<run>\d{1,7}) tests? run: \d{1,7} passed(?: \([^)]{1,60}\))?(?:, (?<failed>\d{1,7}) (?:failed|timed out))?(?:, (?<errors>\d{1,7}) timed out)?(?:, (?<skipped>\d{1,7}) skipped)?/,
    },
  ],
  names: [
    {
      line: /^\s{1,12}(?:TRY \d{1,2} )?(?:FAIL|TIMEOUT|SIG\w{2,6}|ABORT) \[[>\s]{0,6}[\d.]{1,10}s\] (?:\(\s{0,6}\d{1,7}\/\d{1,7}\) )?[\w:-]{1,120} (?<test>\S.{0,299})$/,
    },
  ],
};

/** CTest (Kitware/CMake, `cmCTestTestHandler.cxx`): the list of failed tests, or `1/3 Test #1: name ...***Failed`. */
const ctest: Runner = {
  framework: 'ctest',
  hint: /^\d{1,3}% tests |^\s{0,6}\d{1,6}\/\d{1,6} Test |^The following tests FAILED:/,
  covers: ['googletest', 'catch2', 'boost-test', 'doctest-cpp', 'tap'],
  counts: [{ line: /^\d{1,3}% tests passed, (?<failed>\d{1,7}) tests? failed out of (?<run>\d{1,7})/ }],
  names: [
    {
      from: /^The following tests FAILED:$/,
      to: /^(?!$|\s)/,
      line: /^\s{1,12}\d{1,6} - (?<test>\S.{0,299}?) \([A-Za-z][\w :]{1,40}\)(?:\s{1,40}\S.{0,200})?$/,
    },
    { line: /^\s{0,6}\d{1,6}\/\d{1,6} Test\s{1,4}#\d{1,6}: (?<test>\S.{0,299}?) \.{2,}.{0,40}\*\*\*/ },
  ],
};

/** GoogleTest (`googletest/src/gtest.cc`): parameters stand behind the name. */
const googletest: Runner = {
  framework: 'googletest',
  hint: /^\[(?:={10}| {2}FAILED {2}| {2}SKIPPED )\]/,
  counts: [
    {
      line: /^(?:\[={10}\] (?<run>\d{1,7}) tests? from .{1,60} ran\.|\[ {2}FAILED {2}\] (?<failing>\d{1,7}) tests?, listed below:|\[ {2}SKIPPED \] (?<skipped>\d{1,7}) tests?, listed below:)/,
    },
  ],
  names: [
    { line: /^\[ {2}FAILED {2}\] (?<test>[\w/<>, ]{1,200}\.[^\s,(]{1,200})(?:, where .{0,400})?(?: \(\d{1,9} ms\))?$/ },
  ],
};

/** Catch2 (`reporters/catch_reporter_console.cpp`): failed test cases between two rules, sections indented below. */
const catch2: Runner = {
  framework: 'catch2',
  hint: /^(?:test cases: |All tests passed|-{79}$)/,
  counts: [
    {
      line: /^(?:test cases: {1,8}(?<run>\d{1,7}) \| {0,8}(?<tally>\d.{1,120})|All tests passed \(\d{1,9} assertions? in (?<passed>\d{1,7}) test cases?\))$/,
    },
  ],
  names: [
    {
      after: /^-{79}$/,
      line: /^(?!\S{1,300}(?::\d{1,6}|\(\d{1,6}\))$)(?<test>[^\s.=-].{0,299})$/,
      proof: /^\S{1,300}(?::\d{1,6}|\(\d{1,6}\))$/,
    },
  ],
};

/** CxxTest (`cxxtest/ErrorFormatter.h`). */
const cxxtest: Runner = {
  framework: 'cxxtest',
  hint: /^In \S{1,300}::\S{1,200}:$|^Failed \d|^Running .{1,80} tests? \(\d/,
  counts: [
    { line: /^Failed (?<failed>\d{1,7}) and Skipped (?<skipped>\d{1,7}) of (?<run>\d{1,7}) tests?$/ },
    { line: /^Failed (?<failed>\d{1,7}) of (?<run>\d{1,7}) tests?$/ },
    { line: /^Running .{1,80} tests? \((?<passed>\d{1,7}) tests?\)\.*OK!$/ },
  ],
  names: [{ line: /^In (?<test>[\w:<>]{1,300}::\w{1,200}):$/ }],
};

/** Boost.Test (`compiler_log_formatter.ipp`): `file(7): error: in "suite/test": ...`. */
const boostTest: Runner = {
  framework: 'boost-test',
  sure: true,
  hint: /^Running \d{1,7} test cases?/,
  marks: ['error: in "'],
  counts: [{ line: /^Running (?<run>\d{1,7}) test cases?/ }],
  names: [{ line: /(?:^|: )(?:fatal )?error: in "(?<test>[^"]{1,300})"/ }],
};

/** doctest for C++ (`doctest.h`, console reporter). */
const doctestCpp: Runner = {
  framework: 'doctest-cpp',
  hint: /^\[doctest\]|^TEST CASE: /,
  counts: [
    {
      line: /^\[doctest\] test cases: {1,8}(?<run>\d{1,7}) \| {0,8}\d{1,7} passed \| {0,8}(?<failed>\d{1,7}) failed \| {0,8}(?<skipped>\d{1,7}) skipped/,
    },
  ],
  names: [{ line: /^TEST CASE: {1,2}(?<test>\S.{0,299})$/, proof: /: (?:FATAL )?ERROR: / }],
};

/** Meson (`mesonbuild/mtest.py`): `2/3 project:suite / name FAIL 0.01s`; the project is no part of the name. */
const meson: Runner = {
  framework: 'meson',
  hint: /^\s{0,6}\d{1,6}\/\d{1,6} |^(?:Ok|Fail|Timeout|Skipped|Expected Fail|Unexpected Pass): {1,20}\d/,
  covers: ['googletest', 'catch2', 'tap'],
  counts: [{ line: /^(?<result>Ok|Fail|Timeout|Skipped|Expected Fail|Unexpected Pass): {1,20}(?<number>\d{1,7})$/ }],
  names: [
    {
      line: /^\s{0,6}\d{1,6}\/\d{1,6} (?:[\w:+.-]{1,120} (?:\/|-) )?(?<test>\S.{0,199}?)\s{1,60}(?:FAIL|TIMEOUT|ERROR|UNEXPECTEDPASS|INTERRUPT)\s{1,20}[\d.]{1,10} ?s/,
    },
  ],
};

/** Bazel (`TestResultNotifier`): targets, where the tests in them do not report. */
const bazel: Runner = {
  framework: 'bazel',
  hint: /^(?:\/\/|@)|^Executed \d/,
  counts: [
    {
      line: /^Executed \d{1,6} out of (?<run>\d{1,6}) tests?: (?:\d{1,6} tests? pass(?:es)?(?: and |\.$|, )?)?(?:(?<failed>\d{1,6}) fails?)?/,
    },
  ],
  names: [
    {
      line: /^(?<test>@{0,2}[\w.~+-]{0,80}\/\/\S{1,300})\s{1,80}(?:\(cached\) )?(?:FAILED|TIMEOUT|NO STATUS) (?:TO BUILD|in )/,
    },
  ],
};

/** Buck (`TestResultFormatter`) and Buck2 (`test` command). */
const buck: Runner = {
  framework: 'buck',
  hint: /^(?:FAILURE |TESTS FAILED|Tests finished: |✗ Fail: |FAIL {2})/,
  counts: [
    { line: /^Tests finished: (?<tally>Pass \d{1,7}\. Fail \d{1,7}\..{0,80})/ },
    { line: /^(?:FAIL|PASS)\s{1,8}\S{1,12}\s{1,4}(?<tally>\d{1,7} Passed\s{1,4}\d{1,7} Skipped\s{1,4}\d{1,7} Failed)/ },
  ],
  names: [
    { line: /^✗ Fail: \S{1,200} - (?<test>\S.{0,299}?) \([\d.]{1,12}m?s\)$/ },
    {
      line: /^FAILURE (?<suite>[\w$.]{1,200}) (?<test>\S{1,200}?):? /,
      name: ({ groups: { suite, test } }) => `${suite}.${test}`,
    },
  ],
};

/**
 * XCTest (`Test Case '-[Class test]' failed`, in Swift `Class.test`), xcodebuild's parallel form (`Test case 'Class.test()' failed on 'iPhone'`) and Swift
 * Testing (`✘ Test "name" failed after`); xcpretty (`formatters/rspec.rb`, `simple.rb`) and xcbeautify leave `✗ test, why`, or at the end
 * `Class` and `  test, why`. xcodebuild repeats the count for each suite; the one of all or selected tests holds the others.
 */
const xctest: Runner = {
  framework: 'xctest',
  hint: /^Test [Cc]ase '|^\s{0,8}Executed \d|^\s{1,8}(?:[✗✖]|\[x\]) |^\s{2}test\w{0,200}, |^Failing tests:|^\s{0,8}[✘✗✔] Test |^Test Suite '/,
  counts: [
    {
      line: /^\s{0,8}Executed (?<run>\d{1,7}) tests?, with (?:(?<skipped>\d{1,7}) tests? skipped and )?(?<failed>\d{1,7}) failures?/,
      after: /^Test Suite '(?:All|Selected) tests' /,
    },
    {
      line: /^\s{0,8}Executed (?<run>\d{1,7}) tests?, with (?:(?<skipped>\d{1,7}) tests? skipped and )?(?<failed>\d{1,7}) failures?/,
      keep: 'last',
    },
    { line: /Test [Cc]ase '.{1,300}' (?<result>passed|failed|skipped)/ },
    {
      line: /^[✘✔] Test run with (?<run>\d{1,7}) tests?.{0,60} (?:passed|failed after .{1,30} with (?<failed>\d{1,7}) issues?)/,
    },
  ],
  names: [
    { line: /^Test [Cc]ase '(?<test>.{1,300}?)' failed (?:\(|on )/ },
    { from: /^Failing tests:$/, to: /^\*\* |^(?=\S)(?!-)/, line: /^\s{1,12}(?<test>\S.{0,298}[^:])$/ },
    {
      line: /^\s{0,8}[✘✗] Test (?!run |case )(?:"(?<test>[^"]{1,300})"|(?<test>\S{1,200}\([^)]{0,100}\))) (?:failed after|recorded an issue)/,
    },
    { line: /^\s{1,8}(?:[✗✖]|\[x\]) (?<test>[^\s,]{1,300})(?:, | \(|$)/ },
    { after: /^[A-Z]\w{1,200}$/, line: /^\s{2}(?<test>test\w{0,200}), / },
  ],
};

/** Automake (`test-driver`, parallel and serial harness) and, with the same words, DejaGnu and LLVM's lit. */
const automake: Runner = {
  framework: 'automake',
  hint: /^(?:FAIL|ERROR|XPASS|TIMEOUT|UNRESOLVED): |^# (?:TOTAL|PASS|SKIP|XFAIL|FAIL|XPASS|ERROR|of )|^\s{2}(?:Passed|Failed|Skipped|Unsupported|Timed Out) {0,20}:|^\d{1,6} of \d{1,6} tests? failed/,
  counts: [
    { line: /^# (?<result>PASS|SKIP|XFAIL|FAIL|XPASS|ERROR):\s{1,6}(?<number>\d{1,7})$/ },
    {
      line: /^# of (?:(?<result>expected) passes|(?:un)?expected (?<result>failures?)|unexpected (?<result>successes)|(?<result>unresolved) testcases)\s{1,8}(?<number>\d{1,7})$/,
    },
    {
      line: /^\s{2}(?<result>Passed|Failed|Skipped|Timed Out|Unresolved)\s{0,20}: {1,8}(?<number>\d{1,7}) \([\d.]{1,6}%\)$/,
    },
    { line: /^(?<failed>\d{1,6}) of (?<run>\d{1,6}) tests? failed/ },
  ],
  names: [
    {
      // Other tools say ERROR, too.
      line: /^(?:(?:FAIL|XPASS|TIMEOUT|UNRESOLVED): (?<test>\S.{0,299}?)|ERROR: (?<test>\S{1,200}(?: \d{1,6} - .{1,200}?)?))(?: \(\d{1,7} of \d{1,7}\)| \(exit status: \d{1,3}\))?$/,
    },
  ],
};

/**
 * KTAP of the kernel (Documentation/dev-tools/ktap.rst): kselftest (`not ok 1 selftests: net: x.sh # exit=1`) and KUnit, each line behind the
 * kernel's time stamp; kunit.py prints `[FAILED] test`.
 */
const ktap: Runner = {
  framework: 'ktap',
  hint: /^\[\s{0,6}[\d.:]{1,16}\] |^#? ?not ok \d/,
  covers: ['tap'],
  sure: true,
  counts: [
    { line: /Testing complete\. (?:Ran \d{1,7} tests: )?(?<tally>(?:passed|failed).{1,160})$/ },
    { line: /(?:^|\] )# Totals: (?<tally>pass:\d{1,7}.{1,120})$/, keep: 'sum' },
  ],
  names: [
    {
      line: /^(?:\[\s{0,6}[\d.]{1,16}\] |[\d:]{0,10} ?)?#? ?not ok \d{1,6} (?<test>selftests: .{1,299}?)(?: # .{0,120})?$/,
    },
    { line: /^\[\d\d:\d\d:\d\d\] \[FAILED\] (?<test>\S.{0,299})$/ },
    { line: /^\[\s{0,6}[\d.]{1,16}\] #?\s{0,24}not ok \d{1,6}(?: -)? (?<test>\S.{0,299}?)(?: # .{0,120})?$/ },
  ],
};

/** Runners of Go, Rust, C, C++, Swift and of build tools and kernels. */
export const NATIVE_RUNNERS: readonly Runner[] = [
  go,
  gocheck,
  ginkgo,
  cargo,
  nextest,
  ctest,
  googletest,
  catch2,
  cxxtest,
  boostTest,
  doctestCpp,
  meson,
  bazel,
  buck,
  xctest,
  automake,
  ktap,
];
