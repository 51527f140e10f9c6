import {
  type Chance,
  type Classification,
  chanceOf,
  type Failure,
  type FailureClass,
} from '@selfheal/kernel/failure-class.ts';
import { phrase } from '@selfheal/kernel/text/redacted-text.ts';
import { shortenedText } from '@selfheal/kernel/text/shortened-text.ts';
import type { Evidence, EvidenceSource } from '@selfheal/log-reading/logs/evidence.ts';
import { scoreLine } from '@selfheal/log-reading/logs/line-score.ts';
import type { FailedTest } from './failed-tests.ts';
import { readFailedTests, readReports, sameTest } from './failed-tests.ts';
import { matchSignatures, type SignatureMatch } from './matching.ts';
import type { SignatureSet } from './signatures.ts';

/** One of several failures, with its own class. */
export interface SingleFailure extends Failure {
  readonly class: FailureClass;
}

export interface FailuresContext {
  readonly signatures: SignatureSet;
  /** Classification of the log of one job. */
  readonly classifyJob: (evidence: Evidence) => Pick<Classification, 'class' | 'verdict' | 'chance' | 'evidence'>;
}

const MAX_NAME = 200;
const MAX_SAYS = 240;
/** Errors of the program itself, independent of machine and network. */
const OF_CODE =
  /\b(?:Type|Reference|Syntax|Range|Name|Attribute|Key|Index|Value|Assertion|Import|ModuleNotFound|ZeroDivision|NotImplemented|UnboundLocal|Recursion|Validation)Error\b|\b(?:NullPointer|IllegalArgument|IllegalState|ClassCast|IndexOutOfBounds|ArrayIndexOutOfBounds|NoSuchElement|NoSuchMethod|Arithmetic|NumberFormat|UnsupportedOperation|NullReference|ArgumentNull|InvalidCast)\w{0,20}(?:Exception|Error)\b|\bAssertion(?:FailedError)?\b|^assert|\bpanicked\b|nil pointer|index out of (?:range|bounds)|is not a function|is not defined|[Cc]annot read propert|undefined (?:method|local variable)|Failed asserting|Expected equality of these values|^Value of: |\bexpected\b.{1,200}\b(?:to|but|got|found|received)\b/;
/** Failures caused by a machine, a network or another service, which may not happen the next time. */
const BY_CHANCE =
  /\btim(?:ed?|ing)[- ]?out\b|\btimeout\b|\b\w{1,30}Timeout(?:Error|Exception|Expired)?\b|deadline exceeded|\bE(?:CONNRESET|CONNREFUSED|CONNABORTED|AI_AGAIN|TIMEDOUT|PIPE|ADDRINUSE|NOTFOUND)\b|socket hang up|connection (?:was )?(?:reset|refused|closed|lost|aborted)|connect(?:ion)? (?:failed|error)|broken pipe|\b(?:50[234]|429) |temporarily unavailable|service unavailable|address already in use|stale element|no longer attached|detached from the DOM|target (?:page, context or browser has been )?closed|browser (?:has )?(?:disconnected|been closed|crashed)|session (?:was )?(?:closed|not created|deleted)|deadlock|database is locked|could not serialize|could not resolve host|name resolution/i;
