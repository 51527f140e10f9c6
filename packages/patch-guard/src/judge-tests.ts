import type { PatchedFile } from './apply-patch.ts';
import { compareAssertions } from './compare-assertions.ts';
import { compareCases, newCases } from './compare-cases.ts';
import { compareImports } from './compare-imports.ts';
import { namesGivenBy, wordsOf } from './compare-names.ts';
import { compareTestCode } from './compare-test-code.ts';
import { type Finding, refusal } from './finding.ts';
import { FORBIDDEN_IN_MOCKS, FORBIDDEN_IN_TESTS, LEAVES } from './forbidden-in-tests.ts';
import { newMatches } from './forbidden-pattern.ts';
import type { Language } from './language.ts';
import { TEST_DIALECTS } from './test-dialect.ts';
import { ownerOf, readTestFile, type TestCase, type TestFile } from './test-file.ts';
import { isTrivial } from './trivial-assertions.ts';

interface ReviewedFile {
  readonly language: Language;
  readonly file: PatchedFile;
  readonly before: TestFile;
  readonly after: TestFile;
  readonly fresh: readonly TestCase[];
}

/**
 * Whether a file's tests prove at least as much as before: nothing skipped, weakened, caught or replaced. What is not
 * certain is refused; people may do it, a machine may not. Files at other paths count too when they contain tests.
 */
export function judgeTests(file: PatchedFile, language: Language, isTest: boolean): Finding[] {
  const before = readTestFile(file.beforeLines, language, isTest);
  const after = readTestFile(file.afterLines, language, isTest);
  if (!isTest && !holdsTests(before) && !holdsTests(after)) return [];
  if (!after.view.closed && (before.view.closed || isTest)) {
    return [
      refusal('unclear-code', 'A string, comment or bracket is not closed at the end of a test file.', {
        path: file.path,
      }),
    ];
  }
  const fresh = newCases(before, after);
  const judged: ReviewedFile = { language, file, before, after, fresh };
  if (!isTest)
    return [
      ...compareCases(file, before, after),
      ...compareAssertions(file, before, after),
      ...forbiddenPatternFindings(judged, language),
    ];
  return [
    ...compareCases(file, before, after),
    ...compareAssertions(file, before, after),
    ...compareTestCode(file, before, after, language),
    ...compareImports(file, before, after, language),
    ...forbiddenPatternFindings(judged, language),
    ...mockFindings(judged, language),
    ...flowFindings(judged),
    ...shadowFindings(judged),
    ...sheltered(judged),
  ];
}

/** A group alone is no test: its keywords are used elsewhere too. */
function holdsTests({ cases, assertions }: TestFile): boolean {
  return assertions.length > 0 && cases.some(({ kind }) => kind === 'test');
}

function addedOf({ file, after }: ReviewedFile) {
  return file.stretches.map(({ before, after: [start, end] }) => ({
    before,
    added: after.view.lines.slice(start, end).map((line, index) => ({ at: start + index, line })),
  }));
}

function forbiddenPatternFindings(judged: ReviewedFile, language: Language): Finding[] {
  const { path } = judged.file;
  return addedOf(judged).flatMap(({ before: [start, end], added }) => {
    const removed = judged.before.view.lines.slice(start, end);
    const found = FORBIDDEN_IN_TESTS[language].flatMap((pattern) =>
      newMatches(pattern, removed, added).map((at) => refusal(pattern.rule, pattern.reason, { path, line: at + 1 })),
    );
    const trivial = added.filter(({ line }) => isTrivial(line.text));
    return [
      ...found,
      ...trivial.map(({ at }) =>
        refusal('assertion-trivial', 'An assertion passes whatever the product does.', { path, line: at + 1 }),
      ),
    ];
  });
}

/** A new file replaces nothing that is tested elsewhere. */
function mockFindings(judged: ReviewedFile, language: Language): Finding[] {
  const { file } = judged;
  if (file.before === null) return [];
  return addedOf(judged).flatMap(({ before: [start, end], added }) => {
    const inOld = added.filter(({ at }) => !isInNew(at, judged));
    const removed = judged.before.view.lines.slice(start, end);
    return FORBIDDEN_IN_MOCKS[language].flatMap((pattern) =>
      newMatches(pattern, removed, inOld).map((at) =>
        refusal(pattern.rule, pattern.reason, { path: file.path, line: at + 1 }),
      ),
    );
  });
}

/** Within an existing test nothing returns early; within a group, nothing leaves the group. */
function flowFindings(judged: ReviewedFile): Finding[] {
  const { file, after } = judged;
  const known = new Set(judged.before.view.lines.map(({ code }) => code.trim()));
  return addedOf(judged).flatMap(({ before, added }) =>
    added
      .filter(
        ({ at, line }) =>
          LEAVES.test(line.code) && !isInNew(at, judged) && !(before[1] > before[0] && known.has(line.code.trim())),
      )
      .filter(({ at, line }) => {
        const owner = ownerOf(after.cases, at);
        if (owner?.kind === 'test' || guardsAssertion(at, judged)) return true;
        return owner === null ? line.depth === 0 : line.depth <= (after.view.lines[owner.line + 1]?.depth ?? 0);
      })
      .map(({ at }) =>
        refusal('assertion-bypassed', 'An existing test would return early.', {
          path: file.path,
          line: at + 1,
        }),
      ),
  );
}

/** Outside of new tests, no name that the file already uses is redefined. */
function shadowFindings(judged: ReviewedFile): Finding[] {
  const { file, before } = judged;
  if (file.before === null) return [];
  const known = new Set(before.view.lines.flatMap(wordsOf));
  return addedOf(judged).flatMap(({ before: [start, end], added }) => {
    const replaced = new Set(before.view.lines.slice(start, end).flatMap(namesGivenBy));
    return added
      .filter(({ at, line }) => !isInNew(at, judged) && !TEST_DIALECTS[judged.language].imports.test(line.text))
      .filter(({ line }) => namesGivenBy(line).some((name) => known.has(name) && !replaced.has(name)))
      .map(({ at }) =>
        refusal('test-code-changed', 'A name that the tests use would be redefined.', {
          path: file.path,
          line: at + 1,
        }),
      );
  });
}

/** Code put under an assertion that expects an error can cause that error. */
function sheltered(judged: ReviewedFile): Finding[] {
  const { file, after, before } = judged;
  const known = new Set(before.assertions.map(({ key }) => key));
  return addedOf(judged).flatMap(({ added }) =>
    added
      .filter(({ at, line }) => line.code.trim() !== '' && !isInNew(at, judged))
      .filter(({ at, line }) => {
        const above = after.view.lines.findLastIndex(
          (one, index) => index < at && one.code.trim() !== '' && one.depth < line.depth,
        );
        return after.assertions.some((one) => one.line === above && known.has(one.key));
      })
      .map(({ at }) =>
        refusal('assertion-bypassed', 'Code would be nested under an existing assertion.', {
          path: file.path,
          line: at + 1,
        }),
      ),
  );
}

/** In a function that tests call: whether an old assertion follows the line in the same block. */
function guardsAssertion(at: number, { before, after }: ReviewedFile): boolean {
  const depth = after.view.lines[at]?.depth ?? 0;
  const next = after.view.lines.findIndex((line, index) => index > at && line.code.trim() !== '' && line.depth < depth);
  const known = new Set(before.assertions.map(({ key }) => key));
  return after.assertions.some(({ line, key }) => line > at && (next < 0 || line < next) && known.has(key));
}

function isInNew(at: number, { fresh }: ReviewedFile): boolean {
  return fresh.some(({ line, end }) => line <= at && at < end);
}
