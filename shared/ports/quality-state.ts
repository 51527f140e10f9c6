/** Largest document in bytes of UTF-8. */
export const MAX_QUALITY_DOCUMENT_BYTES = 4_000_000;

/** Names of documents: lowercase words, digits, dots and hyphens, in at most three folders. */
export const QUALITY_DOCUMENT_NAME = /^(?=.{1,200}$)[a-z0-9]+(?:[-.][a-z0-9]+)*(?:\/[a-z0-9]+(?:[-.][a-z0-9]+)*){0,3}$/;

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
  /** Replaces the revision that was read, null for none. `changed-meanwhile`: somebody else wrote first, so read it again. */
  write(name: string, text: string, replaces: string | null): Promise<'written' | 'changed-meanwhile'>;
}
