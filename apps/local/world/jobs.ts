import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import { type Service, serviceBelow } from '@selfheal/fake-server/wire.ts';
import { AIRFLOW_PREFIX, answerAirflow, problem, type SignIn } from './airflow-api.ts';
import { anInstance, type DagState, dagNow, makeAirflowState, type Run } from './airflow-state.ts';

export interface DagRunSpec {
  readonly dag: string;
  readonly run: string;
  /** Task ids, each with what follows it, and how it stands. */
  readonly tasks: Readonly<
    Record<
      string,
      {
        readonly state: 'failed' | 'success' | 'upstream_failed';
        readonly downstream?: readonly string[];
        readonly log?: string;
      }
    >
  >;
  /** How long ago it ended; just now by default. */
  readonly minutesAgo?: number;
  /** How the next attempts of a task end, by its id; success after that. */
  readonly again?: Readonly<Record<string, readonly ('failed' | 'success')[]>>;
}

export interface JobsControl {
  /** Gives a DAG one failed run with so many failed tasks. */
  failTasks(dag: string, count: number): void;
  /** Adds a DAG run that has ended, and the DAG if it is new. */
  addRun(spec: DagRunSpec): void;
  failImport(file: string, trace: string): void;
  mendImport(file: string): void;
  /** Only these may sign in from now on; tokens that others have are refused. Null: everybody may do everything. */
  requireSignIn(people: SignIn | null): void;
  dag(dag: string): (DagState & { readonly failedTasks: number }) | undefined;
}

export interface LocalJobs {
  readonly service: Service;
  readonly control: JobsControl;
}

interface JobsContext {
  readonly journal: EffectsJournal;
  readonly dataDir: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Called when the failed tasks of a DAG are run again. */
  readonly cleared: (dag: string) => void;
}

/** A fake of the part of Airflow's stable REST API that is called: v2 of Airflow 3 with its tokens, and v1 of Airflow 2. Other requests get Airflow's 404. */
export function makeLocalJobs({ journal, dataDir, cleared, now = Date.now }: JobsContext): LocalJobs {
  const state = makeAirflowState(dataDir, now);
  const access: { people: SignIn | null; issued: number } = { people: null, issued: 0 };
  const dagOf = (name: string): DagState => dagNow(state, name) ?? { dag: name, tasks: [], runs: [] };
  const put = (dag: DagState, run: Run): void =>
    state.dags.put(dag.dag, { ...dag, runs: [...dag.runs.filter(({ id }) => id !== run.id), run] });
  return {
    service: serviceBelow(AIRFLOW_PREFIX, {
      service: 'airflow',
      perform: (request) => answerAirflow(request, { state, journal, cleared, access }),
      fail: (status) => problem(status, 'The server failed.'),
    }),
    control: {
      failTasks(dag, count) {
        const at = new Date(now()).toISOString();
        const names = Array.from({ length: count }, (_, index) => `task_${index + 1}`);
        const instances = names.map((task) => anInstance(task, at, { state: 'failed' }));
        const run: Run = {
          id: 'manual__local',
          state: count > 0 ? 'failed' : 'success',
          startedAt: at,
          endsAt: null,
          instances,
        };
        const known = dagOf(dag);
        const others = known.tasks.filter(({ id }) => !names.includes(id));
        put({ ...known, tasks: [...others, ...names.map((id) => ({ id, downstream: [] }))] }, run);
      },
      addRun({ dag, run, tasks, again = {}, minutesAgo = 0 }) {
        const at = new Date(now() - 60_000 * minutesAgo).toISOString();
        const instances = Object.entries(tasks).map(([task, { state: end, log = '' }]) =>
          anInstance(task, at, { state: end, log, tries: end === 'upstream_failed' ? 0 : 1 }),
        );
        const isBad = instances.some(({ state: end }) => end !== 'success');
        const graph = Object.entries(tasks).map(([id, { downstream = [] }]) => ({ id, downstream }));
        const known = dagOf(dag);
        const others = known.tasks.filter(({ id }) => tasks[id] === undefined);
        for (const [task, outcomes] of Object.entries(again)) state.outcomes.set(`${dag}.${task}`, [...outcomes]);
        put(
          { ...known, tasks: [...others, ...graph] },
          { id: run, state: isBad ? 'failed' : 'success', startedAt: at, endsAt: null, instances },
        );
      },
      failImport(file, trace) {
        const id = state.importErrors.size + 1;
        state.importErrors.put(file, { id, file, trace, at: new Date(now()).toISOString() });
      },
      mendImport: (file) => state.importErrors.remove(file),
      requireSignIn(people) {
        access.people = people;
        access.issued += 1;
      },
      dag(name) {
        const dag = dagNow(state, name);
        if (dag === undefined) return undefined;
        const failedTasks = dag.runs
          .flatMap(({ instances }) => instances)
          .filter((one) => one.state === 'failed').length;
        return { ...dag, failedTasks };
      },
    },
  };
}
