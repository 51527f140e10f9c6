import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import { parseJson, type WireRequest, type WireResponse } from '@selfheal/fake-server/wire.ts';
import {
  type AirflowState,
  anInstance,
  clear,
  type DagState,
  dagNow,
  type Instance,
  type Run,
  withDownstream,
} from './airflow-state.ts';

export const AIRFLOW_PREFIX = '/airflow';

export interface SignIn {
  readonly username: string;
  readonly password: string;
}

interface AirflowServer {
  readonly state: AirflowState;
  readonly journal: EffectsJournal;
  readonly cleared: (dag: string) => void;
  readonly access: { readonly people: SignIn | null; readonly issued: number };
}

type Version = 'v1' | 'v2';
interface Asked extends AirflowServer {
  readonly request: WireRequest;
  readonly version: Version;
  readonly query: URLSearchParams;
}

/** Answers as `openapi` of Airflow 3 describes it, and as the stable API of Airflow 2 where the two differ. */
export function answerAirflow(request: WireRequest, server: AirflowServer): WireResponse {
  const path = request.path.slice(AIRFLOW_PREFIX.length);
  if (path === '/auth/token')
    return request.method === 'POST' ? issueToken(request, server) : problem(405, 'Method Not Allowed');
  const [, version, rest] = /^\/api\/(v[12])\/(.*)$/.exec(path) ?? [];
  if (version === undefined || rest === undefined) return problem(404, 'Not Found');
  if (!mayEnter(request, version as Version, server)) return problem(401, 'Unauthorized');
  const segments = rest.split('/').map(decodeURIComponent);
  const asked: Asked = { ...server, request, version: version as Version, query: request.query };
  if (request.method === 'GET' && rest === 'importErrors') return importErrors(asked);
  const [kind, name = '', ...inner] = segments;
  if (kind !== 'dags') return problem(404, 'Not Found');
  if (name === '~')
    return inner.join('/') === 'dagRuns/~/taskInstances' ? listInstances(null, null, asked) : problem(404, 'Not Found');
  const dag = dagNow(server.state, name);
  if (dag === undefined) return problem(404, `The Dag with ID: \`${name}\` was not found`);
  return ofDag(dag, inner, asked);
}

function ofDag(
  dag: DagState,
  [part = '', run = '', what = '', task = '', logs = '', attempt = '']: string[],
  asked: Asked,
): WireResponse {
  const { method } = asked.request;
  if (method === 'POST' && part === 'clearTaskInstances' && run === '') return clearTasks(dag, asked);
  if (method === 'GET' && part === 'tasks' && run === '') return listTasks(dag);
  if (part !== 'dagRuns') return problem(404, 'Not Found');
  if (method === 'POST' && run === '') return startRun(dag, asked);
  if (method === 'GET' && run === '~' && what === 'taskInstances') return listInstances(dag, null, asked);
  const found = dag.runs.find(({ id }) => id === run);
  if (found === undefined)
    return problem(404, `The DagRun with dag_id: \`${dag.dag}\` and run_id: \`${run}\` was not found`);
  if (method === 'GET' && what === '') return json(200, runAnswer(dag, found));
  if (method === 'POST' && what === 'clear' && task === '') return clearRun(dag, found, asked);
  if (method !== 'GET' || what !== 'taskInstances') return problem(404, 'Not Found');
  if (task === '') return listInstances(dag, found, asked);
  const instances = found.instances.filter((one) => one.task === task);
  const [instance] = instances;
  if (instance === undefined)
    return problem(
      404,
      `The Task Instance with dag_id: \`${dag.dag}\`, run_id: \`${run}\` and task_id: \`${task}\` was not found`,
    );
  if (logs === '')
    return instance.mapIndex < 0
      ? json(200, instanceAnswer(dag, found, instance))
      : problem(404, 'Task instance is mapped, add the map_index value to the URL');
  if (logs === 'logs') return logOf(instances, attempt, asked);
  return problem(404, 'Not Found');
}

function issueToken({ body }: WireRequest, { access }: AirflowServer): WireResponse {
  const { username, password } = (parseJson(body) ?? {}) as Partial<SignIn>;
  const { people, issued } = access;
  if (people === null || username !== people.username || password !== people.password)
    return problem(401, 'Invalid credentials');
  return json(201, { access_token: tokenOf(issued) });
}

/** Not one token is good after the next call of `requireSignIn`. */
const tokenOf = (issued: number): string => `local-airflow-token-${issued}`;

function mayEnter({ headers }: WireRequest, version: Version, { access: { people, issued } }: AirflowServer): boolean {
  if (people === null) return true;
  const basic = `Basic ${Buffer.from(`${people.username}:${people.password}`).toString('base64')}`;
  return headers.authorization === (version === 'v2' ? `Bearer ${tokenOf(issued)}` : basic);
}

