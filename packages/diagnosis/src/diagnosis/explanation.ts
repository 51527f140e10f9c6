import { FAMILY_OF, type FailureClass } from '@selfheal/kernel/failure-class.ts';
import { firstPlace, type Place } from '@selfheal/kernel/text/place.ts';
import type { Evidence, EvidenceLine } from '@selfheal/log-reading/logs/evidence.ts';
import { instantOfLine } from '@selfheal/log-reading/logs/instant.ts';
import { isPlatformNoise, other, scoreLine } from '@selfheal/log-reading/logs/line-score.ts';
import { isAtLeast, severityOf } from '@selfheal/log-reading/logs/severity.ts';
import { readStructuredLine, spokenLine } from '@selfheal/log-reading/logs/structured-line.ts';
import type { FailedTest } from '../failure/failed-tests.ts';
import type { SignatureMatch } from '../failure/matching.ts';
import { type AdviceSetting, fillAdvice, firstSentence, fitAdvice, fitWords, tamed } from './advice.ts';

/** Explanation of a failure. Texts from the log are made safe for display but remain tainted. */
export interface Explanation {
  /** One line for a headline. */
  readonly summary: string;
  readonly rootCause: string;
  readonly fix: string;
  readonly prevention: string;
}

const MAX_NAMED = 4;
const MAX_VALUE_LENGTH = 70;
/** Captures with which patterns name a place or a test. */
const PLACE_CAPTURES = ['file', 'place', 'path', 'hs'];
const TEST_CAPTURES = ['test', 'jest', 'gradle', 'vstest', 'perl'];
const LINES_BELOW = 10;
const LINES_ABOVE = 4;

const code = (text: string, longest = MAX_VALUE_LENGTH, focus = 0): string => `\`${tamed(text, longest, focus)}\``;

function placed({ file, line }: Place): string {
  return `${tamed(file, 160)}:${line}`;
}

/** `expected 4, got 3`, or the error in words; empty when the log says neither. */
function saidOf({ expected, actual, message }: FailedTest): string {
  if (expected !== null && actual !== null) return `expected ${code(expected)}, got ${code(actual)}`;
  return message === null ? '' : tamed(message, 160);
}

function summaryOfTest(test: FailedTest): string {
  const said = saidOf(test);
  const name = code(test.name, 120);
  if (said === '') return `${name} failed`;
  return test.expected === null ? `${name}: ${said}` : `${name} ${said}`;
}

