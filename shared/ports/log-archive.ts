import type { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RawText } from '@selfheal/kernel/text/raw-text.ts';

/** One log of an archive. */
export interface ArchivedLog {
  /** The job's name as the archive spells it: from a workflow file, and cut. See `isLogOf`. */
  readonly job: RawRef;
}

/** Takes a log's raw text piece by piece, in order, decoded as UTF-8 with replacement characters. */
export type ReceiveText = (chunk: RawText) => void;

export interface LogArchiveContent {
  /** The logs that were read, in the archive's job order. */
  readonly logs: readonly (ArchivedLog & { readonly bytes: number; readonly truncated: boolean })[];
  /** What was left out and why, in plain words. */
  readonly notes: readonly string[];
}

/**
 * Reads a log archive (zip) within fixed limits: entries, bytes per entry, total bytes, compression ratio. `open` is
 * called once per job log before its text; null skips that log unread. No log is held in memory. Never throws by
 * itself.
 */
export interface LogArchiveReader {
  read(bytes: Uint8Array, open: (log: ArchivedLog) => ReceiveText | null): Promise<LogArchiveContent>;
}
