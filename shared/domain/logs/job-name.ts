import { RawRef } from '../../kernel/text/raw-ref.ts';
import type { RedactedText } from '../../kernel/text/redacted-text.ts';
import { redactName } from '../redaction/redact-name.ts';

/** The name of a job, as the workflow file words it. */
export interface JobName {
  readonly shown: RedactedText;
  /** To tell jobs apart: two secrets look alike once they are redacted. */
  readonly ref: RawRef;
  /** What its log is called in an archive. */
  readonly archived: RawRef;
}

const MAX_SHOWN = 200;
/** Characters GitHub leaves out of file names in a log archive: those a file system forbids. */
const FORBIDDEN = /["*/:<>?\\|\p{Cc}]/gu;

/** The name of a job that an API of the code host gave. */
export function jobNameOf(name: string): JobName {
  return { shown: redactName(name, MAX_SHOWN), ref: new RawRef(name), archived: archivedJobName(name) };
}

/**
 * The parts of a job's name that survive in an archive's file name: forbidden characters and outer blanks left out, 80 characters. Never
 * shown: a secret in it may be cut in half, or have lost the sign it is known by.
 */
export function archivedJobName(name: string): RawRef {
  return new RawRef(name.replace(FORBIDDEN, '').trim().slice(0, 80).toLowerCase());
}

/** Whether an archive's log (`3_build (20).txt` is of `build (20)`) is that of the job. */
export function isLogOf(archived: RawRef, job: JobName): boolean {
  return job.archived.equals(archived);
}
