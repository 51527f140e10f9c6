import { messageOf } from '@selfheal/kernel/errors.ts';
import { RUN_RECORDS, RUNS_DOCUMENT, type RunRecord, withRunRecord } from '../../domain/ci-metrics/run-record.ts';
import { type Sample, samplesOf } from '../../domain/ci-metrics/samples.ts';
import type { CiRun, CiRunReader, MetricSink } from '../../ports/ci-metrics.ts';
import { type StateDeps, updateDocument } from '../quality-state/update-document.ts';

const MAX_JOBS = 30;

/** What only the caller knows of a run: from reports and the jobs before. */
export type Measurements = Pick<RunRecord, 'coverage' | 'vulnerabilities' | 'fixConfidence' | 'hasFlakyTests'>;

/** Reads a run and computes its record. The reactions are left out when they may not be read. Throws what the reader throws. */
export async function collectRun(
  reader: CiRunReader,
  { repository, runId, measurements }: { repository: string; runId: number; measurements: Measurements },
): Promise<RunRecord> {
  const run = await reader.run(repository, runId);
  const reactions =
    run.pullRequest === null ? null : await reader.reactions(repository, run.pullRequest).catch(() => null);
  return { ...runRecordOf(run), ...measurements, reactions };
}

/** The times of a run. The clocks of runners differ a little, so no time is below zero. */
function runRecordOf(run: CiRun): RunRecord {
  const between = (from: string | null, to: string | null): number | null => {
    const seconds = from === null || to === null ? Number.NaN : (Date.parse(to) - Date.parse(from)) / 1000;
    return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
  };
  const jobs = run.jobs.map(({ name, status, createdAt, startedAt, completedAt }) => ({
    name,
    status,
    seconds: status === 'skipped' ? null : between(startedAt, completedAt),
    queueSeconds: status === 'skipped' ? null : between(createdAt, startedAt),
  }));
  const ends = run.jobs.flatMap(({ completedAt }) => completedAt ?? []).sort((a, b) => Date.parse(a) - Date.parse(b));
  const queued = jobs.flatMap(({ queueSeconds }) => queueSeconds ?? []);
  // The job that measures is part of the run and still runs: the other jobs decide the run's status.
  const ended = jobs.map(({ status }) => status);
  const soFar = ended.includes('failure') ? 'failure' : ended.includes('cancelled') ? 'cancelled' : 'success';
  return {
    run: run.run,
    attempt: run.attempt,
    at: new Date(run.createdAt).toISOString(),
    workflow: run.workflow,
    isDefaultBranch: run.isDefaultBranch,
    pullRequest: run.pullRequest,
    status: run.status === 'running' && ends.length > 0 ? soFar : run.status,
    durationSeconds: between(run.startedAt, ends.at(-1) ?? null),
    queueSeconds: queued.length === 0 ? null : Math.max(...queued),
    jobs: jobs.filter(({ status }) => status !== 'running').slice(0, MAX_JOBS),
    coverage: null,
    vulnerabilities: null,
    fixConfidence: null,
    hasFlakyTests: null,
    reactions: null,
  };
}

/** Whether a platform took the metrics. `reason`: a sentence that says why not. */
export interface Emission {
  readonly sink: string;
  readonly reason: string | null;
}

/** Sends the metrics to every platform. One that fails neither stops the others nor breaks the build. */
export async function emitMetrics(
  sinks: readonly MetricSink[],
  { record, repository, at }: { readonly record: RunRecord; readonly repository: string; readonly at: Date },
): Promise<Emission[]> {
  const samples: Sample[] = samplesOf(record, repository);
  return await Promise.all(
    sinks.map(async (sink) => {
      try {
        await sink.send(samples, at);
        return { sink: sink.name, reason: null };
      } catch (error) {
        return { sink: sink.name, reason: messageOf(error) };
      }
    }),
  );
}

/** Keeps the record of the run in the state document `runs`. Throws `Retryable`, `CorruptRecord`. */
export async function storeRun(deps: StateDeps, record: RunRecord): Promise<'stored' | 'known-already'> {
  const { changed } = await updateDocument(deps, RUNS_DOCUMENT, RUN_RECORDS, (known) => withRunRecord(known, record));
  return changed ? 'stored' : 'known-already';
}
