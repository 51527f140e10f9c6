import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import { jobNameOf } from '@selfheal/log-reading/logs/job-name.ts';
import { isFailure } from '@selfheal/log-reading/logs/telemetry.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import * as z from 'zod';
import type { CodeHost, Job, JobAttempt, Run } from '#shared/ports/code-host.ts';
import type { HostApi, JobText } from '#shared/ports/host-api.ts';
import { projectPath } from './project.ts';
import { eventOf } from './source.ts';

const MAX_JOB_PAGES = 30;
const MAX_READ_LOGS = 12;
const MAX_TRACE_BYTES = 100_000_000;

/** https://docs.gitlab.com/api/pipelines/ */
const Pipeline = z.object({
  id: z.number(),
  status: z.string(),
  sha: z.string(),
  ref: z.string().nullish(),
  source: z.string().nullish(),
  created_at: z.string(),
  updated_at: z.string(),
  started_at: z.string().nullish(),
  finished_at: z.string().nullish(),
  web_url: z.string(),
});
type Pipeline = z.infer<typeof Pipeline>;

/** https://docs.gitlab.com/api/jobs/ */
const PipelineJob = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
  failure_reason: z.string().nullish(),
  created_at: z.string(),
  finished_at: z.string().nullish(),
  web_url: z.string().nullish(),
});
type PipelineJob = z.infer<typeof PipelineJob>;

const ENDS: Readonly<Record<string, string>> = {
  success: 'success',
  failed: 'failure',
  canceled: 'cancelled',
  skipped: 'skipped',
  manual: 'action_required',
};
const TIMEOUTS = new Set(['job_execution_timeout', 'stuck_or_timeout_failure']);

/** Why a job failed beside its script, by GitLab's `failure_reason`; the words are ours. */
const REASONS: Readonly<Record<string, string>> = {
  job_execution_timeout: 'The job has exceeded the maximum execution time of its project or runner.',
  stuck_or_timeout_failure: 'The job was stuck: it waited or ran until GitLab ended it.',
  runner_system_failure: 'There was a runner system failure: the machine of the runner failed, not the script.',
  runner_unsupported: 'The runner is too old for what the job asks of it.',
  no_matching_runner: 'No runner matches the tags of the job.',
  missing_dependency_failure: 'Artifacts of an earlier job that it needs are missing.',
  api_failure: 'GitLab could not be reached by the runner.',
  unknown_failure: 'GitLab does not know why the job failed.',
  data_integrity_failure: 'GitLab found the data of the job damaged.',
  forward_deployment_failure: 'A newer deployment has already run, so this one was stopped.',
  ci_quota_exceeded: 'The compute minutes of the namespace are used up.',
  user_blocked: 'The user who started the job is blocked.',
};

function runOf(pipeline: Pipeline, attempt: number): Run {
  const conclusion = ENDS[pipeline.status] ?? null;
  return {
    id: pipeline.id,
    attempt,
    status: conclusion === null ? pipeline.status : 'completed',
    conclusion,
    url: pipeline.web_url,
    workflowId: 0,
    headSha: pipeline.sha,
    createdAt: pipeline.created_at,
    startedAt: pipeline.started_at ?? pipeline.created_at,
    updatedAt: pipeline.finished_at ?? pipeline.updated_at,
    baseBranch: null,
    fromFork: eventOf(pipeline.source) === 'pull_request',
  };
}

/** A failure that the pipeline allows is none of it. */
function conclusionOf({ status, allow_failure, failure_reason }: PipelineJob): string | null {
  if (status !== 'failed') return ENDS[status] ?? null;
  if (allow_failure === true) return 'neutral';
  return TIMEOUTS.has(failure_reason ?? '') ? 'timed_out' : 'failure';
}

interface Attempted {
  readonly job: PipelineJob;
  readonly attempt: number;
}

/**
 * Numbers the attempts of a pipeline, which GitLab does not: a job that is retried is a new job of the same name. All that one retry makes is
 * made before any of it ends, so a new attempt begins with a job that was made after one of the attempt before had ended, or with a second job of
 * one name.
 */
export function numberAttempts(jobs: readonly PipelineJob[]): readonly Attempted[] {
  const seen = new Set<string>();
  let attempt = 1;
  let wave: PipelineJob[] = [];
  return jobs
    .toSorted((a, b) => a.id - b.id)
    .map((job) => {
      if (!seen.has(job.name)) {
        seen.add(job.name);
        return { job, attempt: 1 };
      }
      const begins = wave.some(
        ({ name, finished_at }) =>
          name === job.name || (finished_at != null && Date.parse(finished_at) <= Date.parse(job.created_at)),
      );
      if (attempt === 1 || begins) {
        attempt += 1;
        wave = [];
      }
      wave.push(job);
      return { job, attempt };
    });
}

/** The jobs of an attempt: of each name the newest that was there. */
function jobsOfAttempt(attempted: readonly Attempted[], attempt: number): PipelineJob[] {
  const newest = new Map<string, PipelineJob>();
  for (const { job, attempt: at } of attempted) if (at <= attempt) newest.set(job.name, job);
  return [...newest.values()];
}

const jobOf = (job: PipelineJob): Job => ({
  id: job.id,
  name: jobNameOf(job.name),
  conclusion: conclusionOf(job),
  url: job.web_url ?? null,
  failedStep: null,
});

