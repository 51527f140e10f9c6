import type { Evidence, EvidenceLine } from '../evidence/evidence.ts';
import { isPlatformNoise, scoreLine } from '../evidence/line-score.ts';
import { readStructuredLine, spokenLine } from '../evidence/structured-line.ts';
import type { SignatureMatch } from '../failure/matching.ts';
import { fillAdvice } from './advice.ts';
import type { FailedTest } from './failed-tests.ts';
import { firstSentence } from './first-sentence.ts';
import { firstPlace, type Place } from './place.ts';

/** What is said of a failure. Texts from the log are tamed, and tainted still. */
export interface Voice {
  /** One line for a headline. */
  readonly summary: string;
  readonly rootCause: string;
  readonly fix: string;
  readonly prevention: string;
}

const MOST_NAMED = 4;
const LONGEST_VALUE = 70;
/** Captures by which patterns name a place or a test themselves. */
const PLACE_CAPTURES = ['file', 'place', 'path', 'hs'];
const TEST_CAPTURES = ['test', 'jest', 'gradle', 'vstest', 'perl'];
const LINES_BELOW = 10;
const LINES_ABOVE = 4;

function tamed(text: string, longest: number): string {
  const plain = fillAdvice('{text}', { text });
  return plain.length > longest ? `${plain.slice(0, longest)}...` : plain;
}

const code = (text: string, longest = LONGEST_VALUE): string => `\`${tamed(text, longest)}\``;

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

/** Names the failed tests with what they expected and got. */
export function voiceOfTests(tests: readonly FailedTest[], own: Voice): Voice {
  const first = tests[0];
  if (first === undefined) return own;
  const said = saidOf(first);
  const where = first.place === null ? '' : ` (${placed(first.place)})`;
  const others = tests.slice(1, 1 + MOST_NAMED).map((test) => {
    const values = test.expected === null ? '' : ` (${saidOf(test)})`;
    return `${code(test.name, 120)}${values}`;
  });
  const more = tests.length - 1 - others.length;
  const also = others.length === 0 ? '' : ` Also failing: ${others.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
  return {
    ...own,
    summary: `${summaryOfTest(first)}${tests.length > 1 ? `, and ${tests.length - 1} more` : ''}`,
    rootCause: `The test ${code(first.name, 160)} failed${said === '' ? '' : `: ${said}`}${where}.${also}`,
  };
}

/** Fills the advice of the deciding signature. */
export function voiceOfSignature(match: SignatureMatch, matches: readonly SignatureMatch[], evidence: Evidence): Voice {
  const { advice } = match.compiled.signature;
  const names = TEST_CAPTURES.some((name) => match.captures[name] !== undefined);
  const rootCause = fillAdvice(advice.rootCause, match.captures);
  const place =
    names || PLACE_CAPTURES.some((name) => match.captures[name] !== undefined) ? null : placeNear(match, evidence);
  const said = `${rootCause}${place === null ? '' : ` See ${placed(place)}.`}${alsoBroken(matches)}`;
  return {
    summary:
      advice.summary === undefined ? inHeadline(firstSentence(rootCause)) : fillAdvice(advice.summary, match.captures),
    rootCause: said,
    fix: fillAdvice(advice.fix, match.captures),
    prevention: fillAdvice(advice.prevention, match.captures),
  };
}

/** After a colon a sentence goes on in lower case. */
function inHeadline(sentence: string): string {
  return sentence.replace(/^(?:The|An?|All|Files|Tasks|Two|Something|Input|Asynchronous|Another) /, (word) =>
    word.toLowerCase(),
  );
}

/** The first own place at the match: in its structured stack, below it, or above it (Python's comes first). */
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
  const more = others.length - MOST_NAMED;
  return ` Also: ${others.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** What other signatures of the same class saw: ` The log also shows: sessions wait for a lock on entries.` */
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

/** The honest words for a failure that nothing known fits. */
export function voiceOfUnknown(evidence: Evidence): Voice {
  const lines = evidence.sources.flatMap((source) => source.lines);
  const { summary, cause } = lines.length === 0 ? NOTHING_READ : unknownWords(lines);
  return {
    summary,
    rootCause: `The cause is not known: ${cause}`,
    fix: 'Read the lines below in the full log. Run the jobs again: when they pass without a change, the failure is flaky.',
    prevention: 'Once the cause is known, record it, so that Selfheal recognises it the next time.',
  };
}

const NOTHING_READ = { summary: 'no log could be read', cause: 'no log could be read.' };

function unknownWords(lines: readonly EvidenceLine[]): { summary: string; cause: string } {
  const spoken = lines.filter(({ text }) => !isEmptyTalk(text)).sort((a, b) => b.score - a.score);
  const telling = spoken.find(({ text }) => scoreLine(text).score > 1);
  if (telling !== undefined) {
    const said = tamed(spokenLine(telling.text) ?? telling.text, 180);
    return { summary: said, cause: `no known failure fits this log. Its most telling line is ${code(said, 200)}.` };
  }
  const exit = lines.map(({ text }) => /exit code (\d{1,5})/.exec(text)?.[1]).findLast((one) => one !== undefined);
  const end = `a step ended${exit === undefined ? '' : ` with exit code ${exit}`} and printed no error message`;
  const ended = lines.findLast(({ text }) => scoreLine(text).anchor)?.number ?? Number.POSITIVE_INFINITY;
  const last = spoken.filter(({ number }) => number < ended).sort((a, b) => b.number - a.number)[0];
  return { summary: end, cause: `${end}.${last === undefined ? '' : ` Its last words were ${code(last.text, 180)}.`}` };
}

/** Lines that say that it failed, or how the log is built, and not why. */
function isEmptyTalk(text: string): boolean {
  return (
    text.trim() === '' || scoreLine(text).anchor || isPlatformNoise(text) || /^##\[(?:group|endgroup)\]/.test(text)
  );
}
