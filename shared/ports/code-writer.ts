import type { RawRef } from '#shared/kernel/text/raw-ref.ts';
import type { RedactedText } from '#shared/kernel/text/redacted-text.ts';

export interface TreeEntry {
  /** `100644`, `040000`, ... */
  readonly mode: string;
  /** Of the object that stands there. */
  readonly sha: string;
}

/** All paths of a commit. Tainted: worded by whoever committed. */
export interface CodeTree {
  readonly sha: string;
  readonly entries: ReadonlyMap<string, TreeEntry>;
}

/** The commit at the head of a branch. */
export interface BranchHead {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
}

export interface NewCommit {
  readonly parent: string;
  /** The commit whose files it begins with; the changes are put on them. */
  readonly filesOf: string;
  /** Null takes a file away. */
  readonly changes: readonly { readonly path: string; readonly content: string | null }[];
  readonly message: RedactedText;
}

/**
 * Files and branches of a repository, through Git's own objects. Throws `Retryable` or `Refused`; `createBranch` throws
 * `OutcomeUnknown` when its answer was lost and is never repeated blind.
 */
export interface CodeWriter {
  /** Null when the repository has more files than the code host lists at once. */
  readTree(repository: string, commit: string): Promise<CodeTree | null>;
  /** Null when it is not UTF-8 text. */
  readText(repository: string, blob: string): Promise<string | null>;
  /** Of one of our branches, or of another by its reference. Null when there is no such branch. */
  branchHead(repository: string, branch: string | RawRef): Promise<BranchHead | null>;
  /** Makes a commit that no branch has yet: nobody sees it, and it is gone after a while. Returns its id. */
  writeCommit(repository: string, commit: NewCommit): Promise<string>;
  createBranch(repository: string, branch: string, commit: string): Promise<void>;
  /** What is not there (any more) is fine. */
  deleteBranch(repository: string, branch: string): Promise<void>;
}
