import { describe, expect, it } from 'vitest';
import { MORE_TRICKS } from './more-tricks.ts';
import { OTHER_STYLES } from './other-styles.ts';
import { aTree, diffOf, edited, verdictOn } from './patches.ts';

const ALL = Object.entries(OTHER_STYLES).flatMap(([style, { path, text, hostile, honest }]) => {
  const cases = (kind: Readonly<Record<string, readonly (readonly [string, string])[]>>) =>
    Object.entries(kind).map(([what, edits]) => ({
      what: `${style}: ${what}`,
      path,
      text,
      after: edited(text, ...edits),
    }));
  return [
    ...cases(hostile).map((one) => ({ ...one, honest: false })),
    ...cases(honest).map((one) => ({ ...one, honest: true })),
  ];
});

describe('in other frameworks and styles', () => {
  it.each(ALL.filter(({ honest }) => !honest))(
    'a patch after which tests prove less is refused: $what',
    ({ path, text, after }) => {
      expect(verdictOn({ kind: 'diff', text: diffOf(path, text, after) }, aTree({ [path]: text }))).not.toContain(
        'accepted',
      );
    },
  );

  it.each(ALL.filter(({ honest }) => honest))('an honest fix passes: $what', ({ path, text, after }) => {
    expect(verdictOn({ kind: 'diff', text: diffOf(path, text, after) }, aTree({ [path]: text }))).toEqual(['accepted']);
  });

  it.each(MORE_TRICKS)('a patch with another trick is refused: $what', ({ path, before, after }) => {
    expect(verdictOn({ kind: 'diff', text: diffOf(path, before, after) }, aTree({ [path]: before }))).not.toContain(
      'accepted',
    );
  });
});
