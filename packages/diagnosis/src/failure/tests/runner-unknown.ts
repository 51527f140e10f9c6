import type { CountForm, NameForm, Runner } from './runner.ts';

/** How long a test took, its number among all, or what it cost: not part of its name. */
const AFTERTHOUGHT =
  /\s{1,40}(?:\[\d{1,5}\]|[[(]\s?\d[\d.,]{0,12}\s?(?:ns|us|µs|ms|s|sec|seconds)[\])]|(?:in )?\d[\d.]{0,12} ?m?s|\(gas: \d{1,12}\)|\(\d{1,7} of \d{1,7}\))$/;
/** Its place in a file or among all tests. */
const PLACE =
  /^(?:[\w-]{0,80}[./\\][\w./\\-]{1,200}:\d{1,6}:(?:\d{1,5}:)?\s{0,4}|\(?\d{1,7}\/\d{1,7}\)?\s{1,4}|\d{1,7}\) |(?:(?:Running )?test|Test:)\s{1,4})/;
/** A kind of step with its name in quotes. */
const QUOTED = /^\w{1,20} "([^"]{1,200})"$/;

/** Several words with numbers are a sum of outcomes. */
const SUM = /\b\w{1,20}: \d{1,7}\b.{1,10}\b\w{1,20}: \d{1,7}\b/;

/** How many tests follow, or which. */
const TITLE = /^\d{1,7} tests?\b/;

const named: NonNullable<NameForm['name']> = ({ groups: { test = '' } }) => {
  const whole = test.trim().replace(AFTERTHOUGHT, '').replace(PLACE, '');
  const name = whole.replace(QUOTED, '$1').replace(/:$/, '').trim();
  return /[A-Za-z]{2}/.test(name) && !SUM.test(name) && !TITLE.test(name) ? name : undefined;
};

/** A mark of failure before the name, a word for it behind the name, or a list under a title. */
const NAMES: readonly NameForm[] = [
  { line: /^\s{0,12}\[\s{0,8}FAIL(?:ED|URE)?\s{0,8}(?::[^\]]{0,300})?\]\s{1,8}(?<test>\S.{0,299})$/, name: named },
  { line: /^\s{0,12}(?:\d{1,5}\s{1,3})?(?:[✗✘✖×❌]|\(fail(?:ed)?\))\s{1,4}(?<test>\S.{0,299})$/, name: named },
  // Numbered failures under a title; a suite may be in a line of its own.
  {
    from: /^\W{0,8}(?:failed (?:tests?|specs?|examples?)|failing (?:tests?|specs?|examples?)|failures?|errors? and failures?)\W{0,8}$/i,
    line: /^\s{0,6}\d{1,5}[).] (?<test>\S.{0,299})$/,
    rest: /^\s{5,40}(?<rest>\S.{0,299}:)$/,
    name: named,
  },
  {
    after: /^[=-]{10,100}$/,
    line: /^(?:Error|Failure|ERROR|FAILURE|FAIL|FAILED): (?<test>[^\s.][^\s]{0,299}?)\.?$/,
    name: named,
  },
  { line: /^\s{0,12}(?:FAIL(?:ED|URE)?|XFAIL)(?::| -)\s{1,4}(?<test>\S.{0,299})$/, name: named },
  { line: /^\S{1,200}:\d{1,6}: FAIL (?<test>\S.{0,299})$/, name: named },
  {
    line: /^\s{0,12}(?<test>\S.{0,200}?)(?:\s{0,60}\.{2,60}\s{0,4}(?:FAIL(?:ED|URE)?|[Ff]ail(?:ed|ure)?)|(?:\s?:\s?|\s{1,60}-{1,3}\s{1,4})FAIL(?:ED|URE)?)(?:[\s(:].{0,400})?$/,
    name: named,
    suitesLast: true,
  },
  { line: /^\S{1,200}: error: Failure in (?<test>\S.{0,299})$/, name: named },
  { line: /^[\w./-]{1,200}:\d{1,6}:[FE]:[^:]{0,100}:(?<test>\w{1,200}):\d{1,6}: / },
  { line: /^\s{1,12}FAIL(?:ED)?\s{1,4}(?<test>\S.{0,299})$/, name: named },
  {
    from: /^\s{0,4}(?:Failed|Failing|FAILED) (?:tests?|scenarios?|specs?|examples?|cases?)(?: \(\d{1,7}\))?:?$/i,
    to: /^\s{0,40}$/,
    line: /^\s{1,8}(?:[-*•] )?(?<test>\S.{0,299})$/,
    name: named,
  },
];

