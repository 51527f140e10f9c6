const NAMES = new WeakMap<RawRef, string>();
const HIDDEN = '[name withheld]';

/**
 * A name from outside (a branch, a path, a job) in its original form, needed to call an API or to compare. It may
 * contain a secret, so it never shows itself: not as text, not as JSON, not to an inspector.
 */
export class RawRef {
  constructor(name: string) {
    NAMES.set(this, name);
  }

  equals(other: RawRef): boolean {
    return rawNameOf(this) === rawNameOf(other);
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/** The name itself. Only this folder and the code-host adapter may import it. */
export function rawNameOf(ref: RawRef): string {
  const name = NAMES.get(ref);
  if (name === undefined) throw new TypeError('The name reference was not created in this process.');
  return name;
}
