import { describe, expect, it } from 'vitest';
import { failureWords, instanceKey, rootFailures } from '#shared/domain/jobs/airflow-failures.ts';
import type { TaskInstance } from '#shared/domain/jobs/airflow-wire.ts';

const task = (id: string, state: string | null, change: Partial<TaskInstance> = {}): TaskInstance => ({
  dag_id: 'etl',
  dag_run_id: 'manual__1',
  task_id: id,
  map_index: -1,
  try_number: 2,
  state,
  start_date: '2026-11-27T02:00:00Z',
  end_date: '2026-11-27T02:01:00Z',
  ...change,
});
const CHAIN = [
  { task_id: 'extract', downstream_task_ids: ['load'] },
  { task_id: 'load', downstream_task_ids: ['publish', 'cleanup'] },
  { task_id: 'publish', downstream_task_ids: [] },
  { task_id: 'cleanup', downstream_task_ids: [] },
];
const named = (instances: readonly TaskInstance[], tasks = CHAIN) =>
  rootFailures(instances, tasks).map(({ failed, followed, notStarted }) => [
    instanceKey(failed),
    followed.map(instanceKey),
    notStarted.map(instanceKey),
  ]);

describe('the task that failed first', () => {
  it.each([
    ['alone', [task('extract', 'success'), task('load', 'failed')], [['load', [], []]]],
    [
      'before those that were not started',
      [task('load', 'failed'), task('publish', 'upstream_failed')],
      [['load', [], ['publish']]],
    ],
    [
      'before one that runs whatever was before it, and failed, too',
      [task('extract', 'failed'), task('load', 'upstream_failed'), task('cleanup', 'failed')],
      [['extract', ['cleanup'], ['load']]],
    ],
    [
      'twice, in branches that do not depend on each other',
      [task('publish', 'failed'), task('cleanup', 'failed')],
      [
        ['publish', [], []],
        ['cleanup', [], []],
      ],
    ],
    [
      'of the instances of a mapped task the first that ended',
      [
        task('load', 'failed', { map_index: 3, end_date: '2026-11-27T02:02:00Z' }),
        task('load', 'failed', { map_index: 7, end_date: '2026-11-27T02:01:00Z' }),
        task('load', 'success', { map_index: 8 }),
      ],
      [['load[7]', ['load[3]'], []]],
    ],
    ['of a DAG that was changed since and lists other tasks', [task('old', 'failed')], [['old', [], []]]],
    ['nowhere, when nothing failed', [task('load', 'success'), task('publish', null)], []],
  ] as const)('is found: %s', (_case, instances, expected) => {
    expect(named(instances)).toEqual(expected);
  });

  it('is named with its run, its tries and what it stopped', () => {
    const [root] = rootFailures([task('load', 'failed'), task('publish', 'upstream_failed')], CHAIN);
    expect(root && failureWords(root)).toBe(
      'The task load of the DAG etl failed after 2 tries, in the run manual__1, at 2026-11-27T02:01:00Z. No task before it failed. Not started because of it: publish.',
    );
  });
});
