import * as z from 'zod';
import { rounded } from '../gates/metric-kind.ts';

/** How a job ended. `running`: it had not ended when it was read. */
const JobStatus = z.enum(['success', 'failure', 'cancelled', 'skipped', 'running', 'unknown']);
export type JobStatus = z.infer<typeof JobStatus>;

const seconds = z.number().min(0).max(1e9);
const count = z.number().int().min(0).max(1e9);

const JobRecord = z.strictObject({
  /** As in the workflow file, redacted. */
  name: z.string().min(1).max(200),
  status: JobStatus,
  /** Null while it runs, and when it never ran. */
  seconds: seconds.nullable(),
  /** From its creation until a runner took it. */
  queueSeconds: seconds.nullable(),
});
type JobRecord = z.infer<typeof JobRecord>;

/** Reactions to Selfheal's comments on the pull request of a run. */
const Reactions = z.strictObject({ positive: count, negative: count });

/** What is kept of a workflow run. What was not measured is null. */
export const RunRecord = z.strictObject({
  run: z.number().int().positive(),
  attempt: z.number().int().positive(),
  /** When the run was created. */
  at: z.iso.datetime(),
  workflow: z.string().max(200),
  /** Whether it ran for the default branch, and not for a pull request or another branch. */
  isDefaultBranch: z.boolean(),
  pullRequest: z.number().int().positive().nullable(),
  status: JobStatus,
  /** From the start of this attempt until its last job ended. */
  durationSeconds: seconds.nullable(),
  /** The longest time that one of its jobs waited for a runner. */
  queueSeconds: seconds.nullable(),
  jobs: z.array(JobRecord).max(30),
  coverage: z.number().min(0).max(100).nullable(),
  vulnerabilities: z.strictObject({ critical: count, high: count }).nullable(),
  /** Highest confidence of a proposed fix, 0 to 1. */
  fixConfidence: z.number().min(0).max(1).nullable(),
  hasFlakyTests: z.boolean().nullable(),
  reactions: Reactions.nullable(),
});
export type RunRecord = z.infer<typeof RunRecord>;

const MAX_RUNS = 500;

/** The state document `runs`: the newest runs, by id. */
export const RunRecords = z.strictObject({
  version: z.literal(1),
  runs: z
    .array(RunRecord)
    .max(MAX_RUNS)
    .refine((runs) => runs.every(({ run }, at) => run > (runs[at - 1]?.run ?? 0)), 'Runs must be in order, each once.'),
});
export type RunRecords = z.infer<typeof RunRecords>;

export const RUN_RECORDS = {
  schema: RunRecords,
  empty: { version: 1, runs: [] } satisfies RunRecords,
  what: 'runs',
} as const;
export const RUNS_DOCUMENT = 'runs';

/** Adds or replaces a run. A later attempt, or a later reading of the same one, replaces it; what only the earlier reading measured is kept. */
export function withRunRecord(records: RunRecords, given: RunRecord): RunRecords | null {
  const known = records.runs.find(({ run }) => run === given.run);
  if (known !== undefined && known.attempt > given.attempt) return null;
  const merged: RunRecord =
    known === undefined
      ? given
      : {
          ...given,
          coverage: given.coverage ?? known.coverage,
          vulnerabilities: given.vulnerabilities ?? known.vulnerabilities,
          fixConfidence: given.fixConfidence ?? known.fixConfidence,
          hasFlakyTests: given.hasFlakyTests ?? known.hasFlakyTests,
          reactions: given.reactions ?? known.reactions,
        };
  if (known !== undefined && JSON.stringify(merged) === JSON.stringify(RunRecord.parse(known))) return null;
  const runs = [...records.runs.filter(({ run }) => run !== given.run), merged].sort((a, b) => a.run - b.run);
  return { version: 1, runs: runs.slice(-MAX_RUNS) };
}

/** The three jobs that the metrics always name, and how a job's name tells which of them it is. */
const NAMED_JOBS = { lint: /lint|format|style/i, coverage: /cover/i, test: /test/i } as const;

/** The metrics of a run as an artifact: `ci_metrics/run_metrics.json`. */
export const MetricsArtifact = z.strictObject({
  timestamp: z.iso.datetime(),
  workflow_run_id: z.number().int(),
  metrics: z.strictObject({
    coverage_pct: z.number().nullable(),
    ai_fix_confidence: z.number().nullable(),
    has_flaky_tests: z.boolean().nullable(),
    rerun_count: z.number().int(),
    build_duration_seconds: z.number().nullable(),
    queue_time_seconds: z.number().nullable(),
    vulnerabilities_critical: z.number().int().nullable(),
    vulnerabilities_high: z.number().int().nullable(),
  }),
  /** `lint`, `test` and `coverage` are always there: `unknown` when the workflow has no such job. */
  job_statuses: z.record(z.string(), JobStatus),
});
export type MetricsArtifact = z.infer<typeof MetricsArtifact>;

export function metricsArtifact(record: RunRecord, at: string): MetricsArtifact {
  return {
    timestamp: at,
    workflow_run_id: record.run,
    metrics: {
      coverage_pct: record.coverage === null ? null : rounded(record.coverage),
      ai_fix_confidence: record.fixConfidence,
      has_flaky_tests: record.hasFlakyTests,
      rerun_count: rerunsOf(record),
      build_duration_seconds: record.durationSeconds,
      queue_time_seconds: record.queueSeconds,
      vulnerabilities_critical: record.vulnerabilities?.critical ?? null,
      vulnerabilities_high: record.vulnerabilities?.high ?? null,
    },
    job_statuses: jobStatuses(record.jobs),
  };
}

export const rerunsOf = ({ attempt }: RunRecord): number => attempt - 1;

const WORST: readonly JobStatus[] = ['failure', 'cancelled', 'running', 'unknown', 'success', 'skipped'];

/** The worst of several jobs of one kind (a matrix). Other jobs are listed under their own names. */
function jobStatuses(jobs: readonly JobRecord[]): Record<string, JobStatus> {
  const statuses = new Map<string, JobStatus>();
  for (const { name, status } of jobs) {
    const kind = Object.entries(NAMED_JOBS).find(([, pattern]) => pattern.test(name))?.[0] ?? name;
    const known = statuses.get(kind);
    if (known === undefined || WORST.indexOf(status) < WORST.indexOf(known)) statuses.set(kind, status);
  }
  const named = (['lint', 'test', 'coverage'] as const).map((kind) => [kind, statuses.get(kind) ?? 'unknown'] as const);
  return Object.fromEntries([...named, ...[...statuses].filter(([name]) => !(name in NAMED_JOBS))]);
}
