import type { PolicyOverlay, StoredOverlay } from '#shared/domain/configuration/overlay.ts';

/** Reads the policy that people set at run time. */
export interface PolicyReader {
  /**
   * The newest revision, strongly consistent. One that does not parse, that another version wrote or that may not be read is `unreadable`.
   * Throws `Retryable` when the store does not answer.
   */
  current(): Promise<StoredOverlay>;
}

/** The revisions of the policy overlay. Each is written once and never changed. */
export interface PolicyStore extends PolicyReader {
  /** Null when there is none of this number. Throws `CorruptRecord` for one that cannot be read. */
  revision(revision: number): Promise<PolicyOverlay | null>;
  /** Adds the revision after the newest one. False when there is one of its number: somebody else was first. */
  add(overlay: PolicyOverlay): Promise<boolean>;
}
