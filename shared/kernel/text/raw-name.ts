const NAMES = new WeakMap<RawRef, string>();
const HIDDEN = '[name withheld]';

/**
 * A name as somebody outside worded it (a branch, a path, a job), needed as it is to call an API or to compare. It may hold a secret, so it
 * shows itself nowhere: not as text, not as JSON, not to an inspector.
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
  if (name === undefined) throw new TypeError('This name was not made by this process.');
  return name;
}
