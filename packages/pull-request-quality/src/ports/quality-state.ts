import { InvalidInput } from '@selfheal/kernel/errors.ts';

/** Largest document in bytes of UTF-8. */
export const MAX_QUALITY_DOCUMENT_BYTES = 4_000_000;

/** Names of documents: lowercase words, digits, dots and hyphens, in at most three folders. */
const QUALITY_DOCUMENT_NAME = /^(?=.{1,200}$)[a-z0-9]+(?:[-.][a-z0-9]+)*(?:\/[a-z0-9]+(?:[-.][a-z0-9]+)*){0,3}$/;

/** `revision` changes with each write; only for comparison. */
export interface QualityDocument {
  readonly text: string;
  readonly revision: string;
}

/**
 * What the quality checks of one repository remember between runs (baselines, coverage map, metrics), as named documents: in a folder that the
 * Actions cache keeps, on a branch, or in a deployed Selfheal. Errors are `Retryable` when the place cannot be reached.
 */
export interface QualityState {
  /** `name` matches `QUALITY_DOCUMENT_NAME` (`baselines/main`). Null when it was never written. */
  read(name: string): Promise<QualityDocument | null>;
  /**
   * Replaces the revision that was read, null for none. `changed-meanwhile`: somebody else wrote first, so read it again and apply the change anew.
   * Where an answer was lost, that somebody may be this very write: a change has to be one that may be applied twice.
   */
  write(name: string, text: string, replaces: string | null): Promise<'written' | 'changed-meanwhile'>;
}

/** The file of a document below the root of a state. Throws `InvalidInput` when it is no name of a document. */
export function documentPath(name: string): string {
  if (QUALITY_DOCUMENT_NAME.test(name)) return `${name}.json`;
  throw new InvalidInput(
    `"${name.slice(0, 200)}" is no name of a state document. Use lowercase words with hyphens, in folders.`,
  );
}

/** Throws `InvalidInput` when a document is too large to be written. */
export function requireDocumentSize(name: string, text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_QUALITY_DOCUMENT_BYTES) return;
  throw new InvalidInput(
    `The state document ${name} has ${bytes} bytes; ${MAX_QUALITY_DOCUMENT_BYTES} are allowed. Keep fewer runs or files in it.`,
  );
}
