import { randomUUID } from 'node:crypto';
import { type Collection, makeCollection } from '@selfheal/fake-server/collection.ts';

type InstanceState = 'failed' | 'success' | 'upstream_failed' | 'running' | 'queued' | null;

/** One task instance of a run. Times are ISO 8601. */
export interface Instance {
  readonly id: string;
  readonly task: string;
  readonly mapIndex: number;
  tries: number;
  state: InstanceState;
  startedAt: string | null;
  endedAt: string | null;
  log: string;
}

export interface Run {
  readonly id: string;
  state: 'queued' | 'running' | 'success' | 'failed';
  readonly startedAt: string;
  /** Milliseconds since the epoch at which cleared tasks have ended; null: none is on its way. */
  endsAt: number | null;
  instances: Instance[];
}

/** A DAG: its tasks with what follows each, and its runs. */
export interface DagState {
  readonly dag: string;
  tasks: { readonly id: string; readonly downstream: readonly string[] }[];
  runs: Run[];
}

interface ImportErrorState {
  readonly id: number;
  readonly file: string;
  readonly trace: string;
  readonly at: string;
}

/** How the next attempts of a task end: one entry an attempt, then success. */
type Outcomes = Map<string, ('failed' | 'success')[]>;

export interface AirflowState {
  readonly dags: Collection<DagState>;
  readonly importErrors: Collection<ImportErrorState>;
  readonly outcomes: Outcomes;
  now(): number;
}

/** Milliseconds that cleared tasks take. */
const TAKES_MS = 150;

export function makeAirflowState(dataDir: string | undefined, now: () => number): AirflowState {
  return {
    dags: makeCollection<DagState>(dataDir, 'jobs/dags'),
    importErrors: makeCollection<ImportErrorState>(dataDir, 'jobs/import-errors'),
    outcomes: new Map(),
    now,
  };
}

export const anInstance = (task: string, at: string, change: Partial<Instance> = {}): Instance => ({
  id: randomUUID(),
  task,
  mapIndex: -1,
  tries: 1,
  state: 'success',
  startedAt: at,
  endedAt: at,
  log: '',
  ...change,
});

/** The DAG as it is now: what was cleared has ended when its time is over. */
export function dagNow(state: AirflowState, name: string): DagState | undefined {
  const dag = state.dags.get(name);
  for (const run of dag?.runs ?? [])
    if (run.endsAt !== null && run.endsAt <= state.now()) finish(dag as DagState, run, state);
  return dag;
}

function finish(dag: DagState, run: Run, { outcomes, now, dags }: AirflowState): void {
  const at = new Date(now()).toISOString();
  const upstreamOf = (task: string) => dag.tasks.filter(({ downstream }) => downstream.includes(task));
  const isBad = ({ state }: Instance): boolean => state === 'failed' || state === 'upstream_failed';
  for (const { id } of inOrder(dag))
    for (const one of run.instances.filter(({ task, state }) => task === id && state === null)) {
      const before = run.instances.filter(({ task }) => upstreamOf(id).some((each) => each.id === task));
      one.endedAt = at;
      if (before.some(isBad)) {
        one.state = 'upstream_failed';
        continue;
      }
      one.tries += 1;
      one.startedAt = at;
      one.state = outcomes.get(`${dag.dag}.${id}`)?.shift() ?? 'success';
    }
  run.state = run.instances.some(isBad) ? 'failed' : 'success';
  run.endsAt = null;
  dags.put(dag.dag, dag);
}

/** Tasks after those they depend on. */
function inOrder({ tasks }: DagState): DagState['tasks'] {
  const left = [...tasks];
  const done: DagState['tasks'] = [];
  while (left.length > 0) {
    const at = left.findIndex(({ id }) => left.every(({ downstream }) => !downstream.includes(id)));
    done.push(...left.splice(Math.max(at, 0), 1));
  }
  return done;
}

/** Takes the state of these instances away, so that they run again. */
export function clear(state: AirflowState, dag: DagState, run: Run, instances: readonly Instance[]): void {
  for (const one of instances) {
    one.state = null;
    one.endedAt = null;
  }
  run.state = 'queued';
  run.endsAt = state.now() + TAKES_MS;
  state.dags.put(dag.dag, dag);
}

/** Ids of these tasks and of everything after them. */
export function withDownstream({ tasks }: DagState, ids: readonly string[]): Set<string> {
  const found = new Set(ids);
  for (const id of found) for (const next of tasks.find((task) => task.id === id)?.downstream ?? []) found.add(next);
  return found;
}
