import { UsageError } from '@selfheal/cli-kit/command.ts';
import * as z from 'zod';
import { TaskLog } from '#shared/domain/jobs/airflow-wire.ts';

/** A task instance that failed, at last or at a try before the last. */
export interface FailedTask {
  readonly dag: string;
  readonly run: string;
  readonly task: string;
  /** -1 for a task that is not mapped. */
  readonly mapIndex: number;
  /** The try that failed last. */
  readonly failedTry: number;
  /** Whether a later try succeeded. */
  readonly recovered: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface AirflowClient {
  /** Task instances that began in this time, in pages; recovered ones too. */
  failures(from: Date, to: Date): AsyncGenerator<FailedTask>;
  /** The log of the try that failed, at most some megabytes of it; raw. */
  log(failed: FailedTask): Promise<string>;
}

export interface AirflowOptions {
  readonly base: string;
  readonly user: string;
  readonly password: string;
}

const PAGE = 100;
const TIMEOUT_MS = 20_000;
const MAX_LOG = 5_000_000;
const MAX_LOG_PAGES = 50;

const TaskInstance = z.object({
  dag_id: z.string(),
  dag_run_id: z.string(),
  task_id: z.string(),
  map_index: z.number().int().default(-1),
  try_number: z.number().int(),
  state: z.string().nullable(),
  start_date: z.string().nullable(),
  end_date: z.string().nullable(),
});
const Instances = z.object({ task_instances: z.array(TaskInstance), total_entries: z.number().int() });
const Token = z.object({ access_token: z.string().min(1) });
type Api = { readonly prefix: string; readonly authorization: string };

/**
 * Airflow's stable REST API: `/api/v2` with a token of `/auth/token` (Airflow 3), and where that is not there `/api/v1` with basic authentication (Airflow 2).
 * Throws `UsageError` when it does not answer, refuses, or answers something else. https://airflow.apache.org/docs/apache-airflow/stable/stable-rest-api-ref.html
 */
export function makeAirflowClient(options: AirflowOptions): AirflowClient {
  const base = options.base.replace(/\/+$/, '');
  let api: Promise<Api> | null = null;

  async function request(path: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return await fetch(`${base}${path}`, { ...init, signal, redirect: 'error' }).catch((cause: unknown) => {
      throw new UsageError(`${base} does not answer: check AIRFLOW_BASE_URL, and that Airflow runs.`, { cause });
    });
  }

  async function signIn(): Promise<Api> {
    const { user, password } = options;
    const response = await request('/auth/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: user, password }),
    });
    if (response.status === 404 || response.status === 405)
      return { prefix: '/api/v1', authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
    const { access_token: token } = await answerOf(response, Token, '/auth/token');
    return { prefix: '/api/v2', authorization: `Bearer ${token}` };
  }

  async function answerOf<T extends z.ZodType>(response: Response, form: T, path: string): Promise<z.output<T>> {
    if (response.status === 401 || response.status === 403)
      throw new UsageError(
        `${base}${path} answered ${response.status}: set AIRFLOW_USERNAME and AIRFLOW_PASSWORD to somebody who may read task instances and logs.`,
      );
    if (!response.ok) throw new UsageError(`${base}${path} answered ${response.status}; nothing was imported.`);
    const parsed = form.safeParse(await response.json().catch(() => null));
    if (!parsed.success) throw new UsageError(`${base}${path}: this is not an answer of Airflow's REST API.`);
    return parsed.data;
  }

  async function read<T extends z.ZodType>(path: string, query: Record<string, string>, form: T): Promise<z.output<T>> {
    api ??= signIn();
    const { prefix, authorization } = await api;
    const headers = { authorization, accept: 'application/json' };
    const response = await request(`${prefix}${path}?${new URLSearchParams(query)}`, { headers });
    return await answerOf(response, form, `${prefix}${path}`);
  }

  async function* inState(state: 'failed' | 'success', from: Date, to: Date) {
    for (let offset = 0; ; offset += PAGE) {
      const { task_instances: page, total_entries: total } = await read(
        '/dags/~/dagRuns/~/taskInstances',
        {
          state,
          start_date_gte: from.toISOString(),
          start_date_lte: to.toISOString(),
          limit: String(PAGE),
          offset: String(offset),
        },
        Instances,
      );
      yield* page;
      if (page.length === 0 || offset + page.length >= total) return;
    }
  }

  return {
    async *failures(from, to) {
      for (const state of ['failed', 'success'] as const)
        for await (const one of inState(state, from, to)) {
          const recovered = state === 'success';
          const failedTry = recovered ? one.try_number - 1 : one.try_number;
          if (failedTry < 1 || one.start_date === null) continue;
          yield {
            dag: one.dag_id,
            run: one.dag_run_id,
            task: one.task_id,
            mapIndex: one.map_index,
            failedTry,
            recovered,
            startedAt: one.start_date,
            endedAt: one.end_date,
          };
        }
    },
    async log({ dag, run, task, mapIndex, failedTry }) {
      const [inDag, inRun, inTask] = [dag, run, task].map(encodeURIComponent);
      const path = `/dags/${inDag}/dagRuns/${inRun}/taskInstances/${inTask}/logs/${failedTry}`;
      const parts: string[] = [];
      let token: string | null = null;
      let length = 0;
      for (let page = 0; page < MAX_LOG_PAGES && length < MAX_LOG; page += 1) {
        const at: Record<string, string> = token === null ? {} : { token };
        const answer: z.output<typeof TaskLog> = await read(path, { map_index: String(mapIndex), ...at }, TaskLog);
        const text = answer.content;
        if (text === '') break;
        parts.push(text);
        length += text.length;
        const next: string | null = answer.continuation_token ?? null;
        if (next === null || next === token) break;
        token = next;
      }
      return parts.join('\n').slice(0, MAX_LOG);
    },
  };
}
