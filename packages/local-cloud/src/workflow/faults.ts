/** The Step Functions API refuses a request; `name` is the AWS error name. */
export class ApiFault extends Error {
  override readonly name: string;
  /** The HTTP status that AWS answers with. */
  readonly statusCode = 400;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A state failed; Retry and Catch match `error`, and `cause` explains it. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  readonly error: string;
  override readonly cause: string;
  /** The field whose expression failed: `Output/total`. */
  readonly location: string | undefined;
  constructor(error: string, cause: string, location?: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
    this.location = location;
  }
}

/** A scope (the machine, a branch, an iteration) failed: no state in it handled the error. */
export class ScopeFailure extends Error {
  override readonly name = 'ScopeFailure';
  readonly error: string;
  override readonly cause: string;
  /** Path of the scope; undefined when it no longer matters. */
  readonly scope: string | undefined;
  constructor(error: string, cause: string, scope?: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
    this.scope = scope;
  }
}

/** The work was cancelled (stopped, ended, or a sibling branch failed): unwind without recording anything. */
export class Halted extends Error {
  override readonly name = 'Halted';
}

/** The definition of a state machine cannot be run. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
}

/** A journal on disk cannot be read. */
export class CorruptJournal extends Error {
  override readonly name = 'CorruptJournal';
}
