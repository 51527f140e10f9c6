/** A file of a state folder cannot be read. The message names it and says what to do. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
  /** `held`: what is lost with the file, as in `the sample cloud's alarm checkout-errors`. */
  constructor(path: string, held: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `The file ${path} in the state folder is damaged (${why}). Delete it to go on without ${held}, move the state folder away, or choose another one with --data.`,
      { cause },
    );
  }
}

/** Parses a file's JSON text. Throws `DamagedFile`. */
export function parseStateFile<T>(text: string, path: string, held: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new DamagedFile(path, held, cause);
  }
}
