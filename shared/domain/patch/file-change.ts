import type { Hunk } from './hunk.ts';

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
