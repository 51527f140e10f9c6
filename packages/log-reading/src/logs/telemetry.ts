import * as z from 'zod';
import { ResourceState } from './resource-state.ts';

/** How a job ended in one attempt of a run. */
const JobResult = z.strictObject({
  runId: z.number().int(),
  attempt: z.number().int().positive(),
  passed: z.boolean(),
});
export type JobResult = z.infer<typeof JobResult>;

/** Results of one of the failed jobs in other runs. */
const JobHistory = z.strictObject({
  jobId: z.number().int(),
  /** Other attempts of the workflow on the same commit, newest first. */
  sameCommit: z.array(JobResult).max(40),
  /** The newest runs on the default branch, newest first. */
  defaultBranch: z.array(JobResult).max(40),
});
export type JobHistory = z.infer<typeof JobHistory>;

const RunFields = z.strictObject({
  attempt: z.number().int().positive(),
  status: z.string(),
  conclusion: z.string().nullable(),
  /** State of the run's pull request; null where it has none, or the state is not known. */
  pullRequest: z.enum(['open', 'closed', 'merged']).nullable().default(null),
  /** Whether the same workflow has run on the same branch since. */
  newerRun: z.boolean().default(false),
  failedJobIds: z.array(z.number().int()),
  /** Number of the attempt's jobs that passed. */
  passedJobs: z.number().int().nonnegative().default(0),
  /** When the attempt began. */
  startedAt: z.iso.datetime({ offset: true }).nullable().default(null),
  /** Duration of the newest runs that passed on the default branch at the first attempt, newest first. */
  usualSeconds: z.array(z.number().nonnegative()).max(20).default([]),
  /**
   * Conclusions of the newest completed runs of the same workflow on the default branch, newest first, without this
   * run.
   */
  defaultBranchConclusions: z.array(z.string()),
  /** Of the failed jobs, in the order of their ids above; empty when they could not be read. */
  jobHistories: z.array(JobHistory).max(8).default([]),
});

const RunFacts = z.strictObject({ kind: z.literal('run'), ...RunFields.shape });
export type RunFacts = z.infer<typeof RunFacts>;

/** Kind of runs in records of format 4 and before, which knew one code host. */
export const FORMER_RUN_KIND = 'github-run';

/** Reads the facts of a run of format 4. */
const FormerRunFacts = z
  .strictObject({ kind: z.literal(FORMER_RUN_KIND), ...RunFields.shape })
  .transform((former): RunFacts => ({ ...former, kind: 'run' }));

/**
 * Times of other deployments: the newest versions of a Lambda function, and what an ECS service has not replaced yet.
 */
const OtherDeployments = z
  .array(z.iso.datetime({ offset: true }))
  .max(50)
  .optional();

/** A service's deployment as AWS reports it: the current version, the previous one, and since when. */
export const Deployment = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('lambda-alias'),
    functionName: z.string(),
    alias: z.string(),
    currentVersion: z.string(),
    previousVersion: z.string().nullable(),
    revisionId: z.string(),
    deployedAt: z.iso.datetime({ offset: true }).nullable(),
    otherDeployments: OtherDeployments,
  }),
  z.strictObject({
    kind: z.literal('ecs-service'),
    cluster: z.string(),
    service: z.string(),
    currentTaskDefinition: z.string(),
    previousTaskDefinition: z.string().nullable(),
    deployedAt: z.iso.datetime({ offset: true }).nullable(),
    otherDeployments: OtherDeployments,
  }),
]);
export type Deployment = z.infer<typeof Deployment>;

const AlarmFacts = z.strictObject({
  kind: z.literal('alarm'),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  stateSince: z.iso.datetime({ offset: true }).nullable(),
  serviceId: z.string().nullable(),
  deployment: Deployment.nullable(),
  /** What the service's remedies for this alarm would change; unreadable resources are left out. */
  resources: z.array(ResourceState).max(16).default([]),
});

/** About a report, whose target has no state that could be asked for. */
const ReportFacts = z.strictObject({
  kind: z.literal('report'),
  serviceId: z.string().nullable(),
  deployment: Deployment.nullable(),
});

/** About an alert of another tool: its state is what the tool sent last. */
const AlertFacts = z.strictObject({
  kind: z.literal('alert'),
  serviceId: z.string().nullable(),
  deployment: Deployment.nullable(),
  /** Of a failed execution of CodePipeline: the stage that failed, as CodePipeline lists it. */
  failedStage: z.string().max(100).optional(),
});

/** Facts read from APIs with our own credentials, independent of anything a log says. Candidates are built from these. */
export const Telemetry = z.strictObject({
  version: z.literal(1),
  readAt: z.iso.datetime(),
  facts: z.discriminatedUnion('kind', [RunFacts, FormerRunFacts, AlarmFacts, AlertFacts, ReportFacts]),
});
export type Telemetry = z.infer<typeof Telemetry>;
export type AlarmFacts = z.infer<typeof AlarmFacts>;
export type AlertFacts = z.infer<typeof AlertFacts>;
export type ReportFacts = z.infer<typeof ReportFacts>;

const FAILED: ReadonlySet<string> = new Set(['failure', 'timed_out', 'startup_failure']);

/** Whether GitHub's conclusion of a run or job is a failure; null: it has not ended. */
export function isFailure(conclusion: string | null): boolean {
  return conclusion !== null && FAILED.has(conclusion);
}
