import type { Language } from '../../src/language.ts';

/** A small project in one language: a source file and the tests of it. */
export interface Project {
  readonly language: Language;
  readonly source: { readonly path: string; readonly text: string };
  readonly test: { readonly path: string; readonly text: string };
}
