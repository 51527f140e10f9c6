/** Characters GitHub leaves out of file names in a log archive: those a file system forbids. */
const FORBIDDEN = /["*/:<>?\\|\p{Cc}]/gu;

/** The parts of a job's name that survive in an archive's file name: forbidden characters and outer blanks left out, 80 characters. */
function archivedName(name: string): string {
  return name.replace(FORBIDDEN, '').trim().slice(0, 80).toLowerCase();
}

/**
 * Whether a log archive's job (`3_build (20).txt` gives `build (20)`) is the job the API calls `name`. Archives leave out the
 * characters file systems forbid and cut long names.
 */
export function sameJobName(archived: string, name: string): boolean {
  return archivedName(archived) === archivedName(name);
}
