import { makeCollection } from '@selfheal/fake-server/collection.ts';
import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import { parseJson, type Service, type WireRequest, type WireResponse } from '@selfheal/fake-server/wire.ts';

export const JOBS_PREFIX = '/airflow/api/v1';

/** State of an Airflow DAG: the number of failed tasks, and its runs. */
export interface DagState {
  readonly dag: string;
  failedTasks: number;
  runs: { id: string; state: 'queued' | 'running' | 'success' | 'failed' }[];
}

export interface JobsControl {
  /** Sets the number of failed tasks of a DAG. */
  failTasks(dag: string, count: number): void;
  dag(dag: string): DagState | undefined;
}

export interface LocalJobs {
  readonly service: Service;
  readonly control: JobsControl;
}

interface JobsContext {
  readonly journal: EffectsJournal;
  readonly dataDir: string | undefined;
  /** Called when the failed tasks of a DAG are run again. */
  readonly cleared: (dag: string) => void;
}

/** A fake of the part of Airflow 2's stable REST API that playbooks call. Other requests get Airflow's 404. */
export function makeLocalJobs({ journal, dataDir, cleared }: JobsContext): LocalJobs {
  const dags = makeCollection<DagState>(dataDir, 'jobs/dags');
  const perform = (request: WireRequest): WireResponse => {
    const path = request.path.slice(JOBS_PREFIX.length).split('/').slice(1).map(decodeURIComponent);
    const [kind, name = '', part, run, inner] = path;
    const dag = kind === 'dags' ? dags.get(name) : undefined;
    if (dag === undefined) return problem(404, 'DAG not found');
    switch (
      `${request.method} ${part ?? ''}${run === undefined ? '' : '/run'}${inner === undefined ? '' : `/${inner}`}`
    ) {
      case 'POST clearTaskInstances':
        return clearTasks(dag, request);
      case 'GET dagRuns/run/taskInstances':
        return json(200, {
          task_instances: [],
          total_entries: request.query.get('state') === 'failed' ? dag.failedTasks : 0,
        });
      case 'POST dagRuns':
        return startRun(dag, request);
      case 'GET dagRuns/run':
        return runOf(dag, run ?? '');
      default:
        return problem(404, 'Not Found');
    }
  };
  const clearTasks = (dag: DagState, { body }: WireRequest): WireResponse => {
    const request = parseJson(body) as { dry_run?: boolean } | undefined;
    // Airflow only lists what it would clear, unless `dry_run` is false.
    if (request?.dry_run !== false) return json(200, { task_instances: [] });
    journal.record('airflow.tasks.cleared', dag.dag, { tasks: dag.failedTasks });
    dags.put(dag.dag, { ...dag, failedTasks: 0 });
    cleared(dag.dag);
    return json(200, { task_instances: [] });
  };
  const startRun = (dag: DagState, { body }: WireRequest): WireResponse => {
    const id = String((parseJson(body) as { dag_run_id?: unknown } | undefined)?.dag_run_id ?? '');
    if (dag.runs.some((one) => one.id === id))
      return problem(409, `DAGRun with DAG ID: '${dag.dag}' and ID '${id}' exists`);
    dags.put(dag.dag, { ...dag, failedTasks: 0, runs: [...dag.runs, { id, state: 'success' }] });
    journal.record('airflow.run.created', `${dag.dag}/${id}`);
    cleared(dag.dag);
    return json(200, { dag_run_id: id, state: 'queued' });
  };
  return {
    service: {
      recognise: (request) =>
        request.path.startsWith(`${JOBS_PREFIX}/`)
          ? {
              service: 'airflow',
              operation: `airflow:${request.method}`,
              perform: () => perform(request),
              fail: (status) => problem(status, 'The server failed.'),
            }
          : null,
    },
    control: {
      failTasks: (dag, count) => dags.put(dag, { dag, runs: dags.get(dag)?.runs ?? [], failedTasks: count }),
      dag: (dag) => dags.get(dag),
    },
  };
}

function runOf({ runs }: DagState, id: string): WireResponse {
  const run = runs.find((one) => one.id === id);
  return run === undefined ? problem(404, 'DAGRun not found') : json(200, { dag_run_id: id, state: run.state });
}

function json(status: number, body: unknown): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** An error in the form of RFC 7807, as Airflow's API returns it. */
function problem(status: number, title: string): WireResponse {
  const headers = { 'content-type': 'application/problem+json' };
  return { status, headers, body: JSON.stringify({ status, title, type: 'about:blank' }) };
}
