import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import type { RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { redactName } from '@selfheal/redaction/redact.ts';

/** The name of a job, from the workflow file. */
export interface JobName {
  readonly shown: RedactedText;
  /** For comparing jobs: two secrets look alike once they are redacted. */
  readonly ref: RawRef;
  /** Name of its log in an archive. */
  readonly archived: RawRef;
}

const MAX_SHOWN = 200;
/** Characters that GitHub omits from file names in a log archive because file systems forbid them. */
const FORBIDDEN = /["*/:<>?\\|\p{Cc}]/gu;

/** The name of a job from an API of the code host. */
export function jobNameOf(name: string): JobName {
  return { shown: redactName(name, MAX_SHOWN), ref: new RawRef(name), archived: archivedJobName(name) };
}

/**
 * The parts of a job's name that remain in an archive's file name: without forbidden characters and outer blanks, 80
 * characters. Never shown: a secret in it may be cut in half or have lost what identifies it.
 */
export function archivedJobName(name: string): RawRef {
  return new RawRef(name.replace(FORBIDDEN, '').trim().slice(0, 80).toLowerCase());
}

/** Whether a log of an archive belongs to the job (`3_build (20).txt` belongs to `build (20)`). */
export function isLogOf(archived: RawRef, job: JobName): boolean {
  return job.archived.equals(archived);
}
