import * as z from 'zod';

/** Name of an entry of `http.allowedEndpoints`, through which the job system is asked. */
const Endpoint = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
/** Key of a DAG or a task as Airflow allows it; `.` and `..` are path segments and left out. */
export const AirflowKey = z
  .string()
  .regex(/^(?!\.{1,2}$)[\p{L}\p{N}_.-]{1,250}$/u, 'Must be the id of a DAG or a task');
/** Id of a DAG run as Airflow allows it by default: `scheduled__2026-11-27T02:00:00+00:00`. */
export const AirflowRunId = z.string().regex(/^(?!\.{1,2}$)[A-Za-z0-9_.~:+-]{1,250}$/, 'Must be the id of a DAG run');

/** One task instance of an Airflow DAG run. */
export const AirflowTask = z.strictObject({
  kind: z.literal('airflow-task'),
  endpoint: Endpoint,
  dag: AirflowKey,
  run: AirflowRunId,
  task: AirflowKey,
  /** -1 for a task that is not mapped. */
  mapIndex: z.number().int().min(-1),
  /** Tasks after it failed or were not started because of it: running it again alone would leave its run failed. */
  isBlocking: z.literal(true).optional(),
});
export type AirflowTask = z.infer<typeof AirflowTask>;

/** A file of DAGs that Airflow cannot import. */
const AirflowFile = z.strictObject({
  kind: z.literal('airflow-file'),
  endpoint: Endpoint,
  file: z.string().min(1).max(300),
});

/** A Spark application, by its name: its id is new each time it is submitted. */
export const SparkApplication = z.strictObject({
  kind: z.literal('spark-application'),
  endpoint: Endpoint,
  application: z.string().regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{1,200}$/u),
});
export type SparkApplication = z.infer<typeof SparkApplication>;

/** Full name of a Jenkins job with its folders: `team/deploy`. The job of a branch is named by it, encoded once: `team/shop/feature%2Fcart`. */
export const JenkinsJobName = z
  .string()
  .max(300)
  .regex(
    /^(?!\.{1,2}(?:\/|$))[^/\p{Cc}\p{Zl}\p{Zp}]+(?:\/(?!\.{1,2}(?:\/|$))[^/\p{Cc}\p{Zl}\p{Zp}]+)*$/u,
    'Must be the full name of a job',
  );

/** One build of a Jenkins job. */
export const JenkinsBuild = z.strictObject({
  kind: z.literal('jenkins-build'),
  endpoint: Endpoint,
  job: JenkinsJobName,
  build: z.number().int().positive(),
  /** Jenkins does not show the value of one of its parameters: it cannot be started again as it was. */
  hidesParameters: z.literal(true).optional(),
});
export type JenkinsBuild = z.infer<typeof JenkinsBuild>;

/**
 * What failed in a job system. Set by code alone, either as it was read there with the deployment's own credentials, or from the path of an authenticated
 * request; never from a report's text. So, other than what a report says, it may bind an action.
 */
export const Job = z.discriminatedUnion('kind', [AirflowTask, AirflowFile, SparkApplication, JenkinsBuild]);
export type Job = z.infer<typeof Job>;

/** Kinds of jobs that playbooks may be for. Of a mapped task only all instances together can be named. */
export const PLAYBOOK_JOBS = ['airflow-task', 'airflow-blocking-task', 'airflow-mapped-task'] as const;
export type PlaybookJob = (typeof PLAYBOOK_JOBS)[number];

/** The kind of a job as playbooks name it; null where no playbook can be for it. */
export function playbookJobOf(job: Job): PlaybookJob | null {
  if (job.kind !== 'airflow-task') return null;
  if (job.mapIndex >= 0) return 'airflow-mapped-task';
  return job.isBlocking === true ? 'airflow-blocking-task' : 'airflow-task';
}

/** Key of what an action changes for a job: an Airflow DAG run, the settings of a Spark application, or a Jenkins job. */
export function jobKey(job: Job): string {
  switch (job.kind) {
    case 'airflow-task':
      return `airflow:${job.endpoint}/${job.dag}/${job.run}`;
    case 'airflow-file':
      return `airflow-file:${job.endpoint}/${job.file}`;
    case 'spark-application':
      return `spark:${job.endpoint}/${job.application}`;
    case 'jenkins-build':
      return `jenkins:${job.endpoint}/${job.job}`;
    default:
      return job satisfies never;
  }
}

/** What failed, as people name it: `nightly.load`. */
export function jobWords(job: Job): string {
  switch (job.kind) {
    case 'airflow-task':
      return `${job.dag}.${job.task}${job.mapIndex < 0 ? '' : `[${job.mapIndex}]`}`;
    case 'airflow-file':
      return job.file;
    case 'spark-application':
      return job.application;
    case 'jenkins-build':
      return `${job.job} #${job.build}`;
    default:
      return job satisfies never;
  }
}
