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

/** The block `jobs` of the configuration: job systems that are asked for what failed. */
export const Jobs = z
  .strictObject({
    /** The first entry that lists a DAG holds for it; what none lists is left alone. */
    airflow: z.array(AirflowSource).max(20).default([]),
  })
  .prefault({});
export type Jobs = z.infer<typeof Jobs>;

/** The entry that holds for a DAG, at one endpoint or at any; null when none lists it. */
export function airflowSourceOf({ airflow }: Jobs, dag: string, endpoint: string | null = null): AirflowSource | null {
  const isOf = (pattern: string): boolean =>
    pattern.endsWith('*') ? dag.startsWith(pattern.slice(0, -1)) : pattern === dag;
  const fitting = airflow.filter((one) => endpoint === null || one.endpoint === endpoint);
  return fitting.find(({ dags }) => dags.some(isOf)) ?? null;
}

export interface JobProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Endpoints and services that the block names and the rest of the configuration lacks. */
export function jobProblems(
  { airflow }: Jobs,
  { services, endpoints }: { readonly services: readonly string[]; readonly endpoints: readonly string[] },
): JobProblem[] {
  return airflow.flatMap(({ endpoint, service }, at) => [
    ...(endpoints.includes(endpoint)
      ? []
      : [
          {
            path: ['airflow', at, 'endpoint'],
            message: `http.allowedEndpoints has no entry ${endpoint}: add it there`,
          },
        ]),
    ...(services.includes(service)
      ? []
      : [{ path: ['airflow', at, 'service'], message: `there is no service ${service} in services` }]),
  ]);
}