/** Pipelines as runs. */
export function pipelines(
  api: HostApi,
): Pick<
  CodeHost,
  | 'getRun'
  | 'listJobs'
  | 'listJobAttempts'
  | 'listCommitRuns'
  | 'listPushRuns'
  | 'listDefaultBranchRuns'
  | 'hasNewerRun'
  | 'runnerMessages'
  | 'downloadLogs'
  | 'rerunFailedJobs'
  | 'cancelRun'
> {
  const pipelineAt = (repository: string, id: number): string => `${projectPath(repository)}/pipelines/${id}`;
  const attemptedOf = async (repository: string, id: number): Promise<readonly Attempted[]> =>
    numberAttempts(
      await api.list(`${pipelineAt(repository, id)}/jobs`, PipelineJob, { include_retried: true }, MAX_JOB_PAGES),
    );
  const listed = async (repository: string, query: Readonly<Record<string, string | number>>): Promise<Pipeline[]> => {
    const newest = { order_by: 'id', sort: 'desc', ...query };
    const found = await api.list(`${projectPath(repository)}/pipelines`, Pipeline, newest, 1);
    return found.filter(({ source }) => source !== 'parent_pipeline');
  };
  const isOver = ({ status }: Pipeline): boolean => ENDS[status] !== undefined;
  return {
    getRun: async (repository, runId) => {
      const [pipeline, attempted] = await Promise.all([
        api.read(pipelineAt(repository, runId), Pipeline),
        attemptedOf(repository, runId),
      ]);
      return runOf(pipeline, Math.max(1, ...attempted.map(({ attempt }) => attempt)));
    },
    listJobs: async (repository, runId, attempt) =>
      jobsOfAttempt(await attemptedOf(repository, runId), attempt).map(jobOf),
    listJobAttempts: async (repository, runId) =>
      (await attemptedOf(repository, runId)).map(
        ({ job, attempt }): JobAttempt => ({
          runId,
          attempt,
          name: jobNameOf(job.name),
          conclusion: conclusionOf(job),
          ...(job.finished_at == null ? {} : { completedAt: job.finished_at }),
        }),
      ),
    listCommitRuns: async (repository, { headSha, event }, limit) => {
      const found = await listed(repository, { sha: headSha });
      const same = found.filter((one) => isOver(one) && eventOf(one.source) === event);
      return same.slice(0, limit).map((one) => runOf(one, 1));
    },
    listPushRuns: async (repository, _workflowId, headSha) =>
      (await listed(repository, { sha: headSha, source: 'push' })).map((one) => runOf(one, 1)),
    listDefaultBranchRuns: async (repository, _workflowId, limit) => {
      const { default_branch } = await api.read(projectPath(repository), z.object({ default_branch: z.string() }));
      const found = await listed(repository, { ref: default_branch, scope: 'finished' });
      return found
        .filter((one) => eventOf(one.source) !== 'pull_request')
        .slice(0, limit)
        .map((one) => runOf(one, 1));
    },
    hasNewerRun: async (repository, runId) => {
      const pipeline = await api.read(pipelineAt(repository, runId), Pipeline);
      if (eventOf(pipeline.source) === 'pull_request' || !pipeline.ref) return false;
      return (await listed(repository, { ref: pipeline.ref })).some(({ id }) => id > runId);
    },
    runnerMessages: async (repository, jobId) => {
      const { failure_reason: reason } = await api.read(`${projectPath(repository)}/jobs/${jobId}`, PipelineJob);
      const words = REASONS[reason ?? ''];
      return words === undefined ? [] : [redactName(words, 1000)];
    },
    downloadLogs: async (repository, runId, attempt, maxBytes, withinMilliseconds) => {
      const jobs = jobsOfAttempt(await attemptedOf(repository, runId), attempt);
      const failed = jobs.filter((job) => isFailure(conclusionOf(job)));
      const chosen = (failed.length > 0 ? failed : jobs.filter(({ finished_at }) => finished_at != null)).slice(
        0,
        MAX_READ_LOGS,
      );
      const texts: JobText[] = [];
      let missing: RedactedText | null = null;
      let left = maxBytes;
      for (const { id, name } of chosen) {
        const trace = () =>
          api.bytes(`${projectPath(repository)}/jobs/${id}/trace`, Math.min(left, MAX_TRACE_BYTES), withinMilliseconds);
        const bytes = await unlessRefused(trace);
        if (bytes === null || bytes.byteLength === 0) {
          missing = phrase`GitLab shows no trace of a job: it was erased, is too long, or the token lacks the scope read_api.`;
          continue;
        }
        texts.push({ job: name, bytes });
        left -= bytes.byteLength;
      }
      if (texts.length > 0) return { kind: 'archive', bytes: api.packLogs(texts) };
      return { kind: 'unavailable', reason: missing ?? phrase`no job of the pipeline has ended` };
    },
    rerunFailedJobs: async (repository, runId) => {
      await api.effect(`${pipelineAt(repository, runId)}/retry`, {}, z.unknown());
    },
    cancelRun: async (repository, runId) => {
      await api.effect(`${pipelineAt(repository, runId)}/cancel`, {}, z.unknown());
    },
  };
}