/** The answer of a busy or unavailable service where another was expected. */
const BUSY_ANSWER = /^['"]?(?:408|429|50[0234])['"]?$/;
/** A job that fails because others did is no failure of its own. */
const GATE =
  /\b(?:needs|required|upstream|previous|other|dependent|some|one or more|not all)\b.{0,40}\b(?:jobs?|checks?|needs)\b.{0,60}\b(?:fail|succe|cancel|skipp|pass)|\bjobs?(?: \S{1,60})? (?:has |have )?(?:failed|did not succeed|was not successful)\b/i;

function isTransient({ compiled: { signature } }: SignatureMatch): boolean {
  return chanceOf(signature) === 'may-pass';
}

/** Whether a failed test may pass on a re-run, judged by its report. */
function chanceOfTest({ expected, actual, message, lines }: FailedTest, signatures: SignatureSet): Chance {
  if (expected !== null && actual !== null) return BUSY_ANSWER.test(actual) ? 'may-pass' : 'lasts';
  if (message !== null && BY_CHANCE.test(message)) return 'may-pass';
  if (message !== null && OF_CODE.test(message)) return 'lasts';
  const source: EvidenceSource = { id: 'test', name: phrase``, url: null, totalLines: lines.length, lines: [...lines] };
  const report: Evidence = { version: 1, incidentId: '', gatheredAt: '', sources: [source], notes: [] };
  if (matchSignatures(report, signatures).some(isTransient)) return 'may-pass';
  const texts = lines.map(({ text }) => text).filter((text) => !FRAME.test(text));
  if (texts.some((text) => OF_CODE.test(text))) return 'lasts';
  return texts.some((text) => BY_CHANCE.test(text)) ? 'may-pass' : 'unknown';
}

/** Frames of a stack say where, not what. */
const FRAME = /^\s{1,40}(?:at |in |from |# )/;

function saysOf({ expected, actual, message, lines }: FailedTest): string | null {
  if (expected !== null && actual !== null)
    return `expected ${shortenedText(expected, 100)}, got ${shortenedText(actual, 100)}`;
  const hint = lines
    .slice(1)
    .find(({ text }) => !FRAME.test(text) && (OF_CODE.test(text) || BY_CHANCE.test(text)))?.text;
  const said = message ?? hint?.trim();
  return said === undefined ? null : shortenedText(said, MAX_SAYS);
}

function failuresOfTests(evidence: Evidence, source: EvidenceSource, signatures: SignatureSet): SingleFailure[] {
  const own = { ...evidence, sources: [source] };
  const listed = readFailedTests(own);
  // Without values or a message a report may still say why; a suite's report never does.
  const hinted = readReports(own).filter(
    (test) => !listed.includes(test) && chanceOfTest(test, signatures) !== 'unknown',
  );
  const read = [...listed, ...hinted.filter(({ ref }) => listed.every((test) => test.ref !== ref))];
  const failures = read.map(
    (test): SingleFailure => ({
      name: test.name.slice(0, MAX_NAME),
      job: source.name,
      says: saysOf(test),
      chance: chanceOfTest(test, signatures),
      ref: test.ref,
      class: 'test_failure',
    }),
  );
  const named = (evidence.failedTests ?? []).filter((one) => one.source === source.id);
  const silent = named.filter(({ name }) => !read.some((test) => isListedAs(test, name, source)));
  return [
    ...failures,
    ...silent.map(
      ({ name }): SingleFailure => ({
        name,
        job: source.name,
        says: null,
        chance: 'unknown',
        ref: null,
        class: 'test_failure',
      }),
    ),
  ];
}

const WORD = /[\p{L}\d_]+/gu;
const ENDINGS = /\.(?:py|rb|php|java|[cm]?[jt]sx?)\b/g;

function wordsOf(name: string): string[] {
  return name.toLowerCase().replace(ENDINGS, '').match(WORD) ?? [];
}

/** Whether a name in a runner's summary refers to a parsed test: the test, its suite, or its place. */
function isListedAs({ name: listed }: FailedTest, name: string, { lines }: EvidenceSource): boolean {
  if (sameTest(listed, name) || isSuiteOf(name, listed)) return true;
  const words = wordsOf(listed);
  const within = (text: string): boolean => {
    const known = new Set(wordsOf(text));
    return words.every((word) => known.has(word));
  };
  return within(name) || lines.some(({ text }) => text.includes(name) && within(text));
}

/** A file or suite fails with the tests in it. */
function isSuiteOf(suite: string, test: string): boolean {
  return test.startsWith(suite) || /^\S{1,200}\.\w{1,5}$/.test(suite);
}

/** The first compiler or linter finding with file and line, outside of tests. */
function findingOf(evidence: Evidence, source: EvidenceSource, signatures: SignatureSet): SingleFailure[] {
  const found = matchSignatures({ ...evidence, sources: [source] }, signatures).find(
    ({ compiled: { signature }, captures }) =>
      (signature.class === 'compilation_error' || signature.class === 'lint_violation') &&
      signature.verdict === 'regression' &&
      captures.file !== undefined &&
      (captures.line ?? captures.row) !== undefined,
  );
  if (found === undefined) return [];
  const { line, compiled, captures } = found;
  const name = `${captures.file}:${captures.line ?? captures.row}`.slice(0, MAX_NAME);
  const says = shortenedText(line.text.trim(), MAX_SAYS);
  return [{ name, job: source.name, says, chance: 'lasts', ref: line.ref, class: compiled.signature.class }];
}

function failureOfJob(evidence: Evidence, source: EvidenceSource, context: FailuresContext): SingleFailure[] {
  const relevant = source.lines.filter(({ text }) => scoreLine(text).score > 1 && !scoreLine(text).anchor);
  if (relevant.length > 0 && relevant.every(({ text }) => GATE.test(text))) return [];
  const {
    class: failureClass,
    verdict,
    chance,
    evidence: refs,
  } = context.classifyJob({ ...evidence, sources: [source] });
  const line = source.lines.find((one) => refs.includes(one.ref) && relevant.includes(one)) ?? relevant[0];
  return [
    {
      name: source.name.slice(0, MAX_NAME),
      job: null,
      says: line === undefined ? null : shortenedText(line.text.trim(), MAX_SAYS),
      chance: chanceOf({ verdict, chance }),
      ref: line?.ref ?? null,
      class: failureClass,
    },
  ];
}

/**
 * The separate failures: every failed test, a compiler's or linter's finding beside them, and every job whose log names
 * neither. Each says whether it may pass on a re-run. Empty when only one thing failed.
 */
export function failuresOf(evidence: Evidence, context: FailuresContext): SingleFailure[] {
  const isOneJob = evidence.sources.length < 2;
  const failures = evidence.sources.flatMap((source) => {
    const tests = failuresOfTests(evidence, source, context.signatures);
    if (tests.length === 0) return isOneJob ? [] : failureOfJob(evidence, source, context);
    return [...tests, ...findingOf(evidence, source, context.signatures)];
  });
  return failures.length < 2 ? [] : failures;
}

/** Lasting ones first, because they decide. */
export function byChance(failures: readonly SingleFailure[]): SingleFailure[] {
  const order = ['lasts', 'unknown', 'may-pass'];
  return [...failures].sort((a, b) => order.indexOf(a.chance) - order.indexOf(b.chance));
}
