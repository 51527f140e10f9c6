import { lazy } from '@selfheal/kernel/lazy.ts';
import { firstPlace, type Place } from '@selfheal/kernel/text/place.ts';
import type { Evidence, EvidenceLine, EvidenceSource } from '@selfheal/log-reading/logs/evidence.ts';
import { makePatternSet } from '@selfheal/log-reading/logs/pattern-set.ts';
import { type Assertion, readAssertion } from './assertion.ts';

/** A failed test as its runner names it. Tainted. */
export interface FailedTest extends Assertion {
  readonly name: string;
  readonly place: Place | null;
  /** Evidence line that names it. */
  readonly ref: string;
  /** The line that names it and its report. */
  readonly lines: readonly EvidenceLine[];
}

/** Headings that runners print for the report of one failed test; `test` is its name. */
const HEADS: readonly RegExp[] = [
  // node:test
  /^\s{0,12}(?:✖|✗) (?<test>\S.{0,200}?) \(\d{1,9}(?:\.\d{1,9})?ms\)$/,
  // Vitest, Jest
  /^\s{0,4}FAIL\s{1,4}(?<file>[\w./@-]{3,160}) > (?<test>.{1,200})$/,
  /^\s{0,4}● (?<test>.{1,120} › .{1,200})$/,
  // pytest and unittest
  /^_{3,60} (?:ERROR at setup of )?(?<test>[A-Za-z][\w.-]{1,160}(?:\[.{1,160}\])?) _{3,60}$/,
  /^(?:FAILED|ERROR) (?<test>[\w./-]{1,160}\.py::[^\s[]{1,200}(?:\[.{1,160}?\])?)(?: - (?<says>.{1,200}))?$/,
  /^(?:FAIL|ERROR): (?<test>\w{1,120}) \([\w.]{3,200}\)/,
  // Go
  /^\s{0,12}--- FAIL: (?<test>[\w./#-]{1,200})/,
  // Rust
  /^---- (?<test>[\w:]{2,200}) stdout ----$/,
  // Maven, Gradle, Ant; the name of a Spock test is a sentence
  /^(?:\[ERROR\] )?(?<test>[a-z]\w{0,60} .{1,160})\([\w$.]{2,160}\)\s{1,3}.{0,60}<<< (?:FAILURE|ERROR)!/,
  /^\s{0,8}(?:\[junit\w{0,12}\] )?Testcase: (?<test>\S.{0,160}?)\([\w$.]{2,200}\):\s{1,4}(?:FAILED|Caused an ERROR)$/,
  /^(?:\[ERROR\] )?\s{0,4}(?:[\w$]{1,60}\.){0,12}(?<test>[A-Z][\w$]{1,80}\.\w{1,120})(?:\(\w{0,80}\))?\s{1,3}.{0,60}<<< (?:FAILURE|ERROR)!/,
  /^(?:\[ERROR\] )\s{1,4}(?<test>[A-Z][\w$]{1,80}\.\w{1,120}):\d{1,6} (?<says>.{1,200})$/,
  /^(?<test>\w{2,80}(?: > [^>\n]{1,100}){1,3}) FAILED$/,
  // .NET
  /^\s{0,8}(?:\[xUnit\.net [\d:.]{1,14}\]\s{1,8})?(?<test>[A-Za-z_][\w.]{3,200}(?:\(.{0,80}\))?) \[FAIL\]$/,
  /^\s{0,4}Failed (?<test>[A-Za-z_][\w.]{3,200}(?:\(.{0,80}\))?) \[/,
  // Minitest
  /^(?<test>[A-Z][\w: ]{1,120}#\w[^[]{0,160}?) \[[\w./-]{1,160}:\d{1,6}\]:$/,
  // Playwright
  /^\s{0,4}\d{1,4}\) (?:\[[\w .-]{1,40}\] › )?(?<test>[\w./-]{1,160}:\d{1,6}:\d{1,6} › .{1,200}?)(?: [─=]{3,})?\s{0,4}$/,
  // Karma: behind the browser
  /^\s{0,4}[A-Z][\w .]{2,40} [\d.]{1,30} \([^)]{1,60}\) (?<test>\S.{0,200}) FAILED$/,
  // XCTest, Boost.Test
  /^\S{1,200}: error: (?<test>-\[[^\]]{3,200}\]|[A-Z]\w{1,80}\.\w{1,120}) : (?<says>.{1,200})$/,
  /^\S{1,200}: (?:fatal )?error: in "(?<test>[^"]{1,200})": (?<says>.{1,200})$/,
  // testthat, AVA, Deno, Defects4J's lists
  /^\s{0,4}(?:── )?(?:\d{1,4}\. )?(?:Failure|Error) \(['‘]?[\w./-]{1,120}(?::\d{1,6}){0,2}['’]?\): (?<test>\S.{0,200}?)(?: ─{2,80})?$/,
  /^\s{1,4}[✖✘] \[fail\]: (?<test>\S.{0,200})$/,
  /^(?<test>\S.{0,200}?) => (?:file:|\.{0,2}\/)\S{1,200}:\d{1,6}:\d{1,6}$/,
  /^--- (?<test>[\w$.]{1,200}::\w{1,200})$/,
  // GoogleTest: the result is printed at the end
  /^\[ RUN {6}\] (?<test>[\w/]{1,160}\.[\w/]{1,160})$/,
  // PHPUnit, Mocha, RSpec: numbered
  /^\s{0,4}\d{1,4}\) (?<test>[A-Za-z_\\][\w\\ .:,'"()-]{2,200}?):?$/,
  // TAP
  /^\s{0,12}not ok \d{1,6} - (?<test>[^#\n]{1,160})/,
];

const heads = lazy(() => makePatternSet(HEADS.map((pattern) => ({ pattern }))));

/** Maximum lines after a heading that belong to it, and how far apart their numbers may be. */
const MAX_LINES = 60;
const MAX_DISTANCE = 80;
/** Between Mocha's heading and its error the name continues. */
const MOCHA_REST = /^\s{6,10}(?<rest>[^\s:].{0,160}):$/;

interface Head {
  readonly at: number;
  readonly name: string;
  readonly says: string | null;
}

function headAt(lines: readonly EvidenceLine[], at: number): Head | null {
  const text = lines[at]?.text ?? '';
  for (let index = heads().first(text); index >= 0; index = heads().first(text, index + 1)) {
    const groups = HEADS[index]?.exec(text)?.groups;
    if (groups?.test === undefined) continue;
    const rest = MOCHA_REST.exec(lines[at + 1]?.text ?? '')?.groups?.rest;
    const name = groups.test.trim();
    if (/^(?:Failure|Error|Skipped):?$/.test(name)) continue;
    return {
      at,
      name: /^\s{0,4}\d/.test(text) && rest !== undefined ? `${name} ${rest}` : name,
      says: groups.says ?? null,
    };
  }
  return null;
}

function linesBelow(lines: readonly EvidenceLine[], head: Head, next: Head | undefined): EvidenceLine[] {
  const first = lines[head.at]?.number ?? 0;
  return lines
    .slice(head.at + 1, Math.min(next?.at ?? lines.length, head.at + 1 + MAX_LINES))
    .filter((line) => line.number - first <= MAX_DISTANCE);
}

/** GoogleTest prints a heading for every test; failed ones say so at their end. */
function hasFailed(lines: readonly EvidenceLine[], { at, name }: Head): boolean {
  if (!lines[at]?.text.startsWith('[ RUN')) return true;
  return lines.some(({ text }, index) => index > at && text.startsWith(`[  FAILED  ] ${name}`));
}

/** What a browser test waited for, as Playwright's call log says. */
const WAITED_FOR = /^\s{0,8}(?:- |\d{1,4} × )?waiting for (?<what>\S[^\n]{2,160})$/;
const TIMED_OUT = /\btimeout\b.{0,20}\bexceeded\b|\btimed out\b|\bTimed out \d/i;

function withWait(message: string | null, below: readonly string[]): string | null {
  if (message === null || !TIMED_OUT.test(message) || message.includes('waiting for')) return message;
  const what = below.map((text) => WAITED_FOR.exec(text)?.groups?.what).find((one) => one !== undefined);
  return what === undefined ? message : `${message.replace(/[.:]$/, '')}, waiting for ${what}`;
}

/** Reports of sources that were read: the class, the chain and the list of failures ask for the same. */
const known = new WeakMap<EvidenceSource, readonly FailedTest[]>();

function testsOf(source: EvidenceSource): readonly FailedTest[] {
  const tests = known.get(source) ?? readTests(source);
  known.set(source, tests);
  return tests;
}

function readTests({ lines }: EvidenceSource): FailedTest[] {
  const heads = lines.map((_, at) => headAt(lines, at)).filter((head) => head !== null);
  return heads
    .filter((head) => hasFailed(lines, head))
    .map((head) => {
      const index = heads.indexOf(head);
      const report = linesBelow(lines, head, heads[index + 1]);
      const below = report.map(({ text }) => text);
      const own = head.says === null ? below : [head.says];
      const { expected, actual, message } = readAssertion(own);
      return {
        name: head.name,
        expected,
        actual,
        message: withWait(message ?? head.says, below),
        place: firstPlace(below),
        ref: lines[head.at]?.ref ?? '',
        lines: lines.slice(head.at, head.at + 1).concat(report),
      };
    });
}

/** Refs are numbered through all evidence: `L12`. */
function positionOf({ ref }: FailedTest): number {
  return Number(ref.slice(1)) || 0;
}

/** File extension of a test, which some tools omit. */
const TEST_FILE = /\.(?:py|rb|php|[cm]?[jt]sx?)(::| > | › |$)/g;

/** Whether two names refer to one test: equal, or one is the other without its file or suite. */
export function sameTest(a: string, b: string): boolean {
  const [long, short] = (a.length >= b.length ? [a, b] : [b, a]).map((name) =>
    name.replace(TEST_FILE, '$1').split(/ > | › |::|\.(?=\w+$)/),
  );
  const ending = long?.slice(-(short?.length ?? 0)) ?? [];
  return ending.join('\n').trim() === short?.join('\n').trim();
}

function merged(a: FailedTest, b: FailedTest): FailedTest {
  const [named, other] = a.name.length >= b.name.length ? [a, b] : [b, a];
  const known = a.expected !== null ? a : b;
  return {
    name: named.name,
    expected: known.expected,
    actual: known.actual,
    message: a.message ?? b.message,
    place: a.place ?? b.place,
    lines: [...a.lines, ...b.lines],
    ref: a.expected !== null || a.message !== null ? a.ref : other.ref,
  };
}

/** Every name that heads a runner's report, in the order of the evidence, each once; includes suites and parents. */
export function readReports(evidence: Evidence): FailedTest[] {
  const tests: FailedTest[] = [];
  for (const test of evidence.sources.flatMap(testsOf)) {
    const at = tests.findIndex(({ name }) => sameTest(name, test.name));
    const known = tests[at];
    if (known === undefined) tests.push(test);
    else tests[at] = merged(known, test);
  }
  return tests.sort((a, b) => positionOf(a) - positionOf(b));
}

/**
 * The failed tests that the evidence names, in order, each once, with expected and actual values. Suites and parents,
 * which fail because a test in them did, are left out where the test itself is known.
 */
export function readFailedTests(evidence: Evidence): FailedTest[] {
  const tests = readReports(evidence);
  const explained = tests.filter((test) => test.expected !== null || test.message !== null);
  if (explained.length === 0) return tests;
  // Go heads every failed test in one way; of its parents it prints no other report. Others stand beside a panic without a message.
  const besides = tests.filter(
    (test) => GO_HEAD.test(test.lines[0]?.text ?? '') && !tests.some(({ name }) => name.startsWith(`${test.name}/`)),
  );
  return tests.filter((test) => explained.includes(test) || besides.includes(test));
}

const GO_HEAD = /^\s{0,12}--- FAIL: /;
