import type { SkipReason } from '../domain/architecture/architecture-analysis.ts';
import type { ChangeHistory } from '../domain/architecture/hotspots.ts';
import type { LexedSource } from '../domain/test-selection/source-references.ts';

/** The files of a folder. Paths are relative to it, with forward slashes. */
export interface SourceTree {
  /** The commit that is checked out; null without Git. */
  readonly commit: string | null;
  /** Every file that is not ignored, source or not, in alphabetical order. */
  readonly files: readonly string[];
  /** Files that are left out before they are read. */
  readonly skipped: ReadonlyMap<SkipReason, readonly string[]>;
  /** The text of a file without its byte order mark, or why it has none. */
  read(file: string): Promise<{ readonly text: string } | { readonly skipped: SkipReason }>;
  /** Null without Git. */
  history(): Promise<ChangeHistory | null>;
}

/** Where a TypeScript or JavaScript import leads: a file of the tree, a package from outside, or nowhere. */
export interface ModuleResolver {
  resolve(from: string, specifier: string): { readonly file: string } | 'external' | 'unresolved';
}

/** Tells code, comments and strings apart. */
export interface SourceLexer {
  /** Null when the text cannot be parsed, or only in too long a time. The path names the language: JavaScript, TypeScript or Python. */
  lex(path: string, text: string): Promise<LexedSource | null>;
}
