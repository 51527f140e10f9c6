import type { PatchedFile } from './apply-patch.ts';
import type { CodeLine } from './code-view.ts';
import { type Finding, refusal } from './finding.ts';
import type { TestCase, TestFile } from './test-file.ts';

/** Decorators, annotations and attributes, at the beginning of a line. */
export const MARKS = /^\s*(?:@\w|#!?\[|\[\s*[A-Z]\w*)/;
/** Marks that add a case to a test. */
const CASE_MARKS = /^\s*(?:\[\s*(?:InlineData|TestCase|DataRow|Arguments)\s*\(|#\[\s*(?:case|test_case|TestWith)\s*\()/;

/**
 * Every test and group of a file must exist afterwards, once, declared and marked as before; cases may be added to it.
 * A new test must be able to fail.
 */
export function compareCases(file: PatchedFile, before: TestFile, after: TestFile): Finding[] {
  const { path } = file;
  const fresh = newCases(before, after);
  const old = after.cases.filter((one) => !fresh.includes(one));
  const pairs = before.cases.map((one) => {
    const index = old.findIndex(({ name }) => name === one.name);
    return { one, now: index < 0 ? null : (old.splice(index, 1)[0] ?? null) };
  });
  return [
    ...pairs.flatMap(({ one, now }) => pairFindings(one, now, before, after, path)),
    ...fresh
      .filter(({ name, line }) => after.cases.some((one) => one.name === name && one.line < line))
      .map(({ line }) =>
        refusal('test-deleted', 'Two tests have the same name, so that one may replace the other.', {
          path,
          line: line + 1,
        }),
      ),
    ...fresh
      .filter((one) => one.kind === 'test' && !canFail(one, after))
      .map(({ line }) => refusal('test-without-assertion', 'A new test asserts nothing.', { path, line: line + 1 })),
  ];
}

function pairFindings(one: TestCase, now: TestCase | null, before: TestFile, after: TestFile, path: string): Finding[] {
  if (now === null)
    return [refusal('test-deleted', 'A test is removed or renamed.', { path, line: one.line + 1, side: 'before' })];
  const place = { path, line: now.line + 1 };
  const [old, fresh] = [before.view.lines[one.line], after.view.lines[now.line]];
  if (old?.text.trim() !== fresh?.text.trim() || old?.depth !== fresh?.depth) {
    return [refusal('test-marking', 'A test or group is declared differently.', place)];
  }
  const marks = marksAbove(after, now);
  const isKept = marksAbove(before, one).every((mark) => {
    const index = marks.indexOf(mark);
    if (index >= 0) marks.splice(index, 1);
    return index >= 0;
  });
  return isKept && marks.every((mark) => CASE_MARKS.test(mark))
    ? []
    : [refusal('test-marking', 'The annotations of a test or group are changed.', place)];
}

/** The marks directly above a declaration, including multi-line ones. */
function marksAbove({ view }: TestFile, { line }: TestCase): string[] {
  const base = view.lines[line]?.depth ?? 0;
  const marks: string[] = [];
  for (let at = line - 1; at >= 0; at -= 1) {
    const one = view.lines[at];
    if (one === undefined || !(isBlank(one) || MARKS.test(one.code) || one.depth > base || /^\s*[)\]}]/.test(one.code)))
      break;
    // After the end of the preceding statement.
    if (/^\s*(?:\}|end\b)/.test(one.code)) break;
    if (MARKS.test(one.code) && one.depth === base) marks.push(one.text.trim());
  }
  return marks;
}

const isBlank = ({ code }: CodeLine): boolean => code.trim() === '';

/** Tests and groups that the file did not have; for repeated names, the later ones. */
export function newCases(before: TestFile, after: TestFile): TestCase[] {
  const known = before.cases.map(({ name }) => name);
  return after.cases.filter(({ name }) => {
    const index = known.indexOf(name);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

/** The heading of a table of cases is separate from its test. */
function canFail(one: TestCase, { assertions, cases, view }: TestFile): boolean {
  if (assertions.some(({ line }) => one.line <= line && line < one.end)) return true;
  const next = cases.find(({ line }) => line > one.line);
  return next !== undefined && next.line < one.end + 1 && /^\s*(?:\]\s*\)|`)/.test(view.lines[next.line]?.text ?? '');
}