/** Fields of each body, as the descriptions list them; others are refused. */
const CLEAR_FIELDS =
  'dag_run_id dry_run end_date include_downstream include_future include_past include_upstream only_failed only_running reset_dag_runs start_date task_ids';
const FIELDS: Readonly<Record<'clear' | 'clear-run' | 'start', Readonly<Record<Version, ReadonlySet<string>>>>> = {
  clear: {
    v1: new Set(CLEAR_FIELDS.split(' ')),
    v2: new Set(`${CLEAR_FIELDS} prevent_running_task run_on_latest_version`.split(' ')),
  },
  'clear-run': { v1: new Set(['dry_run']), v2: new Set(['dry_run', 'only_failed', 'run_on_latest_version']) },
  start: {
    v1: new Set(
      'conf dag_run_id data_interval_end data_interval_start execution_date logical_date note state'.split(' '),
    ),
    v2: new Set(
      'conf dag_run_id data_interval_end data_interval_start logical_date note partition_key run_after'.split(' '),
    ),
  },
};

/** The body of a POST, or the answer to one that is none. */
function bodyOf(kind: keyof typeof FIELDS, { request, version }: Asked): Record<string, unknown> | WireResponse {
  const body = (parseJson(request.body) ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(body).find((field) => !FIELDS[kind][version].has(field));
  if (unknown === undefined) return body;
  if (version === 'v1') return problem(400, `{'${unknown}': ['Unknown field.']}`);
  return json(422, {
    detail: [{ type: 'extra_forbidden', loc: ['body', unknown], msg: 'Extra inputs are not permitted' }],
  });
}

const isAnswer = (value: Record<string, unknown> | WireResponse): value is WireResponse =>
  typeof value.status === 'number';

function clearTasks(dag: DagState, asked: Asked): WireResponse {
  const body = bodyOf('clear', asked);
  if (isAnswer(body)) return body;
  const { state, journal, cleared } = asked;
  const {
    dag_run_id: runId = null,
    task_ids: ids = null,
    dry_run: isDry = true,
    only_failed: onlyFailed = true,
  } = body;
  const runs = runId === null ? dag.runs : dag.runs.filter(({ id }) => id === runId);
  if (runs.length === 0) return problem(404, `Dag Run id ${String(runId)} not found in dag ${dag.dag}`);
  const named = Array.isArray(ids)
    ? ids.map((one: unknown) => String(Array.isArray(one) ? one[0] : one))
    : dag.tasks.map(({ id }) => id);
  const missing = named.find((id) => dag.tasks.every((task) => task.id !== id));
  if (missing !== undefined && asked.version === 'v2')
    return problem(404, `Task ${missing} was not found in Dag ${dag.dag}`);
  const wanted = body.include_downstream === true ? withDownstream(dag, named) : new Set(named);
  const isWanted = (one: Instance): boolean =>
    wanted.has(one.task) && (onlyFailed !== true || one.state === 'failed' || one.state === 'upstream_failed');
  const chosen = runs.map((run) => ({ run, instances: run.instances.filter(isWanted) }));
  const answer = chosen.flatMap(({ run, instances }) => instances.map((one) => instanceAnswer(dag, run, one)));
  // Airflow only lists what it would clear, unless `dry_run` is false.
  if (isDry === false) {
    journal.record('airflow.tasks.cleared', dag.dag, { tasks: answer.length });
    for (const { run, instances } of chosen) if (instances.length > 0) clear(state, dag, run, instances);
    cleared(dag.dag);
  }
  return json(200, { task_instances: answer, total_entries: answer.length });
}

function clearRun(dag: DagState, run: Run, asked: Asked): WireResponse {
  const body = bodyOf('clear-run', asked);
  if (isAnswer(body)) return body;
  const instances = run.instances.filter(
    ({ state }) => body.only_failed !== true || state === 'failed' || state === 'upstream_failed',
  );
  if (body.dry_run !== false)
    return json(200, {
      task_instances: instances.map((one) => instanceAnswer(dag, run, one)),
      total_entries: instances.length,
    });
  asked.journal.record('airflow.tasks.cleared', dag.dag, { tasks: instances.length });
  clear(asked.state, dag, run, instances);
  asked.cleared(dag.dag);
  return json(200, runAnswer(dag, run));
}

function startRun(dag: DagState, asked: Asked): WireResponse {
  const body = bodyOf('start', asked);
  if (isAnswer(body)) return body;
  const { state, journal, cleared } = asked;
  const at = new Date(state.now()).toISOString();
  const id = String(body.dag_run_id ?? `manual__${at}`);
  if (dag.runs.some((one) => one.id === id))
    return problem(409, `DAGRun with DAG ID: '${dag.dag}' and ID '${id}' exists`);
  const run: Run = {
    id,
    state: 'success',
    startedAt: at,
    endsAt: null,
    instances: dag.tasks.map((task) => anInstance(task.id, at)),
  };
  // The failed runs before it are no longer what the DAG stands at.
  state.dags.put(dag.dag, { ...dag, runs: [run] });
  journal.record('airflow.run.created', `${dag.dag}/${id}`);
  cleared(dag.dag);
  return json(200, { ...runAnswer(dag, run), state: 'queued' });
}

/** Of one run, of all runs of a DAG, or of all DAGs. */
function listInstances(dag: DagState | null, run: Run | null, { state, query, version }: Asked): WireResponse {
  const dags = dag === null ? state.dags.all().map(({ dag: name }) => dagNow(state, name) as DagState) : [dag];
  const all = dags.flatMap((one) =>
    (run === null ? one.runs : [run]).flatMap((each) =>
      each.instances.map((instance) => ({ dag: one, run: each, instance })),
    ),
  );
  const [wanted, from, order] = [query.getAll('state'), query.get('end_date_gte'), query.get('order_by')];
  if (version === 'v1' && order !== null) return problem(400, 'Extra query parameter(s) order_by not in spec');
  const fitting = all.filter(
    ({ instance }) =>
      (wanted.length === 0 || wanted.includes(String(instance.state))) &&
      (from === null || (instance.endedAt !== null && Date.parse(instance.endedAt) >= Date.parse(from))),
  );
  if (order === 'end_date')
    fitting.sort((a, b) => String(a.instance.endedAt).localeCompare(String(b.instance.endedAt)));
  const [limit, offset] = [Math.min(Number(query.get('limit') ?? 50), 100), Number(query.get('offset') ?? 0)];
  const page = fitting.slice(offset, offset + limit).map((one) => instanceAnswer(one.dag, one.run, one.instance));
  return json(200, { task_instances: page, total_entries: fitting.length });
}

function listTasks({ tasks }: DagState): WireResponse {
  const answer = tasks.map(({ id, downstream }) => ({
    task_id: id,
    task_display_name: id,
    downstream_task_ids: downstream,
    depends_on_past: false,
    wait_for_downstream: false,
    retry_exponential_backoff: 0,
    extra_links: [],
    trigger_rule: 'all_success',
  }));
  return json(200, { tasks: answer, total_entries: answer.length });
}

function importErrors({ state, version }: Asked): WireResponse {
  const answer = state.importErrors.all().map(({ id, file, trace, at }) => ({
    import_error_id: id,
    timestamp: at,
    filename: file,
    stack_trace: trace,
    ...(version === 'v2' ? { bundle_name: 'dags-folder' } : {}),
  }));
  return json(200, { import_errors: answer, total_entries: answer.length });
}

function logOf(instances: readonly Instance[], attempt: string, { query, version }: Asked): WireResponse {
  const one = instances.find(({ mapIndex }) => mapIndex === Number(query.get('map_index') ?? -1));
  if (one === undefined || one.tries < Number(attempt)) return problem(404, 'TaskInstance not found');
  if (version === 'v1') return json(200, { content: one.log, continuation_token: null });
  const content = one.log.split('\n').map((event) => ({ event, timestamp: one.startedAt, level: 'info' }));
  return json(200, { content, continuation_token: null });
}

function instanceAnswer({ dag }: DagState, run: Run, one: Instance) {
  return {
    id: one.id,
    task_id: one.task,
    dag_id: dag,
    dag_run_id: run.id,
    map_index: one.mapIndex,
    logical_date: run.startedAt,
    run_after: run.startedAt,
    start_date: one.startedAt,
    end_date: one.endedAt,
    duration: one.endedAt === null ? null : 0,
    state: one.state,
    try_number: one.tries,
    max_tries: 0,
    task_display_name: one.task,
    dag_display_name: dag,
    hostname: null,
    pool: 'default_pool',
    pool_slots: 1,
    queue: 'default',
    priority_weight: 1,
    operator: 'PythonOperator',
    executor_config: '{}',
    note: null,
    dag_version: null,
  };
}

function runAnswer({ dag }: DagState, run: Run) {
  return {
    dag_run_id: run.id,
    dag_id: dag,
    dag_display_name: dag,
    logical_date: run.startedAt,
    run_after: run.startedAt,
    start_date: run.startedAt,
    run_type: 'manual',
    state: run.state,
    dag_versions: [],
    conf: {},
    note: null,
    triggered_by: 'rest_api',
  };
}

function json(status: number, body: unknown): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** An error in the form of both: `detail` of Airflow 3, and RFC 7807 of Airflow 2. */
export function problem(status: number, title: string): WireResponse {
  const headers = { 'content-type': 'application/problem+json' };
  return { status, headers, body: JSON.stringify({ status, title, detail: title, type: 'about:blank' }) };
}
