import type { Runner } from './runner.ts';

/**
 * RSpec (`rspec/core/notifications.rb`): a list of commands with the whole names; Crystal's spec prints the same. Hspec lists numbered failures with names
 * instead, specs2 its count only.
 */
const rspec: Runner = {
  framework: 'rspec',
  hint: /^(?:\[info\] )?\d{1,7} examples?, |^(?:rspec|crystal spec) |^Failures:/,
  counts: [
    {
      line: /^(?:\[info\] )?(?<run>\d{1,7}) examples?, (?<failed>\d{1,7}) failures?(?:, (?<errors>\d{1,7}) errors?)?(?:, (?<skipped>\d{1,7}) pending)?/,
    },
  ],
  names: [
    { line: /^(?:rspec|crystal spec) \S{1,300}.{0,60}? # (?<test>\S.{0,1499})$/ },
    {
      from: /^Failures:$/,
      to: /^(?:Finished|Randomized|Failed examples)/,
      line: /^\s{1,4}\d{1,5}\) (?<test>\S.{0,1499})$/,
    },
  ],
};

/** Minitest (`minitest.rb`) and Rails: `Class#test [file:7]:` below `1) Failure:`, errors without a file; minitest-reporters' own forms. */
const minitest: Runner = {
  framework: 'minitest',
  hint: /^\d{1,7} (?:runs|tests), \d{1,8} assertions|^\s{0,4}(?:\d{1,4}\) )?(?:Failure|Error):|^\s{0,4}(?:FAIL|ERROR)\[/,
  marks: ['#test_'],
  counts: [
    {
      line: /^(?<run>\d{1,7}) (?:runs|tests), \d{1,8} assertions, (?<failed>\d{1,7}) failures, (?<errors>\d{1,7}) errors(?:, \d{1,7} pendings)?(?:, (?<skipped>\d{1,7}) (?:skips|omissions))?/,
    },
  ],
  names: [
    {
      after: /^\s{0,4}(?:\d{1,4}\) )?(?:Failure|Error):$/,
      line: /^\s{0,4}(?<test>[A-Z][^#\n]{0,200}#\S.{0,300}?)(?: ?\[\S{1,300}:\d{1,6}\])?:?$/,
    },
    { line: /^\s{0,4}(?<test>[A-Z][^#\n]{0,200}#test_.{1,300}?) ?\[\S{1,300}:\d{1,6}\]:$/ },
    { line: /^\s{0,4}(?:FAIL|ERROR)\["(?<test>[^"]{1,300})", /, name: ({ groups: { test } }) => test },
    // test-unit (`ui/console/testrunner.rb`)
    { line: /^(?:Failure|Error): (?<test>test.{1,300}?\([A-Z][\w:]{0,200}\))(?:: .{0,400})?$/ },
  ],
};

/**
 * PHPUnit (`DefaultResultPrinter`, `ResultPrinter`), ParaTest, Codeception: numbered failures and errors below their title, skipped and risky ones
 * below others. Data sets are part of the name.
 */
const phpunit: Runner = {
  framework: 'phpunit',
  hint: /^OK \(|^Tests: \d|^There (?:was|were) \d|^\d{1,5}\) |^ ✘ /,
  counts: [
    {
      line: /^(?:OK \((?<run>\d{1,7}) tests?, \d{1,8} assertions?\)|Tests: (?<run>\d{1,7}), Assertions: \d{1,8}(?:, PHPUnit Errors: \d{1,7})?(?:, Errors: (?<errors>\d{1,7}))?(?:, Failures: (?<failed>\d{1,7}))?(?:, (?:PHPUnit )?(?:Warnings|Deprecations|Notices): \d{1,7}){0,4}(?:, Skipped: (?<skipped>\d{1,7}))?)/,
    },
  ],
  names: [
    {
      from: /^There (?:was|were) \d{1,7} (?:failure|error)s?:$/,
      to: /^There (?:was|were) \d|^--$|^Tests: /,
      line: /^\d{1,5}\) (?<test>\S.{0,1499})$/,
    },
    { line: /^\d{1,5}\) (?<test>[A-Z][\w\\]{1,200}::\w{1,200}.{0,200})$/ },
    // --testdox
    { line: /^ ✘ (?<test>\S.{0,1499})$/ },
  ],
};

/** Pest and `artisan test` (nunomaduro/collision, `Style.php`): failures are headed by class and test. */
const pest: Runner = {
  framework: 'pest',
  hint: /^\s{0,4}Tests: |^\s{1,6}FAILED? {1,4}/,
  counts: [
    { line: /^\s{1,6}Tests: {1,6}(?<tally>\d{1,7} \w{4,12}(?:, \d{1,7} \w{4,12}){0,6}) \(\d{1,8} assertions?\)$/ },
  ],
  names: [
    { line: /^\s{1,6}FAILED {1,4}(?<test>\S{1,200} > \S.{0,299}?)(?: {2,}\S.{0,80})?$/ },
    { line: /^\s{0,6}• (?<test>\S{1,200} > \S.{0,299})$/ },
  ],
};

/**
 * .NET: VSTest's console logger (`Failed name [3 ms]`), the xUnit, NUnit and MSTest adapters under it, xUnit's own (`name [FAIL]`), Microsoft.Testing.Platform
 * (`failed name (3ms)`) and NUnit's console (`1) Failed : name`). Parameters are part of the name.
 */
const dotnet: Runner = {
  framework: 'dotnet',
  hint: /^\s{0,12}(?:Failed |failed |Failed:|Failed!|Passed!|Skipped!|Skipped:|Total tests|Test summary|Test run summary|failed: |succeeded: |skipped: |Test Count|\S{1,200}\s{1,8}Total: )|^\d{1,5}\) (?:Failed|Error|Test Failure|Test Error) : /,
  marks: ['[FAIL]'],
  counts: [
    {
      line: /^\s{0,4}(?:Failed|Passed|Skipped)!\s{1,4}- (?<tally>Failed:\s{1,8}\d{1,7}, Passed:\s{1,8}\d{1,7}, Skipped:\s{1,8}\d{1,7}), Total/,
    },
    { line: /^\s{0,4}Test summary: total: \d{1,7}, (?<tally>failed: \d{1,7}, succeeded: \d{1,7}, skipped: \d{1,7})/ },
    { line: /^ {2}(?<result>failed|succeeded|skipped): (?<number>\d{1,7})$/ },
    { line: /^Total tests: \d{1,7}\. (?<tally>Passed: \d{1,7}\. Failed: \d{1,7}\. Skipped: \d{1,7})/ },
    {
      line: /^\s{0,8}Total tests: (?<run>\d{1,7})$|^\s{1,12}Failed: (?<failing>\d{1,7})$|^\s{1,12}Skipped: (?<skipped>\d{1,7})$/,
    },
    { line: /^\s{0,4}Test Count: \d{1,7}, (?<tally>Passed: \d{1,7}, Failed: \d{1,7}.{0,100})$/, keep: 'last' },
    {
      line: /^\s{1,8}\S{1,200}\s{1,8}Total: (?<run>\d{1,7}), Errors: (?<errors>\d{1,7}), Failed: (?<failed>\d{1,7}), Skipped: (?<skipped>\d{1,7})/,
    },
  ],
  names: [
    {
      line: /^\s{0,8}(?:Failed|failed) (?<test>[A-Za-z_].{0,399}?) (?:\[<? ?\d[\d.,]{0,9} ?m?\w{0,3}(?: \d{1,3} ?s)?\]|\(\d[\d.,]{0,9} ?m?\w{0,3}(?: \d{1,5}\w{1,2})?\))$/,
    },
    { line: /^\s{0,8}(?:\[xUnit\.net [\d:.]{1,16}\]\s{1,8})?(?<test>[A-Za-z_].{0,399}) \[FAIL\]$/ },
    { line: /^\d{1,5}\) (?:Failed|Error|Test Failure|Test Error) : (?<test>\S.{0,1499})$/ },
    { line: /^\s{0,8}(?:Failed|failed)\s{1,4}(?<test>[A-Za-z_][\w.`+]{3,300}(?:\(.{0,200}\))?)$/ },
  ],
};

/** testthat (`reporter-check.R`, `reporter-progress.R`): `Failure (file:7): name`, ruled in newer versions; counts are of expectations. */
const testthat: Runner = {
  framework: 'testthat',
  sure: true,
  hint: /^(?:> |\s{0,4})(?:\[ FAIL \d|OK: {1,2}\d|(?:(?:──|--) )?(?:\d{1,5}\. )?(?:Failure|Error))/,
  counts: [
    {
      line: /^(?:> |\s{0,4})?\[ (?<tally>FAIL \d{1,7} \| WARN \d{1,7} \| SKIP \d{1,7} \| PASS \d{1,7}) \]/,
      keep: 'last',
    },
    {
      line: /^\s{0,4}(?<tally>OK: {1,2}\d{1,7} {1,2}SKIPPED: {1,2}\d{1,7} {1,2}(?:WARNINGS: {1,2}\d{1,7} {1,2})?FAILED: {1,2}\d{1,7})/,
      keep: 'last',
    },
  ],
  names: [
    {
      line: /^\s{0,4}(?:(?:──|--) )?(?:\d{1,5}\. )?(?:Failure|Error) \(['‘]?[^()'‘’]{1,200}\.[Rr](?::\d{1,6}){0,2}['’]?\): (?<test>\S.{0,299}?)(?: {1,4}[─-]{2,}.{0,200})?$/,
    },
    {
      line: /^\s{0,4}(?:(?:──|--) )?\d{1,5}\. (?:Failure|Error): (?<test>\S.{0,299}?)(?: \(@[^)]{1,120}\)?)?(?: {1,4}[─-]{2,}.{0,200})?$/,
    },
    { line: /^\s{0,4}\d{1,5}\. (?:Failure|Error)\(@[^)]{1,120}\): (?<test>\S.{0,299}?)(?: {1,4}[─-]{2,}.{0,200})?$/ },
  ],
};

/** Dart and Flutter (`test_core/src/runner/reporter/compact.dart`, `expanded.dart`): `00:01 +2 -1: name [E]`. */
const dart: Runner = {
  framework: 'dart',
  hint: /^\d\d:\d\d \+\d|^❌ |^(?:🎉 |::error::)?\d{1,7} tests? passed/u,
  counts: [
    {
      line: /^\d\d:\d\d \+(?<passed>\d{1,7})(?: ~(?<skipped>\d{1,7}))?(?: -(?<failed>\d{1,7}))?: (?:Some tests failed|All tests passed|All other tests passed)/,
    },
    { line: /^(?:🎉 |::error::)?(?<tally>\d{1,7} tests? passed[^.]{0,60})\.$/u },
  ],
  names: [
    {
      line: /^\d\d:\d\d \+\d{1,7}(?: ~\d{1,7})?(?: -\d{1,7})?: (?:(?:\S{1,300}|\[[^\]]{1,60}\]) )?(?<test>\S.{0,399}) \[E\]$/,
      name: ({ groups: { test = '' } }) => test.replace(/^\S{1,300}\.dart: /, ''),
    },
    { line: /^❌ (?:\S{1,300}\.dart: )?(?<test>\S.{0,399}?) \(failed.{0,40}\)$/ },
  ],
};

/** ExUnit (`ex_unit/formatter.ex`): `1) test name (Module)`; bats, which counts in the same words (`bats-format-pretty`): `✗ name`. */
const exunit: Runner = {
  framework: 'exunit',
  hint: /^\s{1,4}\d{1,5}\) (?:test|doctest|property) |^(?:\d{1,7} (?:doctests?|properties|property), ){0,2}\d{1,7} tests?, \d|^\s{1,4}(?:\S.{0,399}\d\/\d{1,6}\s{1,4})?✗ /,
  counts: [
    {
      line: /^(?:\d{1,7} (?:doctests?|properties|property), ){0,2}(?<run>\d{1,7}) tests?, (?<failed>\d{1,7}) failures?(?:, (?:\d{1,7} excluded, )?(?<skipped>\d{1,7}) (?:skipped|excluded))?(?:, \d{1,7} invalid| in [\d.]{1,12} seconds)?$/,
    },
  ],
  names: [
    { line: /^\s{1,4}\d{1,5}\) (?<test>(?:test|doctest|property) .{1,399}\([A-Z][\w.]{0,200}\))$/ },
    { line: /^(?:\s{1,4}\S.{0,399}\d\/\d{1,6})?\s{1,4}✗ (?<test>\S.{0,399}?)(?: \[\d{1,9}(?:ms)?\])?$/ },
  ],
};

/** EUnit (`eunit_text.erl`) and Common Test (`ct_run`, rebar3): `module: test...*failed*`, `%%% suite ==> test: FAILED`. */
const erlang: Runner = {
  framework: 'erlang',
  hint: /^%{3} \w|^\w{1,120}_SUITE:\w{1,200} failed on|^(?:\d{1,3}> )?Testing \S{1,300}: TEST COMPLETE|^\s{0,4}Failed: \d|^Failed \d{1,7} tests|^Passed \d{1,7} tests/,
  marks: ['*failed*'],
  counts: [
    {
      line: /^(?:\d{1,3}> )?Testing \S{1,300}: TEST COMPLETE, (?<tally>\d{1,7} ok, \d{1,7} failed(?:, \d{1,7} skipped)?) of/,
    },
    { line: /^\s{1,4}(?<tally>Failed: \d{1,7}\. {1,2}Skipped: \d{1,7}\. {1,2}Passed: \d{1,7})\./ },
    {
      line: /^(?:Failed (?<failed>\d{1,7}) tests\. )?(?:Skipped (?<skipped>\d{1,7}) .{1,60}\. )?Passed (?<passed>\d{1,7}) tests\./,
    },
  ],
  names: [
    { line: /^(?<test>\w{1,120}_SUITE:\w{1,200}) failed on line \d{1,6}$/ },
    {
      line: /^\s{0,40}(?<test>\w{1,120}:(?:\d{1,6}:)? [\w/'-]{1,200})(?: \([^)]{0,200}\))?\.{3}(?:\[[^\]]{1,20}\] )?\*failed\*/,
    },
    {
      line: /^%{3} (?<suite>\w{1,120}) ==> (?<test>\S.{0,200}): FAILED$/,
      name: ({ groups: { suite, test } }) => `${suite}:${test}`,
    },
  ],
};

/** Hspec (`Test/Hspec/Core/Formatters`) is read with RSpec; tasty (`Test/Tasty/Ingredients/ConsoleReporter.hs`): `name: FAIL (0.01s)` in a tree. */
const tasty: Runner = {
  framework: 'tasty',
  hint: /^(?:\d{1,7} out of|All) \d{1,7} tests /,
  marks: [' FAIL'],
  counts: [
    {
      line: /^(?:(?<failed>\d{1,7}) out of (?<run>\d{1,7}) tests failed|All (?<passed>\d{1,7}) tests passed) \([\d.]{1,12}s\)$/,
    },
  ],
  names: [{ line: /^\s{1,40}(?<test>\S.{0,299}?): {1,60}FAIL(?: \([\d.]{1,12}s\))?$/ }],
};

/** Alcotest (`alcotest-engine/pp.ml`): `[FAIL] suite 1 name.`. */
const alcotest: Runner = {
  framework: 'alcotest',
  hint: /^(?:\d{1,7} failures?! |Test Successful )in /,
  marks: ['[FAIL]'],
  counts: [
    {
      line: /(?:^|\. )(?:(?<failed>\d{1,7}) failures?! |Test Successful )in [\d.]{1,12}s\. (?<run>\d{1,7}) tests? run\.$/,
    },
  ],
  names: [
    {
      line: /^[>\s]{0,4}\[FAIL\]\s{1,12}(?<suite>\S.{0,100}?)\s{1,60}(?<number>\d{1,6})\s{1,8}(?<test>\S.{0,199}?)\.?$/,
      name: ({ groups: { suite, number, test } }) => `${suite} ${number} ${test}`,
    },
  ],
};

/** Julia's Test library (`stdlib/Test`): `set: Test Failed at file:7`, and the sum in the error that ends the run. */
const julia: Runner = {
  framework: 'julia',
  hint: /^(?:ERROR: LoadError: )?Some tests did not pass: /,
  marks: [': Test Failed at ', ': Error During Test at '],
  counts: [
    { line: /Some tests did not pass: (?<tally>\d{1,7} passed, \d{1,7} failed, \d{1,7} errored, \d{1,7} broken)/ },
  ],
  names: [{ line: /^\s{0,8}(?<test>\S.{0,299}?): (?:Test Failed|Error During Test) at / }],
};

/** LuaUnit (`luaunit.lua`) and busted (`outputHandlers/utfTerminal.lua`), whose names are below `Failure → file @ line`. */
const lua: Runner = {
  framework: 'lua',
  hint: /^Ran \d|^\d{1,7} success(?:es)? \/|^(?:Failure|Error) (?:→|->) |^(?:Failed tests|Tests with errors):/,
  counts: [
    {
      line: /^Ran (?<run>\d{1,7}) tests in [\d.]{1,12} seconds, \d{1,7} success(?:es)?(?:, (?<failed>\d{1,7}) failures?)?(?:, (?<errors>\d{1,7}) errors?)?(?:, (?<skipped>\d{1,7}) skipped)?/,
    },
    {
      line: /^(?<passed>\d{1,7}) success(?:es)? \/ (?<failed>\d{1,7}) failures? \/ (?<errors>\d{1,7}) errors? \/ (?<skipped>\d{1,7}) pending :/,
    },
  ],
  names: [
    { after: /^(?:Failure|Error) (?:→|->) .{1,300} @ \d{1,6}$/, line: /^(?<test>\S.{0,1499})$/ },
    { from: /^(?:Failed tests|Tests with errors):$/, to: /^Ran \d/, line: /^\d{1,5}\) (?<test>\S.{0,299})$/ },
  ],
};

/** clojure.test: `FAIL in (test) (file:7)`, and a summary of two lines. */
const clojure: Runner = {
  framework: 'clojure-test',
  hint: /^(?:FAIL|ERROR) in |^Ran \d{1,7} tests containing|^\d{1,7} failures, \d|^\d{1,7} tests, \d/,
  counts: [
    { line: /^(?:Ran (?<run>\d{1,7}) tests containing|(?<within>\d{1,7} failures?, \d{1,7} errors?)\.$)/ },
    // Kaocha
    {
      line: /^(?<run>\d{1,7}) tests, \d{1,7} assertions, (?:(?<errors>\d{1,7}) errors, )?(?<failed>\d{1,7}) failures\.$/,
    },
  ],
  names: [{ line: /^(?:FAIL|ERROR) in \(?(?<test>[^()\s]{1,200}(?: [^()\s]{1,200}){0,6})\)?(?: \([^)]{1,200}\))?$/ }],
};

/** Pester for PowerShell (`functions/Output.ps1`): `[-] name 12ms (10ms|2ms)`. */
const pester: Runner = {
  framework: 'pester',
  hint: /^\s{0,40}\[-\] |^Tests Passed: \d/,
  counts: [{ line: /^Tests (?<tally>Passed: \d{1,7},? Failed: \d{1,7},? Skipped: \d{1,7})/ }],
  names: [
    {
      line: /^\s{0,40}\[-\] (?<test>(?!Error |Discovery in )\S.{0,399}?) [\d.,]{1,12}m?s(?: \([\d.,]{1,12}m?s\|[\d.,]{1,12}m?s\))?$/,
    },
  ],
};

/** Lists of failing tests as `--- package.Class::test`, as Defects4J keeps them. */
const classList: Runner = {
  framework: 'test-list',
  hint: /^--- [\w$.]{1,300}::/,
  counts: [],
  sure: true,
  names: [{ line: /^--- (?<test>[\w$.]{1,300}::\S.{0,299})$/ }],
};

/** shUnit2 (`shunit2`): each test is named when it begins; the sum of failures counts assertions. */
const shunit2: Runner = {
  framework: 'shunit2',
  hint: /^(?:test\w|ASSERT:|shunit2:ERROR |Ran \d)/,
  covers: ['unittest'],
  sure: true,
  counts: [{ line: /^Ran (?<run>\d{1,7}) tests?\.$/ }],
  names: [{ line: /^(?<test>test\w{1,200})$/, proof: /^ASSERT:|^shunit2:ERROR test\w{1,200}\(\) returned/ }],
};

/** Runners of further languages. */
export const OTHER_RUNNERS: readonly Runner[] = [
  rspec,
  minitest,
  phpunit,
  pest,
  dotnet,
  testthat,
  dart,
  exunit,
  erlang,
  tasty,
  alcotest,
  julia,
  lua,
  clojure,
  pester,
  shunit2,
  classList,
];
