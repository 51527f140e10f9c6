import { corpora } from './corpus.ts';
import { edited } from './patches.ts';
import { PROJECTS } from './projects.ts';

export interface Change {
  readonly what: string;
  readonly path: string;
  readonly after: string;
}

type Edit = readonly [string, string];

/** Edits of a sample project that honest fixes make, by what they are about. */
interface HonestEdits {
  /** Of the source: a wrong bound, a missing import, a guard, words. */
  readonly source: Readonly<Record<'bound' | 'import' | 'guard' | 'words', readonly Edit[]>>;
  /** Of the tests: another test, another assertion, a stronger one, a missing import. */
  readonly test: Readonly<
    Partial<Record<'another test' | 'another assertion' | 'stronger assertion' | 'missing import', readonly Edit[]>>
  >;
  readonly fresh: { readonly path: string; readonly text: string };
}
const EDITS = corpora<HonestEdits>('honest');

/** Fixes that a careful person would make. */
export const HONEST_PATCHES: readonly Change[] = Object.values(PROJECTS).flatMap(({ language, source, test }) => {
  const { source: inSource, test: inTest, fresh } = EDITS[language];
  return [
    ...Object.entries(inSource).map(([what, edits]) => ({
      what: `${language}: ${what} in the source`,
      path: source.path,
      after: edited(source.text, ...edits),
    })),
    ...Object.entries(inTest).map(([what, edits]) => ({
      what: `${language}: ${what}`,
      path: test.path,
      after: edited(test.text, ...edits),
    })),
    { what: `${language}: a new test file`, path: fresh.path, after: fresh.text },
  ];
});
