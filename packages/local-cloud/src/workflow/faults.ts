/** A request the Step Functions API refuses; `name` is the AWS error name. */
export class ApiFault extends Error {
  override readonly name: string;
  /** The HTTP status AWS answers with. */
  readonly statusCode = 400;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A state failed: `error` and `cause` are what Retry and Catch look at. */
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

/** A whole scope (the machine, a branch, an iteration) failed: nothing inside it handled the error. */
export class ScopeFailure extends Error {
  override readonly name = 'ScopeFailure';
  readonly error: string;
  override readonly cause: string;
  /** Path of the scope; undefined when that does not matter any more. */
  readonly scope: string | undefined;
  constructor(error: string, cause: string, scope?: string) {
    super(`${error}: ${cause}`);
    this.error = error;
    this.cause = cause;
    this.scope = scope;
  }
}

/** The work was called off (stopped, ended, or a sibling branch failed): unwind without recording anything. */
export class Halted extends Error {
  override readonly name = 'Halted';
}

/** A state machine's definition cannot be run as written. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
}

/** A journal on disk cannot be read back. */
export class CorruptJournal extends Error {
  override readonly name = 'CorruptJournal';
}