/** Names the failed tests with expected and actual values. */
export function explainTests(
  tests: readonly FailedTest[],
  own: Explanation,
  count: number = tests.length,
): Explanation {
  const first = tests[0];
  if (first === undefined) return own;
  const said = saidOf(first);
  const where = first.place === null ? '' : ` (${placed(first.place)})`;
  const others = tests.slice(1, 1 + MAX_NAMED).map((test) => {
    const values = test.expected === null ? '' : ` (${saidOf(test)})`;
    return `${code(test.name, 120)}${values}`;
  });
  const all = Math.max(count, tests.length);
  const more = all - 1 - others.length;
  const also = others.length === 0 ? '' : ` Also failing: ${others.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
  return {
    ...own,
    summary: `${summaryOfTest(first)}${all > 1 ? `, and ${all - 1} more` : ''}`,
    rootCause: `The test ${code(first.name, 160)} failed${said === '' ? '' : `: ${said}`}${where}.${also}`,
  };
}

/** Captures that several lines of one failure name together: the pod's line its deployment, the event's line its image. */
const SHARED_CAPTURES = ['deployment', 'image'] as const;

function withShared(match: SignatureMatch, matches: readonly SignatureMatch[]): SignatureMatch['captures'] {
  const shared = SHARED_CAPTURES.flatMap((name) => {
    const value = matches.find(({ captures }) => captures[name] !== undefined)?.captures[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(shared), ...match.captures };
}

/** Fills the advice of the deciding signature. */
export function explainSignature(
  deciding: SignatureMatch,
  matches: readonly SignatureMatch[],
  evidence: Evidence,
  setting: AdviceSetting,
): Explanation {
  const match = { ...deciding, captures: withShared(deciding, matches) };
  const { advice } = match.compiled.signature;
  const names = TEST_CAPTURES.some((name) => match.captures[name] !== undefined);
  const rootCause = fillAdvice(fitWords(advice.rootCause, setting), match.captures);
  const place =
    names || PLACE_CAPTURES.some((name) => match.captures[name] !== undefined) ? null : placeNear(match, evidence);
  const also = `${place === null ? '' : ` See ${placed(place)}.`}${alsoBroken(matches)}`;
  const said = `${rootCause}${also}${wordsOfLog(`${rootCause}${also}`, match, evidence)}`;
  return {
    summary:
      advice.summary === undefined
        ? inHeadline(firstSentence(rootCause))
        : fillAdvice(fitWords(advice.summary, setting), match.captures),
    rootCause: said,
    fix: fillAdvice(fitAdvice(advice.fix, setting), match.captures),
    prevention: fillAdvice(fitWords(advice.prevention, setting), match.captures),
  };
}

/** Lines after the deciding one in which a tool continues its message. */
const DETAIL_LINES = 8;
const MAX_DETAILS = 2;
const ENOUGH_NAMED = 2;
/** A line with this failure score is a message of its own. */
const OWN_MESSAGE = 7;
const MAX_DETAIL_LENGTH = 240;
/** Things a line names: quoted text, versions, permissions, resources, files, packages. */
const NAMED =
  /"[^"\n]{2,80}"|'[^'\n]{2,80}'|`[^`\n]{2,80}`|(?<![\w.])v?\d{1,4}\.\d{1,4}(?:\.\d{1,5})?(?:[-+][\w.]{1,30})?|\b[a-z][a-z0-9-]{1,30}:[A-Z]\w{2,60}\b|\barn:[\w:/-]{10,160}|https?:\/\/[\w.-]{3,120}|(?<![\w.:])[a-z][\w.-]{1,60}(?::[\w.-]{1,60}){2,4}|@[a-z][\w-]{0,60}\/[\w-]{1,80}|(?:[\w.-]{1,60}\/){1,12}[\w.-]{1,80}\.\w{1,8}\b/g;
const MANY_DOTS = /^v?\d{1,3}\.\d{1,3}$/;

function namesIn(text: string): string[] {
  const own = instantOfLine(text);
  const plain = own === null ? text : text.slice(own.end);
  return (plain.match(NAMED) ?? [])
    .map((name) => name.replace(/^["'`]|["'`]$/g, ''))
    .filter((name) => name.length > 2 && !MANY_DOTS.test(name));
}

/** Detail that a compiler or resolver prints under its message: `symbol:   variable price`. */
const DETAIL = /^\s{1,8}(?:symbol|required|found|reason|detail|cause|missing)\s{0,4}:\s/i;

/** Quotes the log where it names what the cause does not: versions, permissions, files, symbols. */
function wordsOfLog(said: string, { compiled, line, captures }: SignatureMatch, evidence: Evidence): string {
  const lines = evidence.sources.find((source) => source.lines.includes(line))?.lines ?? [];
  const below = lines.filter(({ number }) => number > line.number && number <= line.number + DETAIL_LINES);
  const isNew = ({ text }: EvidenceLine): boolean => namesIn(text).some((name) => !said.includes(name));
  const nextMessage = below.find(({ text }) => /^\S/.test(text) && scoreLine(text).score >= OWN_MESSAGE)?.number;
  const details = below.filter(
    ({ number, text }) => DETAIL.test(text) && number < (nextMessage ?? Number.POSITIVE_INFINITY),
  );
  // Where the signature names several things, the rest of the line is not needed.
  const named = Object.keys(captures).length >= ENOUGH_NAMED;
  const tool = /^\S{1,20}(?: \S{1,12}!?)?/.exec(line.text)?.[0] ?? '';
  const goesOn = below.filter((one) => tool.length > 2 && one.text.startsWith(tool) && isNew(one));
  const own = namesIn(line.text).length === 0 ? goesOn : isNew(line) ? [line] : [];
  const words = [...(named ? [] : own), ...details].slice(0, MAX_DETAILS).map((one) => {
    const said = wholeSentence(one, lines);
    return code(said, MAX_DETAIL_LENGTH, literalIn(said, compiled.literals));
  });
  return words.length === 0 ? '' : ` The log says: ${words.join('; ')}.`;
}

/** Position of the wording by which the line was recognised. */
function literalIn(text: string, literals: readonly string[]): number {
  const lowered = text.toLowerCase();
  return Math.max(0, ...literals.map((literal) => lowered.indexOf(literal.toLowerCase())));
}

/** A line, plus the next one when it breaks off inside a parenthesis. */
function wholeSentence({ text, number }: EvidenceLine, lines: readonly EvidenceLine[]): string {
  const said = spokenLine(text) ?? text;
  const isOpen = said.lastIndexOf('(') > said.lastIndexOf(')');
  const next = isOpen ? lines.find((one) => one.number === number + 1) : undefined;
  return next === undefined ? said : `${said} ${next.text.trim()}`;
}

/** Lower-cases the start of a sentence that follows a colon. */
function inHeadline(sentence: string): string {
  return sentence.replace(/^(?:The|An?|All|Files|Tasks|Two|Something|Input|Asynchronous|Another) /, (word) =>
    word.toLowerCase(),
  );
}

/**
 * The first place in own code at the match: in its structured stack, below it, or above it (Python prints it first).
 */
function placeNear({ line }: SignatureMatch, evidence: Evidence): Place | null {
  const lines = evidence.sources.find((source) => source.lines.includes(line))?.lines ?? [];
  const at = lines.indexOf(line);
  const near = (one: EvidenceLine): boolean => Math.abs(one.number - line.number) <= LINES_BELOW;
  const texts = (some: readonly EvidenceLine[]): string[] => some.filter(near).map(({ text }) => text);
  const stack = readStructuredLine(line.text)?.stack ?? [];
  return (
    firstPlace(stack) ??
    firstPlace(texts(lines.slice(at, at + 1 + LINES_BELOW))) ??
    firstPlace(texts(lines.slice(Math.max(0, at - LINES_ABOVE), at)).reverse())
  );
}

/** Further places of the same signature: ` Also: src/cart.ts:12.` */
function alsoBroken(matches: readonly SignatureMatch[]): string {
  const places = matches.flatMap(({ captures: { file, line, row, message } }) =>
    file === undefined || (line ?? row) === undefined
      ? []
      : [`${tamed(file, 160)}:${line ?? row}${message === undefined ? '' : ` (${tamed(message, 120)})`}`],
  );
  const others = [...new Set(places)].slice(1);
  if (others.length === 0) return '';
  const more = others.length - MAX_NAMED;
  return ` Also: ${others.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** Findings of other signatures of the same class: ` The log also shows: sessions wait for a lock on entries.` */
export function alsoSeen(matches: readonly SignatureMatch[], leading: SignatureMatch): string {
  const { class: failureClass, id } = leading.compiled.signature;
  const others = matches.filter(
    ({ compiled: { signature } }) => signature.class === failureClass && signature.id !== id,
  );
  const said = others.flatMap(({ compiled: { signature }, captures }) =>
    signature.advice.summary === undefined ? [] : [fillAdvice(signature.advice.summary, captures)],
  );
  const first = [...new Set(said)].sort((a, b) => b.length - a.length)[0];
  return first === undefined ? '' : ` The log also shows: ${first}.`;
}

/** Begins the root cause of a failure that nothing explains. */
export const UNKNOWN_CAUSE = 'The cause is not known';
const READ_JOB_LOG =
  'Read the full log around the quoted lines. Run the jobs again: when they pass without a change, the failure is flaky.';
const NO_JOB_LOG = 'Look at the run on GitHub. Run the jobs again: the next attempt has a log of its own.';
const NO_SERVICE_LOG = 'Look at the service itself, and at what changed before the alarm: no log of it could be read.';
const READ_SERVICE_LOG = 'Read the full log of the service around the time of the alarm, and what changed before it.';

/** Explanation when no known failure matches. */
export function explainUnknown(evidence: Evidence, setting: AdviceSetting): Explanation {
  const lines = evidence.sources.flatMap((source) => source.lines);
  const isOfService = setting.about === 'service';
  if (lines.length === 0)
    return {
      ...NOTHING_READ,
      fix: fitAdvice(isOfService ? NO_SERVICE_LOG : NO_JOB_LOG, setting),
      prevention: RECORD_IT,
    };
  const { summary, cause } = unknownWords(lines, setting);
  return {
    summary,
    rootCause: `${UNKNOWN_CAUSE}: ${cause}`,
    fix: fitAdvice(isOfService ? READ_SERVICE_LOG : READ_JOB_LOG, setting),
    prevention: RECORD_IT,
  };
}

/** Advice for a failure whose class is known but whose message is not. */
const FIX_OF_FAMILY = {
  code: 'Start with the first of the quoted lines that names a test, a file or a rule; correct the code, or the test if the behaviour was changed on purpose.',
  testing:
    'See what the failing test waits for or shares with others; run the jobs again to see whether it passes without a change.',
  infrastructure:
    'Look at the machine, network or service that the quoted lines name; run the jobs again when it works.',
  application: 'Start with the first of the quoted lines that names a file, a setting or a package, and correct it.',
  security: 'Start with the first of the quoted lines that names what was found or refused.',
  unknown: '',
} as const;

/** Advice for a failure of which only the class is known. */
export function adviceOfClass(failureClass: FailureClass, setting: AdviceSetting): string {
  const known = FIX_OF_FAMILY[FAMILY_OF[failureClass]];
  return fitAdvice(known === '' ? (setting.about === 'service' ? READ_SERVICE_LOG : READ_JOB_LOG) : known, setting);
}

/**
 * Explanation for a class that the model infers from the log without a signature that names the cause; null without a
 * line to quote.
 */
export function explainClass(
  failureClass: FailureClass,
  evidence: Evidence,
  setting: AdviceSetting,
): Explanation | null {
  const lines = evidence.sources.flatMap((source) => source.lines);
  if (lines.length === 0) return null;
  const { summary, line } = summaryOfLines(lines, setting);
  const looks = `The log looks like ${failureClass.replaceAll('_', ' ')}`;
  return {
    summary,
    rootCause: line === null ? `${looks}: ${summary}.` : `${looks}. Its most telling line is ${code(line, 200)}.`,
    fix: fitAdvice(FIX_OF_FAMILY[FAMILY_OF[failureClass]], setting),
    prevention: RECORD_IT,
  };
}

const NO_LINE_TELLS = 'no known line of the log says why';
const NOTHING_READ = { summary: 'no log could be read', rootCause: `${UNKNOWN_CAUSE}: no log could be read.` };
const RECORD_IT = 'Once the cause is known, record it, so that Selfheal recognises it the next time.';

function unknownWords(lines: readonly EvidenceLine[], setting: AdviceSetting): { summary: string; cause: string } {
  const { summary, line, last } = summaryOfLines(lines, setting);
  if (line !== null)
    return { summary, cause: `no known failure matches this log. Its most telling line is ${code(line, 200)}.` };
  return { summary, cause: `${summary}.${last === null ? '' : ` It ended with ${code(last, 180)}.`}` };
}

/** A headline from the log, its line, and the final line where none is informative. */
function summaryOfLines(
  lines: readonly EvidenceLine[],
  { about }: AdviceSetting,
): { summary: string; line: string | null; last: string | null } {
  const spoken = lines.filter(({ text }) => !isEmptyTalk(text)).sort((a, b) => b.score - a.score);
  const scored = spoken.filter(({ text }) => scoreLine(text).score > 1);
  const relevant =
    scored.find(({ text }) => isAtLeast(severityOf(text), 'error')) ??
    scored[0] ??
    spoken.find(({ text }) => warns(text));
  if (relevant !== undefined) {
    const line = spokenLine(relevant.text) ?? relevant.text;
    return { summary: tamed(line, 180), line, last: null };
  }
  const exit = lines.map(({ text }) => /exit code (\d{1,5})/.exec(text)?.[1]).findLast((one) => one !== undefined);
  const ending = exit === undefined ? 'it ended' : `a step ended with exit code ${exit}`;
  const end = about === 'service' ? NO_LINE_TELLS : `${ending}, and ${NO_LINE_TELLS}`;
  const endedAt = lines.findLast(({ text }) => scoreLine(text).anchor)?.number ?? Number.POSITIVE_INFINITY;
  const last = spoken.filter(({ number }) => number < endedAt).sort((a, b) => b.number - a.number)[0];
  return { summary: end, line: null, last: last?.text ?? null };
}

/** A line that reports something bad, or nearly so, by its level, its words or a share that is used up. */
function warns(text: string): boolean {
  return isAtLeast(severityOf(text), 'warning') || NEARLY_FULL.test(text) || isUsedUp(text);
}

const NEARLY_FULL = /\b(?:nearly|almost|completely) (?:full|exhausted|used up)\b|\b(?:9\d|100)(?:\.\d{1,3})? ?%/i;
/** Used and total amount (`471/512`) in the same unit. */
const SHARE = /\b(\d{1,12}(?:\.\d{1,3})?) ?(?:[kmgt]i?b)? ?(?:\/|of) ?(\d{1,12}(?:\.\d{1,3})?)\b/i;

function isUsedUp(text: string): boolean {
  const [, used, all] = SHARE.exec(text) ?? [];
  return all !== undefined && Number(all) >= 20 && Number(used) >= 0.9 * Number(all) && Number(used) <= Number(all);
}

/** Lines that say that it failed, or how the log is structured, but not why. */
function isEmptyTalk(text: string): boolean {
  return (
    text.trim() === '' ||
    scoreLine(text).anchor ||
    other(text) ||
    isPlatformNoise(text) ||
    /^##\[(?:group|endgroup)\]/.test(text)
  );
}
