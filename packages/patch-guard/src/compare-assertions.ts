import type { PatchedFile } from './apply-patch.ts';
import { type Finding, type PatchRule, refusal } from './finding.ts';
import { TAKES_NEXT_LINE } from './forbidden-in-tests.ts';
import type { Stretch } from './line-diff.ts';
import { normaliseLiterals, strengthens } from './strengthening.ts';
import type { Assertion, TestFile } from './test-file.ts';

interface Comparison {
  readonly file: PatchedFile;
  readonly before: TestFile;
  readonly after: TestFile;
  /** Assertions of the new file that are already matched with an old one. */
  readonly claimed: Set<Assertion>;
}

const TOLERANT =
  /toler|delta|epsilon|precision|places|closeTo|close_to|approx|within|almost|rtol|atol|rel_tol|abs_tol|offset|isclose|InDelta|InEpsilon/i;
const PATIENT = /timeout|time_out|retr(?:y|ies)|attempt|deadline|(?<!a)wait|sleep|delay|poll|interval|eventually/i;

/**
 * Every assertion of a file must exist afterwards: the same statement, at the same depth, in the same test, executed as
 * before; or a stricter one about the same subject.
 */
export function compareAssertions(file: PatchedFile, before: TestFile, after: TestFile): Finding[] {
  const comparison: Comparison = { file, before, after, claimed: new Set() };
  const open = before.assertions.filter((one) => !isFound(one, comparison, (a, b) => a.key === b.key));
  const weaker = open.filter((one) => !isFound(one, comparison, (a, b) => strengthens(a.text, b.text)));
  return weaker.map((one) => lossOf(one, comparison));
}

function isFound(one: Assertion, comparison: Comparison, fits: (a: Assertion, b: Assertion) => boolean): boolean {
  const candidates = candidatesOf(one, comparison).filter((other) => isAsReached(one, other, comparison));
  const match = candidates.find((other) => fits(one, other));
  if (match !== undefined) comparison.claimed.add(match);
  return match !== undefined;
}

/** Where the diff kept the assertion, the statement at that line now. Otherwise all candidates. */
function candidatesOf(one: Assertion, { file, after, claimed }: Comparison): Assertion[] {
  const touching = stretchesOf(one, file.stretches);
  const moved = movedLine(one.line, file.stretches);
  return after.assertions.filter((other) => {
    if (claimed.has(other)) return false;
    if (touching.length === 0) return other.line === moved;
    return (
      touching.some(({ after: [start, end] }) => other.line < Math.max(end, start + 1) && other.end > start) ||
      other.line === moved
    );
  });
}

function isAsReached(one: Assertion, other: Assertion, { before, after }: Comparison): boolean {
  if (one.depth !== other.depth || one.owner !== other.owner) return false;
  const [lineBefore, lineAfter] = [previousCode(before, one.line), previousCode(after, other.line)];
  return lineBefore === lineAfter || !TAKES_NEXT_LINE.test(lineAfter);
}

function previousCode({ view }: TestFile, line: number): string {
  for (let at = line - 1; at >= 0; at -= 1) {
    const code = view.lines[at]?.code.trim() ?? '';
    if (code !== '') return code;
  }
  return '';
}

function stretchesOf({ line, end }: Assertion, stretches: readonly Stretch[]): Stretch[] {
  return stretches.filter(({ before: [start, stop] }) =>
    start === stop ? line < start && start < end : start < end && stop > line,
  );
}

/** The new position of a kept line, or null. */
function movedLine(line: number, stretches: readonly Stretch[]): number | null {
  let shift = 0;
  for (const { before, after } of stretches) {
    if (before[0] > line) break;
    if (line < before[1]) return null;
    shift = after[1] - before[1];
  }
  return line + shift;
}

function lossOf(one: Assertion, comparison: Comparison): Finding {
  const { file, after, claimed } = comparison;
  const { path } = file;
  const place = { path, line: one.line + 1, side: 'before' } as const;
  const candidates = candidatesOf(one, comparison);
  const same =
    candidates.find(({ key }) => key === one.key) ??
    after.assertions.find((other) => !claimed.has(other) && other.key === one.key);
  if (same !== undefined)
    return refusal('assertion-bypassed', 'An assertion may no longer be reached.', { path, line: same.line + 1 });
  const other = candidates[0];
  if (other === undefined) {
    const isThere = movedLine(one.line, file.stretches) !== null && stretchesOf(one, file.stretches).length === 0;
    return isThere
      ? refusal('assertion-bypassed', 'An assertion may no longer be reached.', place)
      : refusal('assertion-removed', 'An assertion is removed.', place);
  }
  const [rule, reason] = changeOf(one.text, other.text);
  return refusal(rule, reason, { path, line: other.line + 1 });
}

/** What was done to a statement, judged by its text. */
export function changeOf(before: string, after: string): readonly [PatchRule, string] {
  if (normaliseLiterals(before) !== normaliseLiterals(after))
    return ['assertion-changed', 'An assertion is changed, and may be weaker.'];
  if (TOLERANT.test(before)) return ['tolerance', 'A tolerance is changed.'];
  if (PATIENT.test(before)) return ['retry-or-timeout', 'A test gets retries or more time.'];
  return ['expectation-changed', 'An expected value or an input of a test is changed.'];
}
