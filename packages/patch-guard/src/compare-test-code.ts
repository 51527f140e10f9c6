import type { PatchedFile } from './apply-patch.ts';
import type { CodeLine } from './code-view.ts';
import { changeOf } from './compare-assertions.ts';
import { MARKS } from './compare-cases.ts';
import { wordsOf } from './compare-names.ts';
import { type Finding, look, refusal } from './finding.ts';
import type { Language } from './language.ts';
import { normaliseLiterals } from './strengthening.ts';
import { TEST_DIALECTS } from './test-dialect.ts';
import { folded, type TestFile } from './test-file.ts';

const FLOW =
  /^\s*(?:\}?\s*else\s*)?(?:if|for|foreach|while|unless|until|switch|case|with|elif|elsif|when|match|using|loop|before\w*|after\w*|setup|teardown|subject)\b|^\s*let!?\s*\(/i;
const PUNCTUATION = /^[\s{}()[\];,]*$|^\s*(?:end|pass|\}\s*else\s*\{|else:?)\s*$/;

interface Place {
  readonly at: number;
  readonly line: CodeLine;
}

/** Other changes to lines of existing tests: what they prepare, call and compare may only be reworded. */
export function compareTestCode(file: PatchedFile, before: TestFile, after: TestFile, language: Language): Finding[] {
  const { imports } = TEST_DIALECTS[language];
  const isCode = ({ line }: Place) => !PUNCTUATION.test(line.code) && !imports.test(line.text);
  const isAssertion = ({ at }: Place) => before.assertions.some(({ line, end }) => line <= at && at < end);
  return file.stretches.flatMap((stretch) => {
    const added = placesOf(after, stretch.after).filter(isCode);
    const removed = placesOf(before, stretch.before).filter((place) => isCode(place) && !isAssertion(place));
    const unmatched = [...added];
    const left = removed.filter(({ line }) => {
      const index = unmatched.findIndex(
        (one) => one.line.depth === line.depth && one.line.text.trim() === line.text.trim(),
      );
      if (index >= 0) unmatched.splice(index, 1);
      return index < 0;
    });
    return left.flatMap((place, index) => changedLine(place, unmatched[index] ?? null, unmatched, file.path));
  });
}

function placesOf({ view }: TestFile, [start, end]: readonly [number, number]): Place[] {
  return view.lines.slice(start, end).map((line, index) => ({ at: start + index, line }));
}

function changedLine({ at, line }: Place, partner: Place | null, added: readonly Place[], path: string): Finding[] {
  const before = { path, line: at + 1, side: 'before' } as const;
  if (MARKS.test(line.code)) return [refusal('test-marking', 'An annotation or a case of a test is changed.', before)];
  if (partner === null) return [refusal('test-code-removed', 'A statement of a test is removed.', before)];
  if (FLOW.test(line.code))
    return [refusal('assertion-bypassed', 'A condition, loop or set-up of a test is changed.', before)];
  const [old, fresh] = [folded([line]), folded([partner.line])];
  const after = { path, line: partner.at + 1 };
  if (normaliseLiterals(old) === normaliseLiterals(fresh) && old !== fresh) {
    const [rule, reason] = changeOf(old, fresh);
    return [refusal(rule, reason, after)];
  }
  const words = new Set(added.flatMap((one) => wordsOf(one.line)));
  if (wordsOf(line).some((word) => !words.has(word))) {
    return [refusal('test-code-changed', 'A test no longer uses something that it used.', after)];
  }
  return [look('test-code-changed', 'A line of a test is changed.', after)];
}
