import { Refused } from '@selfheal/kernel/errors.ts';
import type * as z from 'zod';
import {
  type ImportError,
  ImportErrors,
  type TaskInstance,
  TaskInstances,
  TaskLog,
  type Tasks,
  Tasks as TasksAnswer,
} from '#shared/domain/jobs/airflow-wire.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';

/** What a round asks one Airflow for. Throws `Refused` with words for people, or `Retryable` when there is no answer at the moment. */
export interface AirflowReader {
  /** Failed task instances that ended then or later, in the order of their ends; at most `MAX_FAILURES`. */
  failedSince(from: Date): Promise<TaskInstance[]>;
  /** All task instances of a run; at most `MAX_FAILURES`. */
  instancesOf(dag: string, run: string): Promise<TaskInstance[]>;
  tasksOf(dag: string): Promise<Tasks>;
  importErrors(): Promise<ImportError[]>;
  /** The log of the last try, raw, its end if it is longer than some megabytes. */
  logOf(instance: TaskInstance): Promise<string>;
}

const TIMEOUT_SECONDS = 10;
const PAGE = 100;
const MAX_FAILURES = 500;
/** A page of task instances, and a page of a log. */
const MAX_BYTES = 4_000_000;
const MAX_LOG_PAGES = 20;

/** `address`: of the endpoint, which says the version of the API. */
export function makeAirflowReader(
  endpoints: Pick<EndpointCaller, 'read'>,
  name: string,
  address: string,
): AirflowReader {
  const isV2 = /\/api\/v2\/$/.test(address);

  async function read<T extends z.ZodType>(path: string, query: Record<string, string>, form: T): Promise<z.output<T>> {
    const search = new URLSearchParams(query).toString();
    const endpoint = `${name}:/${path}${search === '' ? '' : `?${search}`}`;
    const { status, body } = await endpoints.read(endpoint, TIMEOUT_SECONDS, { maxBytes: MAX_BYTES });
    if (status !== 200) throw new Refused(refusalWords(name, path, status));
    const parsed = form.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new Refused(`Airflow (${name}) answered GET ${path} with something that is no answer of its REST API.`);
  }

  async function instances(path: string, query: Record<string, string>): Promise<TaskInstance[]> {
    const found: TaskInstance[] = [];
    for (let offset = 0; offset < MAX_FAILURES; offset += PAGE) {
      const page = await read(path, { ...query, limit: String(PAGE), offset: String(offset) }, TaskInstances);
      found.push(...page.task_instances);
      if (offset + PAGE >= page.total_entries) break;
    }
    return found;
  }

  return {
    failedSince: async (from) => {
      // Only v2 sorts this list; in v1 all pages are read and sorted here.
      const order = isV2 ? { order_by: 'end_date' } : {};
      const query = { state: 'failed', end_date_gte: from.toISOString(), ...order };
      const found = await instances('dags/~/dagRuns/~/taskInstances', query);
      return found.filter((one) => one.end_date !== null).toSorted((a, b) => endOf(a) - endOf(b));
    },
    instancesOf: async (dag, run) => await instances(`dags/${at(dag)}/dagRuns/${at(run)}/taskInstances`, {}),
    tasksOf: async (dag) => (await read(`dags/${at(dag)}/tasks`, {}, TasksAnswer)).tasks,
    importErrors: async () => (await read('importErrors', { limit: String(PAGE) }, ImportErrors)).import_errors,
    logOf: async ({ dag_id: dag, dag_run_id: run, task_id: task, try_number: attempt, map_index: index }) => {
      const path = `dags/${at(dag)}/dagRuns/${at(run)}/taskInstances/${at(task)}/logs/${attempt}`;
      const parts: string[] = [];
      let token: string | null = null;
      for (let page = 0; page < MAX_LOG_PAGES; page += 1) {
        const next: Record<string, string> = token === null ? {} : { token };
        const answer: z.output<typeof TaskLog> = await read(path, { map_index: String(index), ...next }, TaskLog);
        if (answer.content === '') break;
        parts.push(answer.content);
        const following: string | null = answer.continuation_token ?? null;
        if (following === null || following === token) break;
        token = following;
      }
      return parts.join('\n').slice(-MAX_BYTES);
    },
  };
}

const at = (segment: string): string => encodeURIComponent(segment);
const endOf = ({ end_date: end }: TaskInstance): number => Date.parse(end ?? '');

function refusalWords(name: string, path: string, status: number): string {
  const what = `Airflow (endpoint ${name}) answered GET ${path} with ${status}`;
  if (status === 401)
    return `${what}: it does not accept the credentials. Were they rotated? Put new ones into the secret of the endpoint.`;
  if (status === 403)
    return `${what}: its user may not read this. Give it a role that reads DAGs, DAG runs, task instances, task logs and import errors.`;
  if (status === 404)
    return `${what}. The address in http.allowedEndpoints must end with /api/v2/ (Airflow 3) or /api/v1/ (Airflow 2).`;
  return `${what}.`;
}
