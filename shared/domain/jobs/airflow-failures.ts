import { counted } from '@selfheal/kernel/time-words.ts';
import type { TaskInstance, Tasks } from './airflow-wire.ts';

/** A failure of a DAG run: the task that failed first, and what failed because of it. */
export interface RootFailure {
  readonly failed: TaskInstance;
  /** Tasks after it that failed, too, in the order in which they ended. */
  readonly followed: readonly TaskInstance[];
  /** Tasks after it that Airflow did not start because of it. */
  readonly notStarted: readonly TaskInstance[];
}

/** Identity of a task instance within its run. */
export const instanceKey = ({
  task_id: task,
  map_index: index,
}: Pick<TaskInstance, 'task_id' | 'map_index'>): string => (index < 0 ? task : `${task}[${index}]`);

/**
 * Finds where the failures of one DAG run began: a failed task none of whose upstream tasks failed. Of several instances of a mapped task the first that
 * ended stands for all. `instances`: all of the run. Tasks that the DAG does not list any more have no upstream.
 */
export function rootFailures(instances: readonly TaskInstance[], tasks: Tasks): RootFailure[] {
  const failed = instances.filter(({ state }) => state === 'failed').toSorted(byEnd);
  const failedTasks = new Set(failed.map(({ task_id: id }) => id));
  const following = new Map([...failedTasks].map((id) => [id, downstreamOf(id, tasks)]));
  const isFollowing = (id: string): boolean =>
    [...following].some(([root, after]) => root !== id && after.has(id) && !downstreamOf(id, tasks).has(root));
  const roots = [...failedTasks].filter((id) => !isFollowing(id));
  return roots.flatMap((id) => {
    const [first] = failed.filter((one) => one.task_id === id);
    if (first === undefined) return [];
    const after = following.get(id) ?? new Set();
    return [
      {
        failed: first,
        followed: failed.filter((one) => one !== first && (one.task_id === id || after.has(one.task_id))),
        notStarted: instances.filter((one) => one.state === 'upstream_failed' && after.has(one.task_id)),
      },
    ];
  });
}

const byEnd = (a: TaskInstance, b: TaskInstance): number =>
  Date.parse(a.end_date ?? '9999-01-01') - Date.parse(b.end_date ?? '9999-01-01');

/** Ids of every task after this one. A DAG has no circles; a wrong answer with one ends, too. */
function downstreamOf(id: string, tasks: Tasks): Set<string> {
  const next = new Map(tasks.map(({ task_id: task, downstream_task_ids: after }) => [task, after ?? []]));
  const found = new Set<string>();
  const left = [id];
  for (let at = left.pop(); at !== undefined; at = left.pop())
    for (const task of next.get(at) ?? []) {
      if (found.has(task)) continue;
      found.add(task);
      left.push(task);
    }
  return found;
}

const MAX_NAMED = 10;

/** The failure in sentences, for the incident's description. */
export function failureWords({ failed, followed, notStarted }: RootFailure): string {
  const { dag_id: dag, dag_run_id: run, try_number: tries, end_date: end } = failed;
  const listed = (ones: readonly TaskInstance[]): string =>
    ones.slice(0, MAX_NAMED).map(instanceKey).join(', ') +
    (ones.length > MAX_NAMED ? ` and ${ones.length - MAX_NAMED} more` : '');
  return [
    `The task ${instanceKey(failed)} of the DAG ${dag} failed after ${counted(tries, 'try', 'tries')}, in the run ${run}${end === null ? '' : `, at ${end}`}. No task before it failed.`,
    ...(followed.length === 0 ? [] : [`Failed after it: ${listed(followed)}.`]),
    ...(notStarted.length === 0 ? [] : [`Not started because of it: ${listed(notStarted)}.`]),
  ].join(' ');
}
