import type { Language } from '../src/language.ts';
import { corpora } from './corpus.ts';

/** A small project in one language: a source file and the tests of it. */
interface Project {
  readonly language: Language;
  readonly source: { readonly path: string; readonly text: string };
  readonly test: { readonly path: string; readonly text: string };
}

export const PROJECTS = corpora<Project>('projects');
