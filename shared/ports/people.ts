/** What somebody may do in a repository, by GitHub's names of the base roles. */
export type Permission = 'none' | 'read' | 'write' | 'admin';

/** People on the code host. Throws `Retryable` and `Refused` like `CodeHost`. */
export interface People {
  /** `maintain` is `write` and `triage` is `read`; whoever has no access, and an account that does not exist, is `none`. */
  permissionOf(repository: string, login: string): Promise<Permission>;
  /** A sign under a comment that it was obeyed, answered, or not. The same sign twice is one. */
  react(repository: string, commentId: number, sign: '+1' | '-1' | 'confused' | 'eyes'): Promise<void>;
}
