import type { PatchedFile } from './apply-patch.ts';
import { type Finding, refusal } from './finding.ts';
import type { TestCase, TestFile } from './test-file.ts';

/** Every test and group of a file must be there afterwards, once. A new test must be able to fail. */
export function compareCases(file: PatchedFile, before: TestFile, after: TestFile): Finding[] {
  const { path } = file;
  const left = after.cases.map(({ name }) => name);
  const lost = before.cases.filter(({ name }) => {
    const index = left.indexOf(name);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
  const twice = newCases(before, after).filter(({ name, line }) =>
    after.cases.some((one) => one.name === name && one.line < line),
  );
  const empty = newCases(before, after).filter((one) => one.kind === 'test' && !canFail(one, after));
  return [
    ...lost.map(({ line }) =>
      refusal('test-deleted', 'A test is taken away or renamed.', { path, line: line + 1, side: 'before' }),
    ),
    ...twice.map(({ line }) =>
      refusal('test-deleted', 'A test has the name of another one, whose place it can take.', { path, line: line + 1 }),
    ),
    ...empty.map(({ line }) =>
      refusal('test-without-assertion', 'A new test asserts nothing.', { path, line: line + 1 }),
    ),
  ];
}

/** Tests and groups that the file did not have: for names that occur more often, the later ones. */
export function newCases(before: TestFile, after: TestFile): TestCase[] {
  const known = before.cases.map(({ name }) => name);
  return after.cases.filter(({ name }) => {
    const index = known.indexOf(name);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}

/** The head of a table of cases stands apart from the test that it belongs to. */
function canFail(one: TestCase, { assertions, cases, view }: TestFile): boolean {
  if (assertions.some(({ line }) => one.line <= line && line < one.end)) return true;
  const next = cases.find(({ line }) => line > one.line);
  return next !== undefined && next.line < one.end + 1 && /^\s*(?:\]\s*\)|`)/.test(view.lines[next.line]?.text ?? '');
}
