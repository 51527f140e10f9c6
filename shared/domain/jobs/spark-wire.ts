import * as z from 'zod';

/*
 * What is read of the answers of a Spark History Server, by its REST API: https://spark.apache.org/docs/latest/monitoring.html#rest-api
 * Times are `2026-11-27T02:00:00.000GMT`; the epochs beside them are read.
 */

const Count = z.number().nonnegative().default(0);

export const Application = z.object({
  id: z.string().min(1).max(200),
  name: z.string(),
  attempts: z
    .array(
      z.object({
        attemptId: z.string().optional(),
        completed: z.boolean(),
        endTimeEpoch: z.number(),
        duration: Count,
        appSparkVersion: z.string().default(''),
      }),
    )
    .min(1),
});
export type Application = z.infer<typeof Application>;
/** One that cannot be read does not hide the others. */
export const Applications = z
  .array(Application.nullable().catch(null))
  .transform((all) => all.filter((one) => one !== null));

export const Jobs = z.array(
  z.object({ jobId: z.number().int(), name: z.string().default(''), status: z.string(), numFailedTasks: Count }),
);
export type SparkJob = z.infer<typeof Jobs>[number];

export const Stages = z.array(
  z.object({
    status: z.string(),
    stageId: z.number().int(),
    attemptId: z.number().int(),
    name: z.string().default(''),
    numTasks: Count,
    numFailedTasks: Count,
    /** Milliseconds of all tasks together. */
    executorRunTime: Count,
    memoryBytesSpilled: Count,
    diskBytesSpilled: Count,
    failureReason: z.string().optional(),
  }),
);
export type Stage = z.infer<typeof Stages>[number];

export const Executors = z.array(
  z.object({
    id: z.string(),
    isActive: z.boolean().default(true),
    failedTasks: Count,
    /** Milliseconds of tasks, and of garbage collection in them. */
    totalDuration: Count,
    totalGCTime: Count,
    removeReason: z.string().optional(),
  }),
);
export type Executor = z.infer<typeof Executors>[number];

/** Run times of the tasks of a stage in milliseconds: half of them, and the longest. */
export const TaskSummary = z.object({ quantiles: z.array(z.number()), executorRunTime: z.array(z.number()) });
export type TaskSummary = z.infer<typeof TaskSummary>;
