import type { Hunk } from './hunk.ts';

/** Maximum size of a fix: a person has to read all of it. */
export const PATCH_LIMITS = {
  /** UTF-16 units of the whole raw patch. */
  characters: 100_000,
  files: 8,
  /** Lines added and removed, together. */
  changedLines: 300,
  /** UTF-16 units of one added line. */
  lineCharacters: 500,
  /** UTF-16 units of a file before and after. */
  fileCharacters: 1_000_000,
  fileLines: 20_000,
  /** UTF-16 units of an existing line; longer ones are machine-written. */
  keptLineCharacters: 5_000,
  pathCharacters: 240,
  pathSegments: 16,
} as const;

/** What a patch wants of one file, with paths that are normal. Whether the file is there says the tree. */
export type FileChange =
  | { readonly kind: 'hunks'; readonly path: string; readonly previousPath: string; readonly hunks: readonly Hunk[] }
  | { readonly kind: 'create'; readonly path: string; readonly hunks: readonly Hunk[] }
  /** The whole content, of a file that is there or is not. */
  | { readonly kind: 'replace'; readonly path: string; readonly content: string };

/** A patch as a model, a recipe or a person words it. */
export type ProposedPatch =
  | { readonly kind: 'diff'; readonly text: string }
  | { readonly kind: 'replace'; readonly files: readonly { readonly path: string; readonly content: string }[] };
