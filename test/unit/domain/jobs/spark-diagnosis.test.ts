import { describe, expect, it } from 'vitest';
import { type ApplicationRecord, diagnoseSpark } from '#shared/domain/jobs/spark-diagnosis.ts';
import type { Executor, Stage } from '#shared/domain/jobs/spark-wire.ts';

const stage = (change: Partial<Stage> = {}): Stage => ({
  status: 'COMPLETE',
  stageId: 2,
  attemptId: 0,
  name: 'count at App.scala:20',
  numTasks: 8,
  numFailedTasks: 0,
  executorRunTime: 8_000,
  memoryBytesSpilled: 0,
  diskBytesSpilled: 0,
  ...change,
});
const executor = (change: Partial<Executor> = {}): Executor => ({
  id: '1',
  isActive: true,
  failedTasks: 0,
  totalDuration: 100_000,
  totalGCTime: 1_000,
  ...change,
});
const record = (change: Partial<ApplicationRecord> = {}): ApplicationRecord => ({
  name: 'nightly',
  jobs: [{ jobId: 0, name: 'count', status: 'SUCCEEDED', numFailedTasks: 0 }],
  stages: [stage()],
  executors: [executor()],
  slowest: null,
  ...change,
});
const gone = (removeReason: string) => executor({ isActive: false, removeReason });
const summary = (half: number, longest: number) => ({
  slowest: { stage: stage(), summary: { quantiles: [0.5, 1], executorRunTime: [half, longest] } },
});

describe('what a Spark History Server says, in words', () => {
  it('is nothing for an application that ended well', () => {
    expect(diagnoseSpark(record())).toEqual({ hasFailed: false, ranOutOfMemory: false, findings: [], lines: [] });
  });

  it('[D12] names the failed stage with the first line of its reason, and the failed jobs', () => {
    const failureReason =
      'Job aborted due to stage failure: java.lang.RuntimeException: got a 3, failing\n\tat App.scala:18';
    const failed = record({
      jobs: [{ jobId: 0, name: 'count', status: 'FAILED', numFailedTasks: 1 }],
      stages: [stage({ status: 'FAILED', numFailedTasks: 1, failureReason })],
    });
    expect(diagnoseSpark(failed)).toMatchObject({
      hasFailed: true,
      ranOutOfMemory: false,
      findings: [
        'Stage 2 (attempt 0, count at App.scala:20) failed with 1 failed task of 8: Job aborted due to stage failure: java.lang.RuntimeException: got a 3, failing.',
        '1 job of 1 failed.',
      ],
      lines: failureReason.split('\n'),
    });
  });

  it.each([
    'Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used.',
    'Command exited with code 52',
    'The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM).',
    'Container marked as failed: container_1 on host: h. Exit status: 143.',
    'java.lang.OutOfMemoryError: GC overhead limit exceeded',
    'pod reports-exec-3 OOMKilled',
  ])('finds memory that was not enough in the reason of a lost executor: %s', (reason) => {
    const { ranOutOfMemory, findings } = diagnoseSpark(record({ executors: [executor(), gone(reason)] }));
    expect([ranOutOfMemory, findings.length]).toEqual([true, 1]);
    expect(findings[0]).toMatch(/^Memory was not enough: 1 executor ended for that\./);
  });

  it.each([
    [
      'Executor heartbeat timed out after 125000 ms',
      ['1 executor was lost: Executor heartbeat timed out after 125000 ms'],
    ],
    ['Executor killed by driver.', []],
    ['Container container_1 was idle and removed', []],
    ['worker decommissioned: spot instance', []],
  ])('tells lost executors from those that were let go: %s', (reason, findings) => {
    expect(diagnoseSpark(record({ executors: [gone(reason)] })).findings).toEqual(findings);
  });

  it.each([
    ['skewed', 12_000, 540_000, 1],
    ['even', 60_000, 240_000, 0],
    ['short, however uneven', 100, 59_999, 0],
  ])('calls a stage skewed by its longest task and half of them: %s', (_case, half, longest, count) => {
    expect(diagnoseSpark(record(summary(half, longest))).findings).toHaveLength(count);
  });

  it.each([
    [9_999, 0],
    [10_000, 1],
  ])('names garbage collection from a tenth of the run time on: %i ms of 100 s', (totalGCTime, count) => {
    expect(diagnoseSpark(record({ executors: [executor({ totalGCTime })] })).findings).toHaveLength(count);
  });
});
