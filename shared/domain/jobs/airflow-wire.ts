import * as z from 'zod';
import { AirflowKey, AirflowRunId } from '../incident/job.ts';

/*
 * What is read of Airflow's answers, in the forms of its stable REST API v2 (Airflow 3) and v1 (Airflow 2), which agree in these fields.
 * https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html
 */

const Instant = z.iso.datetime({ offset: true });

/** One task instance as Airflow lists it. */
export const TaskInstance = z.object({
  dag_id: AirflowKey,
  dag_run_id: AirflowRunId,
  task_id: AirflowKey,
  map_index: z.number().int().default(-1),
  try_number: z.number().int(),
  /** Null: not scheduled yet. */
  state: z.string().nullable(),
  start_date: Instant.nullable(),
  end_date: Instant.nullable(),
});
export type TaskInstance = z.infer<typeof TaskInstance>;

/** A page of entries; one that cannot be read does not hide the others. */
export const TaskInstances = z.object({
  task_instances: z.array(TaskInstance.nullable().catch(null)).transform((all) => all.filter((one) => one !== null)),
  total_entries: z.number().int(),
});

/** The tasks of a DAG, with what follows each. */
export const Tasks = z.object({
  tasks: z.array(
    z.object({ task_id: z.string().nullable(), downstream_task_ids: z.array(z.string()).nullable().default([]) }),
  ),
});
export type Tasks = z.infer<typeof Tasks>['tasks'];

export const ImportErrors = z.object({
  import_errors: z.array(
    z.object({
      import_error_id: z.number().int(),
      filename: z.string(),
      /** v2 */
      bundle_name: z.string().nullable().default(null),
      stack_trace: z.string(),
    }),
  ),
});
export type ImportError = z.infer<typeof ImportErrors>['import_errors'][number];

const LogLine = z.union([
  z.string(),
  z
    .looseObject({ event: z.string(), level: z.string().optional(), timestamp: z.string().optional() })
    .transform(({ timestamp = '', level = '', event }) =>
      [timestamp, level.toUpperCase(), event].filter(Boolean).join(' '),
    ),
]);

/** The log of one try: text in v1, lines or structured messages in v2. */
export const TaskLog = z.object({
  content: z.union([z.string(), z.array(LogLine).transform((lines) => lines.join('\n'))]),
  continuation_token: z.string().nullable().optional(),
});