/** Sums in one line, in a line for each outcome, or none but the outcome of each test. */
const COUNTS: readonly CountForm[] = [
  {
    line: /^.{0,60}?(?<tally>\b\d{1,7} (?:pass|succe|ok\b)\w{0,8}[,;:|]? .{0,40}?\b\d{1,7} (?:fail|error)\w{0,5}.{0,60})$/i,
  },
  { line: /^.{0,60}?(?<tally>\b\d{1,7} fail\w{0,5}[,;|] .{0,40}?\b\d{1,7} (?:pass|succe|ok\b)\w{0,8}.{0,60})$/i },
  {
    line: /^.{0,40}?\b(?<run>\d{1,7}) (?:tests?|checks?|examples?|specs?|cases?|scenarios?)[,;]? (?:\d{1,7} passed, )?(?:\d{1,7} warnings?, )?(?<failed>\d{1,7}) fail(?:ures?|ed|ing)?\b(?:,? (?<errors>\d{1,7}) errors?)?/i,
  },
  {
    line: /^.{0,40}?\b(?:cases|tests(?: run)?|checks|run|ran|total): ?(?<run>\d{1,7})\b.{0,40}?(?:\bErrors?: ?(?<errors>\d{1,7})\b.{0,20}?)?\bfailures?: ?(?<failed>\d{1,7})\b/i,
  },
  {
    line: /^.{0,60}?(?<tally>\b(?:pass|succe|ok\b)\w{0,8}[:=]? \d{1,7}\b.{1,60}?\bfail\w{0,5}[:=]? ?\d{1,7}\b.{0,80})$/i,
  },
  { line: /^.{0,40}?\b(?<failed>\d{1,7}) failures?, (?<run>\d{1,7}) tests?\b/i },
  {
    line: /^.{0,40}?\b(?<failed>\d{1,7}) (?:of|out of|\/) (?<run>\d{1,7}) (?:tests?|checks?|examples?|specs?|cases?|scenarios?) fail(?:ed|ing)?\b(?:.{0,10}?(?<skipped>\d{1,7}) skip)?/i,
  },
  {
    line: /^\s{0,12}\[\s{0,8}(?<result>PASS(?:ED)?|FAIL(?:ED)?|SKIP(?:PED)?)\s{0,8}\]\s{1,8}(?<number>\d{1,7}) tests?\b/,
  },
  {
    line: /^\s{0,6}(?<number>\d{1,7}) (?<result>pass(?:ed|ing)?|fail(?:ed|ing|ures?)?|errors?|skip(?:ped)?|pending|todo)$/i,
  },
  {
    line: /^\s{0,6}(?<result>pass(?:ed)?|fail(?:ed|ures?)?|errors?|skip(?:ped)?):\s{1,24}(?<number>\d{1,7})(?:\/\d{1,7})?$/i,
  },
  { line: /^\s{0,12}\[\s{0,8}(?<result>OK|PASS(?:ED)?|FAIL(?:ED)?|SKIP(?:PED)?)\s{0,8}\]\s{1,8}\S/ },
  {
    line: /^\s{0,12}\S.{0,200}?\.{2,60}\s{0,4}(?<result>ok|pass(?:ed)?|fail(?:ed)?|skip(?:ped)?)(?:[\s(:].{0,400})?$/i,
  },
  { line: /^\s{0,12}\S.{0,200}?:\s?(?<result>OK|PASS(?:ED)?|FAIL(?:ED)?|SKIP(?:PED)?)(?:[\s(:].{0,400})?$/ },
];

/** Signs of a failed test before its name. */
const CROSSES = ['✗', '✘', '✖', '×', '❌'];
const MARKS = ['ail', 'AIL', 'Error: ', 'ERROR: ', 'ass', 'PASS', 'OK', 'ok', 'uccess'];
/** A line that matters has one of these, or is below one. */
export const UNKNOWN_LITERALS: readonly string[] = [...MARKS, ...CROSSES];

/**
 * What reports of tests have in common, whoever writes them. It is used where no known runner named a failed test, and only when a way of
 * counting, its own or that of a known runner, and a way of naming agree on how many failed: two readings of one report that do not know of each
 * other.
 */
export const UNKNOWN_RUNNER: Runner = {
  framework: 'unknown',
  hint: new RegExp(`^\\s{0,12}(?:\\d{1,5}\\s{1,3})?[${CROSSES.join('')}]`),
  marks: MARKS,
  counts: COUNTS,
  names: NAMES,
  agreed: true,
};
