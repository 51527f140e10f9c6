/** A patch that the policy accepted, stored by its digest. */
export interface PreparedPatch {
  readonly incidentId: string;
  readonly repository: string;
  readonly digest: string;
  readonly fingerprint: string;
  /** Number of places where its code does something that its file did not do before. */
  readonly newUses: number;
  /** Where it may be tested before a person is asked; null when that is not configured or not possible. */
  readonly sandbox: PreparedSandbox | null;
}

/** The workflow of the default branch that may run unapproved code, in the version that was judged. */
export interface PreparedSandbox {
  /** Name of the file in `.github/workflows`. */
  readonly workflow: string;
  /** Its Git object. */
  readonly blob: string;
}
