import { join } from 'node:path';
import type { Classification } from '@selfheal/kernel/failure-class.ts';
import { describe, expect, it } from 'vitest';
import { loadPlaybooks } from '#shared/adapters/archive/data-files.ts';
import { lookupKnowledge } from '#shared/domain/knowledge/lookup.ts';
import { makeRecall } from '#shared/domain/knowledge/search/recall.ts';
import { type RememberedEntry, rememberedEntry } from '#shared/domain/knowledge/search/remembered-entry.ts';
import { termsOfText } from '#shared/domain/knowledge/search/terms.ts';
import { aFile, runCommand } from '#test/unit/cli/run-command.ts';

const { entries } = await loadPlaybooks(join(import.meta.dirname, '../../../../shared/data'));

const SPARK = [
  'INFO DAGScheduler: Submitting 200 missing tasks from ShuffleMapStage 4',
  'WARN TaskSetManager: Lost task 17.0 in stage 4.0 (TID 811, 10.0.1.7, executor 3): ExecutorLostFailure (executor 3 exited caused by one of the running tasks) Reason: Container killed by YARN for exceeding memory limits. 9.4 GB of 9 GB physical memory used. Consider boosting spark.executor.memoryOverhead.',
  'ERROR Executor: Exception in task 17.1 in stage 4.0',
  'java.lang.OutOfMemoryError: Java heap space',
  'ERROR TaskSetManager: Task 17 in stage 4.0 failed 4 times; aborting job',
];
const AIRFLOW = [
  '[2026-11-20 02:00:01] {taskinstance.py:1851} ERROR - Task failed with exception',
  '  File "/opt/airflow/lib/airflow/utils/timeout.py", line 69, in handle_timeout',
  'airflow.exceptions.AirflowTaskTimeout: Timeout, PID: 4711',
  '[2026-11-20 02:00:02] {taskinstance.py:1318} INFO - Marking task as FAILED. dag_id=nightly-reports, task_id=load',
];
const POOL = [
  'INFO GET /orders 200',
  'ERROR request failed',
  'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
  'WARN database connections in use: 15 of 15',
];

describe('the built-in knowledge', () => {
  it.each([
    ['[D82] [D261]', 'spark-executor-memory', /Raise `spark\.executor\.memory`/, SPARK],
    ['[D83] [D261]', 'airflow-task-timeout', /raise `execution_timeout`/, AIRFLOW],
    ['[D84]', 'database-pool-exhausted', /Restart the service/, POOL],
  ])('%s finds %s from a whole log of that kind', async (_row, id, advice, lines) => {
    const { stdout } = await runCommand(['log', 'classify', '--json', aFile(`${lines.join('\n')}\n`)]);
    const classification: Classification = JSON.parse(stdout.toString());
    const recall = makeRecall<RememberedEntry>();
    for (const entry of entries) recall.put(rememberedEntry(entry));
    const query = {
      ...classification,
      terms: termsOfText(lines.join('\n')),
      now: new Date('2026-11-20T00:00:00.000Z'),
    };
    const { match, similar } = lookupKnowledge(classification, recall.find(query, { limit: 30 }));
    const best = match ?? similar[0]?.entry;
    expect(best?.id).toBe(id);
    expect(best?.resolution).toMatch(advice);
  });
});
