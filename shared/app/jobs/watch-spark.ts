import { Refused, Retryable, unlessRefused } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import type { Job } from '#shared/domain/incident/job.ts';
import { type SparkSource, sparkSourceOf } from '#shared/domain/jobs/job-settings.ts';
import { diagnoseSpark } from '#shared/domain/jobs/spark-diagnosis.ts';
import {
  advancedSpark,
  attemptKey,
  firstSparkWatch,
  readSparkFrom,
  type SparkWatch,
} from '#shared/domain/jobs/spark-watch.ts';
import type { JobWatchStore } from '#shared/ports/job-watch-store.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type ReportIncidentDeps, reportIncident } from '../incidents/report-incident.ts';
import { beginRound } from './round-time.ts';
import { type EndedAttempt, makeSparkReader, type SparkReader } from './spark-reader.ts';

export interface WatchSparkDeps extends ReportIncidentDeps {
  readonly endpoints: Pick<EndpointCaller, 'read'>;
  readonly jobs: Pick<JobWatchStore, 'sparkWatch' | 'keepSparkWatch'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

const REPORTER = 'Selfheal, reading Spark';
/** Rounds in a row, a minute apart, after which people are told that a History Server cannot be read. */
const TOLD_AFTER_ROUNDS = 3;
/** In one round; the rest follows in the next. */
const MAX_ATTEMPTS = 20;
const RESIZE = 'POST /api/spark/applications/resize asks for larger executors; it counts from the next submit.';

/**
 * Asks every configured History Server for applications that ended since the last round. One with a failed job becomes an incident that says why, as one of
 * low severity does that lost executors for want of memory and ended well. One server that cannot be read does not stop the others; people are
 * told after three rounds.
 */
export async function watchSpark(deps: WatchSparkDeps): Promise<void> {
  const names = new Set(deps.configuration.jobs.spark.map(({ endpoint }) => endpoint));
  await Promise.all([...names].map(async (name) => await watchSafely(name, deps)));
}

async function watchSafely(name: string, deps: WatchSparkDeps): Promise<void> {
  const now = deps.clock.now();
  const before = (await deps.jobs.sparkWatch(name)) ?? firstSparkWatch(now);
  try {
    await deps.jobs.keepSparkWatch(name, { ...(await watchOne(name, before, deps)), failed: 0, since: null });
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Retryable)) throw error;
    deps.meter.count('spark-unreadable');
    deps.log.warn('A Spark History Server could not be read; the next round tries again.', {
      part: redactName(name, 40),
      error: error.name,
    });
    const failed = before.failed + 1;
    const since = before.since ?? now.toISOString();
    // Reported before the state is kept: a crash in between reports the same again, which opens nothing twice.
    if (failed === TOLD_AFTER_ROUNDS) await reportUnreadable(name, { since, reason: error.message }, deps);
    await deps.jobs.keepSparkWatch(name, { ...before, failed, since });
  }
}

async function watchOne(name: string, before: SparkWatch, deps: WatchSparkDeps): Promise<SparkWatch> {
  const round = beginRound(deps.endpoints, deps.clock);
  const spark = makeSparkReader(round.endpoints, name);
  const seen = new Set(before.seen.map(({ key }) => key));
  const fresh = (await spark.endedSince(readSparkFrom(before))).filter((one) => !seen.has(attemptKey(one)));
  const looked: EndedAttempt[] = [];
  for (const one of fresh.slice(0, MAX_ATTEMPTS)) {
    if (round.isOver()) break;
    const source = sparkSourceOf(deps.configuration.jobs, one.name, name);
    if (source === null) deps.meter.count('spark-application-left-out');
    else await reportAttempt(one, source, { spark, deps });
    looked.push(one);
  }
  return advancedSpark(before, looked, deps.clock.now());
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
  await report(
    {
      requestId: `spark#${endpoint}#${attemptKey(ended)}`,
      title: `Spark application ${name} ${what}`,
      description: `The application ${name} (${id}${attempt === null ? '' : `, attempt ${attempt}`}) ${what} at ${endedAt}. ${findings.join(' ')}${advice}`,
      lines,
      job: { kind: 'spark-application', endpoint, application: name.slice(0, 200) },
    },
    { service: source.service, isMinor: !hasFailed },
    deps,
  );
}

async function reportUnreadable(
  name: string,
  { since, reason }: { readonly since: string; readonly reason: string },
  deps: WatchSparkDeps,
): Promise<void> {
  const service = deps.configuration.jobs.spark.find(({ endpoint }) => endpoint === name)?.service ?? null;
  await report(
    {
      requestId: `spark-away#${name}#${since}`,
      title: `Spark History Server (${name}) cannot be read`,
      description: `${counted(TOLD_AFTER_ROUNDS, 'round')} in a row failed, the first at ${since}: failed applications are not seen meanwhile. The last: ${reason}`,
      lines: [],
    },
    { service, isMinor: false },
    deps,
  );
}

interface Reported {
  readonly requestId: string;
  readonly title: string;
  readonly description: string;
  readonly lines: readonly string[];
  readonly job?: Job;
}

async function report(
  one: Reported,
  { service, isMinor }: { readonly service: string | null; readonly isMinor: boolean },
  deps: WatchSparkDeps,
): Promise<void> {
  const criticality = deps.configuration.services.find(({ id }) => id === service)?.criticality ?? 'medium';
  const order = {
    ...one,
    service,
    repository: null,
    severity: isMinor ? ('low' as const) : criticality,
    simulated: false,
  };
  const outcome = await reportIncident(order, REPORTER, deps);
  deps.meter.count(outcome.kind === 'opened' ? 'spark-incident-opened' : 'spark-incident-refused');
}
