import type { EvidenceSource } from '#shared/domain/evidence/evidence.ts';
import { sameJobName } from '#shared/domain/evidence/job-name.ts';
import type { RunFacts } from '#shared/domain/evidence/telemetry.ts';
import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import { Refused } from '#shared/domain/kernel/errors.ts';
import type { CodeHost, Job, Run } from '#shared/ports/code-host.ts';
import type { LogArchiveReader } from '#shared/ports/log-archive.ts';
import type { Log } from '#shared/ports/telemetry-sink.ts';
import type { Clock } from '#shared/ports/time.ts';
import { MAX_EVIDENCE_SOURCES, makeExcerpts } from './gather-excerpts.ts';
import { makePartReader } from './gather-part.ts';

export interface RunGatherDeps {
  readonly codeHost: Pick<CodeHost, 'getRun' | 'listJobs' | 'downloadLogs' | 'listDefaultBranchRuns' | 'hasNewerRun'>;
  readonly archives: LogArchiveReader;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Gathered<F> {
  readonly facts: F;
  readonly sources: EvidenceSource[];
  readonly notes: string[];
}

const MAX_ARCHIVE_BYTES = 100_000_000;
const BASELINE_RUNS = 10;
const FAILED = new Set(['failure', 'timed_out', 'startup_failure']);

/** The failed run: its state now, the logs of its failed jobs, and how the default branch fares. */
export async function gatherRun(
  target: GithubRunTarget,
  acceptGaps: boolean,
  deps: RunGatherDeps,
): Promise<Gathered<RunFacts>> {
  const notes: string[] = [];
  const part = makePartReader({ ...deps, acceptGaps, notes });
  const run = await readRun(target, notes, deps);
  const { repository, runId, runAttempt } = target;
  const jobs = await part('jobs of the run', () => deps.codeHost.listJobs(repository, runId, runAttempt), []);
  const failed = jobs.filter(({ conclusion }) => conclusion !== null && FAILED.has(conclusion));
  const sources = await part('logs of the run', () => readLogs(target, failed, notes, deps), []);
  const baseline = await part(
    'recent runs of the default branch',
    () => deps.codeHost.listDefaultBranchRuns(repository, target.workflowId, BASELINE_RUNS),
    [],
  );
  return {
    facts: {
      kind: 'github-run',
      attempt: run?.attempt ?? runAttempt,
      status: run?.status ?? 'unknown',
      conclusion: run?.conclusion ?? null,
      newerRun: await part('later runs', () => deps.codeHost.hasNewerRun(repository, runId), false),
      failedJobIds: failed.map(({ id }) => id),
      defaultBranchConclusions: baseline.filter(({ id }) => id !== runId).flatMap(({ conclusion }) => conclusion ?? []),
    },
    sources,
    notes,
  };
}

/** Null when GitHub refuses it for good; a passing failure is thrown, because everything else rests on this read. */
async function readRun(target: GithubRunTarget, notes: string[], deps: RunGatherDeps): Promise<Run | null> {
  try {
    return await deps.codeHost.getRun(target.repository, target.runId);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    notes.push('GitHub refused to show the run: it was deleted, or the token lacks the right to read Actions.');
    return null;
  }
}

async function readLogs(
  target: GithubRunTarget,
  failed: readonly Job[],
  notes: string[],
  deps: RunGatherDeps,
): Promise<EvidenceSource[]> {
  const { repository, runId, runAttempt } = target;
  const archive = await deps.codeHost.downloadLogs(repository, runId, runAttempt, MAX_ARCHIVE_BYTES);
  if (archive.kind === 'unavailable') {
    notes.push(`The logs could not be read: ${archive.reason}`);
    return [];
  }
  const excerpts = makeExcerpts(failed.length || 1);
  const waiting = [...failed];
  let opened = 0;
  const content = await deps.archives.read(archive.bytes, (log) => {
    const index = waiting.findIndex(({ name }) => sameJobName(log.job, name));
    if (opened >= MAX_EVIDENCE_SOURCES || (index < 0 && failed.length > 0)) return null;
    const job = waiting.splice(index, index < 0 ? 0 : 1)[0];
    opened += 1;
    const source = excerpts.open({
      id: job ? `job-${job.id}` : `log-${opened}`,
      name: job?.name ?? log.job,
      url: job?.url ?? null,
    });
    return (chunk) => source.push(chunk);
  });
  const { sources, notes: cuts } = excerpts.finish();
  notes.push(...content.notes, ...cuts);
  if (waiting.length > 0) notes.push(`${waiting.length} of ${failed.length} failed jobs have no log that was read.`);
  return sources;
}
