import type { Clock } from '@selfheal/kernel/time.ts';
import { isLogOf, type JobName } from '@selfheal/log-reading/logs/job-name.ts';
import { makePassingLines, type PassingLines } from '@selfheal/log-reading/logs/passing-lines.ts';
import type { RunTarget } from '#shared/domain/incident/target-context.ts';
import type { CodeHost, Run } from '#shared/ports/code-host.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';

export interface PassingDeps {
  readonly codeHost: Pick<CodeHost, 'downloadLogs'>;
  readonly archives: LogArchiveReader;
  readonly clock: Clock;
  readonly log: Log;
}

/** Lines that a passing run printed in the job of this name; undefined when unknown. */
type PassingOf = (job: JobName) => PassingLines | undefined;

const MAX_ARCHIVE_BYTES = 20_000_000;
const MAX_CHARACTERS = 60_000_000;
const MAX_JOBS = 8;
const PATIENCE_MILLISECONDS = 10_000;
/** If the failed run's own log took longer than this, the passing run's log is not read. */
const LAST_START_MILLISECONDS = 45_000;
const UNKNOWN: PassingOf = () => undefined;

/** The newest run of the default branch in which all jobs passed. */
function newestPassing(branch: readonly Run[], { runId }: RunTarget): Run | undefined {
  return branch.find(({ id, conclusion }) => id !== runId && conclusion === 'success');
}

/** Reads the lines that a passing run printed in the named jobs; finds nothing when reading fails. */
export type PassingReader = (jobs: readonly JobName[]) => Promise<PassingOf>;

/**
 * Makes a reader of the workflow's newest passing run on the default branch; its time budget starts now. That run only improves the excerpt,
 * so a failure, a log that is too large, or a lack of time is not an error.
 */
export function makePassingReader(
  target: RunTarget,
  branch: Promise<readonly Run[]>,
  { codeHost, archives, clock, log }: PassingDeps,
): PassingReader {
  const lastStart = clock.now().getTime() + LAST_START_MILLISECONDS;
  return async (jobs) => {
    try {
      const run = newestPassing(await branch, target);
      if (run === undefined || jobs.length === 0 || clock.now().getTime() > lastStart) return UNKNOWN;
      const { id, attempt } = run;
      const { repository } = target;
      const archive = await codeHost.downloadLogs(repository, id, attempt, MAX_ARCHIVE_BYTES, PATIENCE_MILLISECONDS);
      return archive.kind === 'archive' ? await readJobs(archive.bytes, jobs.slice(0, MAX_JOBS), archives) : UNKNOWN;
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      log.warn('The log of a passing run could not be read.', { error: name });
      return UNKNOWN;
    }
  };
}

async function readJobs(bytes: Uint8Array, jobs: readonly JobName[], archives: LogArchiveReader): Promise<PassingOf> {
  const read = new Map<JobName, PassingLines>();
  let left = MAX_CHARACTERS;
  await archives.read(bytes, ({ job }) => {
    const name = jobs.find((wanted) => !read.has(wanted) && isLogOf(job, wanted));
    if (name === undefined) return null;
    const lines = makePassingLines();
    read.set(name, lines);
    return (chunk) => {
      left -= chunk.length;
      if (left > 0) lines.push(chunk);
    };
  });
  return (job) => [...read].find(([name]) => name.ref.equals(job.ref))?.[1];
}
