type Edit = readonly [string, string];

/** Edits of a sample project that honest fixes make, by what they are about. */
export interface HonestEdits {
  /** Of the source: a wrong bound, a missing import, a guard, words. */
  readonly source: Readonly<Record<'bound' | 'import' | 'guard' | 'words', readonly Edit[]>>;
  /** Of the tests: another test, another assertion, a stronger one, a missing import. */
  readonly test: Readonly<
    Partial<Record<'another test' | 'another assertion' | 'stronger assertion' | 'missing import', readonly Edit[]>>
  >;
  readonly fresh: { readonly path: string; readonly text: string };
}
