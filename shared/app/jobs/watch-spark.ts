import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { advanced, firstCursor, type Looked, readFrom } from '#shared/domain/jobs/job-cursor.ts';
import { type SparkSource, sparkSourceOf } from '#shared/domain/jobs/job-settings.ts';
import { diagnoseSpark } from '#shared/domain/jobs/spark-diagnosis.ts';
import { attemptKey, SPARK_OVERLAP_MS, type SparkWatch } from '#shared/domain/jobs/spark-watch.ts';
import type { JobWatchStore } from '#shared/ports/job-watch-store.ts';
import { type EndedAttempt, makeSparkReader, type SparkReader } from './spark-reader.ts';
import { type JobSystem, type RoundTime, reportJob, type WatchJobsDeps, watchJobs } from './watch-jobs.ts';

export interface WatchSparkDeps extends WatchJobsDeps {
  readonly jobs: Pick<JobWatchStore, 'sparkWatch' | 'keepSparkWatch'>;
}

/** In one round; the rest follows in the next. */
const MAX_ATTEMPTS = 20;
const RESIZE = 'POST /api/spark/applications/resize asks for larger executors; it counts from the next submit.';

/**
 * Asks every configured History Server for applications that ended since the last round. One with a failed job becomes an incident that says why, as one of
 * low severity does that lost executors for want of memory and ended well. See `watchJobs`.
 */
export async function watchSpark(deps: WatchSparkDeps): Promise<void> {
  await watchJobs(sparkOf(deps), deps);
}

const SPARK = {
  id: 'spark',
  title: 'Spark History Server',
  one: 'A Spark History Server',
  reporter: 'Selfheal, reading Spark',
  unseen: 'failed applications',
} as const;

const sparkOf = (deps: WatchSparkDeps): JobSystem<SparkWatch> => ({
  ...SPARK,
  sources: deps.configuration.jobs.spark,
  known: async (name, now) => (await deps.jobs.sparkWatch(name)) ?? firstCursor(now),
  keep: (name, watch) => deps.jobs.keepSparkWatch(name, watch),
  look: (name, before, round) => look(name, before, round, deps),
});

async function look(name: string, before: SparkWatch, round: RoundTime, deps: WatchSparkDeps): Promise<SparkWatch> {
  const spark = makeSparkReader(round.endpoints, name);
  const seen = new Set(before.seen.map(({ key }) => key));
  const ended = await spark.endedSince(readFrom(before, SPARK_OVERLAP_MS));
  const fresh = ended.filter((one) => !seen.has(attemptKey(one)));
  const looked: Looked[] = [];
  for (const one of fresh.slice(0, MAX_ATTEMPTS)) {
    if (round.isOver()) break;
    const source = sparkSourceOf(deps.configuration.jobs, one.name, name);
    if (source === null) deps.meter.count('spark-application-left-out');
    else await reportAttempt(one, source, { spark, deps });
    looked.push({ key: attemptKey(one), endedAt: one.endedAt });
  }
  return advanced(before, looked, deps.clock.now(), SPARK_OVERLAP_MS);
}

async function reportAttempt(
  ended: EndedAttempt,
  source: SparkSource,
  { spark, deps }: { readonly spark: SparkReader; readonly deps: WatchSparkDeps },
): Promise<void> {
  const record = await unlessRefused(() => spark.recordOf(ended));
  // Its event log was deleted since.
  if (record === null) return deps.meter.count('spark-application-gone');
  const { hasFailed, ranOutOfMemory, findings, lines } = diagnoseSpark(record);
  if (!hasFailed && !ranOutOfMemory) return;
  const { id, name, attempt, endedAt } = ended;
  const { endpoint } = source;
  const what = hasFailed ? 'failed' : 'lost executors, and ended well';
  const advice = ranOutOfMemory && source.executors !== undefined ? ` ${RESIZE}` : '';
  const report = {
    requestId: `spark#${endpoint}#${attemptKey(ended)}`,
    title: `Spark application ${name} ${what}`,
    description: `The application ${name} (${id}${attempt === null ? '' : `, attempt ${attempt}`}) ${what} at ${endedAt}. ${findings.join(' ')}${advice}`,
    lines,
    job: { kind: 'spark-application' as const, endpoint, application: name.slice(0, 200) },
    service: source.service,
    ...(hasFailed ? {} : { severity: 'low' as const }),
  };
  await reportJob(report, SPARK, deps);
}
