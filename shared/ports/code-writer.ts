import type { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';

interface TreeEntry {
  /** `100644`, `040000`, ... */
  readonly mode: string;
  /** Of the object at this path. */
  readonly sha: string;
}

/** All paths of a commit. Tainted: the author of the commit chose them. */
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
  /** The commit whose files are the starting point; the changes are applied to them. */
  readonly filesOf: string;
  /** Null deletes a file. */
  readonly changes: readonly { readonly path: string; readonly content: string | null }[];
  readonly message: RedactedText;
}

/**
 * Files and branches of a repository, through Git objects. Throws `Retryable` or `Refused`; `createBranch` throws
 * `OutcomeUnknown` when its answer was lost and is never repeated blindly.
 */
export interface CodeWriter {
  /** Null when the repository has more files than the code host lists at once. */
  readTree(repository: string, commit: string): Promise<CodeTree | null>;
  /** Null when it is not UTF-8 text. */
  readText(repository: string, blob: string): Promise<string | null>;
  /** Of one of our branches, or of another by its reference. Null when the branch does not exist. */
  branchHead(repository: string, branch: string | RawRef): Promise<BranchHead | null>;
  /** Creates a commit that is on no branch: nobody sees it, and GitHub removes it after a while. Returns its id. */
  writeCommit(repository: string, commit: NewCommit): Promise<string>;
  createBranch(repository: string, branch: string, commit: string): Promise<void>;
  /** Does nothing when the branch does not exist. */
  deleteBranch(repository: string, branch: string): Promise<void>;
}
