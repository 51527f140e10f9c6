/** A readable file of an archive: its path is relative and stays inside, it is no link and not encrypted. */
export interface ArchiveFile<E> {
  readonly path: string;
  readonly size: number;
  readonly entry: E;
}

/** A job's log: one file, or one file per step. */
export interface JobLog<E> {
  /** Path inside the archive, with `/` between folders. */
  readonly path: string;
  /** The job's name as the archive spells it. */
  readonly job: string;
  readonly parts: readonly ArchiveFile<E>[];
}

const JOB_FILE = /^-?(\d{1,6})_([^/]{1,200})\.txt$/;
const STEP_FILE = /^([^/]{1,200})\/(\d{1,6})_[^/]{1,200}\.txt$/;

/** One log per name: the larger file, since the runner's short note about waiting for a machine may have the same name. */
function largestPerJob<E>(files: readonly ArchiveFile<E>[]): JobLog<E>[] {
  const byJob = new Map<string, { order: number; file: ArchiveFile<E> }>();
  for (const file of files) {
    const match = JOB_FILE.exec(file.path);
    if (match === null) continue;
    const job = match[2] ?? '';
    const known = byJob.get(job);
    if (known === undefined || known.file.size < file.size) byJob.set(job, { order: Number(match[1]), file });
  }
  return [...byJob]
    .sort(([nameA, a], [nameB, b]) => a.order - b.order || (nameA < nameB ? -1 : 1))
    .map(([job, { file }]) => ({ path: file.path, job, parts: [file] }));
}

/** One log per folder, its steps in order. */
function joinedSteps<E>(files: readonly ArchiveFile<E>[]): JobLog<E>[] {
  const byJob = new Map<string, { step: number; file: ArchiveFile<E> }[]>();
  for (const file of files) {
    const match = STEP_FILE.exec(file.path);
    if (match === null) continue;
    const job = match[1] ?? '';
    const steps = byJob.get(job);
    const step = { step: Number(match[2]), file };
    if (steps === undefined) byJob.set(job, [step]);
    else steps.push(step);
  }
  return [...byJob]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([job, steps]) => ({
      path: `${job}/`,
      job,
      parts: steps.sort((a, b) => a.step - b.step).map(({ file }) => file),
    }));
}

/**
 * Chooses the job logs from GitHub's archive layout without reading anything twice: `N_job.txt` at the top contains the
 * whole job, the folders beside it contain the same text by step. Folders are read only for jobs without a file at the
 * top.
 */
export function chooseJobLogs<E>(files: readonly ArchiveFile<E>[]): JobLog<E>[] {
  const whole = largestPerJob(files);
  const known = new Set(whole.map((log) => log.job));
  return [...whole, ...joinedSteps(files).filter((log) => !known.has(log.job))];
}
