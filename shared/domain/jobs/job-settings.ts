import * as z from 'zod';

const EndpointName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'Must be the name of an entry of http.allowedEndpoints');
const ServiceName = z.string().regex(/^[a-z0-9-]{1,60}$/, 'Must be the id of a configured service');

const AirflowSource = z.strictObject({
  /** Entry of `http.allowedEndpoints`, whose address ends with `/api/v2/` (Airflow 3) or `/api/v1/` (Airflow 2). */
  endpoint: EndpointName,
  /** The service that the DAGs belong to: its mode and playbooks hold for them. */
  service: ServiceName,
  /** Ids of DAGs; a `*` at the end stands for the rest. All by default. */
  dags: z
    .array(z.string().regex(/^[\p{L}\p{N}_.-]{0,250}\*?$/u, 'Must be the id of a DAG, or its beginning and *'))
    .min(1)
    .max(200)
    .default(['*']),
});
export type AirflowSource = z.infer<typeof AirflowSource>;

/** Where the owner's submit script reads the settings of executors, and how far they may be raised. */
const ExecutorSettings = z.strictObject({
  /** Name of a plain parameter of SSM whose text is a JSON object such as `{"spark.executor.memory": "4g", "spark.executor.cores": "2"}`. */
  parameter: z
    .string()
    .regex(/^\/?[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+){0,14}$/, 'Must be the name of a parameter of SSM'),
  maxMemoryMb: z.number().int().min(512).max(1_048_576),
  maxCores: z.number().int().min(1).max(256),
});

const SparkSource = z.strictObject({
  /** Entry of `http.allowedEndpoints`, whose address ends with `/api/v1/`. */
  endpoint: EndpointName,
  service: ServiceName,
  /** Names of applications; a `*` at the end stands for the rest. All by default. */
  applications: z.array(z.string().min(1).max(200)).min(1).max(200).default(['*']),
  /** Absent: executors are not resized. */
  executors: ExecutorSettings.optional(),
});
export type SparkSource = z.infer<typeof SparkSource>;

const JenkinsSource = z.strictObject({
  /** Entry of `http.allowedEndpoints`: the root of a Jenkins, such as `https://jenkins.example.com/`. */
  endpoint: EndpointName,
  service: ServiceName,
  /** Full names of jobs, folders included (`team/deploy`); a `*` at the end stands for the rest, however deep. All by default. */
  jobs: z
    .array(
      z
        .string()
        .regex(
          /^(?!\/)(?:[^*\p{Cc}\p{Zl}\p{Zp}]{1,299}|[^*\p{Cc}\p{Zl}\p{Zp}]{0,299}\*)$/u,
          'Must be the full name of a job, or its beginning and *',
        )
        .refine(
          (pattern) =>
            !pattern.split('/').some((part) => (part === '' && pattern !== '') || part === '.' || part === '..'),
          'Must be a name without empty parts, . and ..',
        ),
    )
    .min(1)
    .max(50)
    .default(['*']),
  /** Whether a failed build may be built again. */
  rebuild: z.boolean().default(false),
});
export type JenkinsSource = z.infer<typeof JenkinsSource>;

/** The block `jobs` of the configuration: job systems that are asked for what failed. */
export const Jobs = z
  .strictObject({
    /** The first entry that lists a DAG holds for it; what none lists is left alone. */
    airflow: z.array(AirflowSource).max(20).default([]),
    /** Spark History Servers. The first entry that lists an application holds for it. */
    spark: z.array(SparkSource).max(20).default([]),
    /** The first entry that lists a job holds for it. */
    jenkins: z.array(JenkinsSource).max(20).default([]),
  })
  .prefault({});
export type Jobs = z.infer<typeof Jobs>;

/** The entry that holds for a DAG, at one endpoint or at any; null when none lists it. */
export function airflowSourceOf({ airflow }: Jobs, dag: string, endpoint: string | null = null): AirflowSource | null {
  return airflow.find((one) => isAt(one, endpoint) && one.dags.some((pattern) => covers(pattern, dag))) ?? null;
}

/** The entry that holds for a Spark application by its name; null when none lists it. */
export function sparkSourceOf({ spark }: Jobs, name: string, endpoint: string | null = null): SparkSource | null {
  return spark.find((one) => isAt(one, endpoint) && one.applications.some((pattern) => covers(pattern, name))) ?? null;
}

/** The entry that holds for a Jenkins job by its full name; null when none lists it. */
export function jenkinsSourceOf({ jenkins }: Jobs, name: string, endpoint: string): JenkinsSource | null {
  return jenkins.find((one) => one.endpoint === endpoint && one.jobs.some((pattern) => covers(pattern, name))) ?? null;
}

const isAt = (one: { readonly endpoint: string }, endpoint: string | null): boolean =>
  endpoint === null || one.endpoint === endpoint;
/** Whether a name is the pattern, or begins with it up to its `*`. */
export const covers = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

export interface JobProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Endpoints and services that the block names and the rest of the configuration lacks. */
export function jobProblems(
  jobs: Jobs,
  { services, endpoints }: { readonly services: readonly string[]; readonly endpoints: readonly string[] },
): JobProblem[] {
  return (['airflow', 'spark', 'jenkins'] as const).flatMap((kind) =>
    jobs[kind].flatMap(({ endpoint, service }, at) => [
      ...(endpoints.includes(endpoint)
        ? []
        : [{ path: [kind, at, 'endpoint'], message: `http.allowedEndpoints has no entry ${endpoint}: add it there` }]),
      ...(services.includes(service)
        ? []
        : [{ path: [kind, at, 'service'], message: `there is no service ${service} in services` }]),
    ]),
  );
}
