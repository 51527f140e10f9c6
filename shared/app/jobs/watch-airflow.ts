import { Refused, Retryable, unlessRefused } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import { counted } from '@selfheal/kernel/time-words.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { MAX_REPORT_LINES } from '#shared/domain/incident/annotations.ts';
import { type Job, jobWords } from '#shared/domain/incident/job.ts';
import type { Severity } from '#shared/domain/incident/target-context.ts';
import { failureWords, type RootFailure, rootFailures } from '#shared/domain/jobs/airflow-failures.ts';
import {
  type AirflowWatch,
  advanced,
  failureKey,
  firstWatch,
  importErrorKey,
  readFrom,
  taskKey,
} from '#shared/domain/jobs/airflow-watch.ts';
import type { ImportError, TaskInstance } from '#shared/domain/jobs/airflow-wire.ts';
import { airflowSourceOf } from '#shared/domain/jobs/job-settings.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { JobWatchStore } from '#shared/ports/job-watch-store.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';
import type { Log, Meter } from '#shared/ports/telemetry-sink.ts';
import { type ReportIncidentDeps, reportIncident } from '../incidents/report-incident.ts';
import { type AirflowReader, makeAirflowReader } from './airflow-reader.ts';
import { beginRound } from './round-time.ts';

export interface WatchAirflowDeps extends ReportIncidentDeps {
  readonly incidents: ReportIncidentDeps['incidents'] & Pick<IncidentStore, 'get'>;
  readonly endpoints: Pick<EndpointCaller, 'read'>;
  readonly jobs: Pick<JobWatchStore, 'airflowWatch' | 'keepAirflowWatch'>;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly log: Log;
}

/** Who reports, in the words of the incident's page. */
const REPORTER = 'Selfheal, reading Airflow';
/** Rounds in a row, a minute apart, after which people are told that an Airflow cannot be read. */
const TOLD_AFTER_ROUNDS = 3;
/** In one round, if there is time; the rest follows in the next. */
const MAX_RUNS = 20;
const MAX_IMPORT_ERRORS = 10;
/** Lines in which Airflow says that a task failed, whatever the cause was. */
export const SAYS_ONLY_THAT = /^.*(?:Task failed with exception|Marking task as (?:FAILED|UP_FOR_RETRY)\b).*$/;

/**
 * Asks every configured Airflow for task instances that failed since the last round, and for files that it cannot import. Each failure becomes an incident
 * about the task that failed first, with its log; a task that fails again while its incident is open is part of that. One that cannot be read does not stop
 * the others; people are told after three rounds.
 */
export async function watchAirflow(deps: WatchAirflowDeps): Promise<void> {
  const names = new Set(deps.configuration.jobs.airflow.map(({ endpoint }) => endpoint));
  await Promise.all([...names].map(async (name) => await watchSafely(name, deps)));
}

async function watchSafely(name: string, deps: WatchAirflowDeps): Promise<void> {
  const now = deps.clock.now();
  const before = (await deps.jobs.airflowWatch(name)) ?? firstWatch(now);
  try {
    await deps.jobs.keepAirflowWatch(name, { ...(await watchOne(name, before, deps)), failed: 0, since: null });
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Retryable)) throw error;
    deps.meter.count('airflow-unreadable');
    deps.log.warn('An Airflow could not be read; the next round tries again.', {
      part: redactName(name, 40),
      error: error.name,
    });
    const failed = before.failed + 1;
    const since = before.since ?? now.toISOString();
    // Reported before the state is kept: a crash in between reports the same again, which opens nothing twice.
    if (failed === TOLD_AFTER_ROUNDS) await reportUnreadable(name, { since, reason: error.message }, deps);
    await deps.jobs.keepAirflowWatch(name, { ...before, failed, since });
  }
}

async function watchOne(name: string, before: AirflowWatch, deps: WatchAirflowDeps): Promise<AirflowWatch> {
  const { http, jobs } = deps.configuration;
  const address = http.allowedEndpoints.find((one) => one.name === name)?.url ?? '';
  const round = beginRound(deps.endpoints, deps.clock);
  const airflow = makeAirflowReader(round.endpoints, name, address);
  const seen = new Set(before.seen.map(({ key }) => key));
  const fresh = (await airflow.failedSince(readFrom(before))).filter((one) => !seen.has(failureKey(one)));
  const listed = fresh.filter((one) => airflowSourceOf(jobs, one.dag_id, name) !== null);
  if (listed.length < fresh.length) deps.meter.count('airflow-failure-left-out', fresh.length - listed.length);
  const runs = [...Map.groupBy(listed, (one) => JSON.stringify([one.dag_id, one.dag_run_id])).values()];
  const later = new Set(runs.flat());
  let incidents = before.incidents;
  for (const failed of runs.slice(0, MAX_RUNS)) {
    if (round.isOver()) break;
    incidents = [...incidents, ...(await reportRun(name, failed, incidents, { airflow, deps }))];
    for (const one of failed) later.delete(one);
  }
  const importErrors = await reportImportErrors(name, before.importErrors, { airflow, deps });
  const looked = upToFirst(fresh, later);
  return { ...advanced({ ...before, incidents }, looked, deps.clock.now()), importErrors };
}

/** Failures before the first that is left for the next round, so that the cursor does not pass it. */
function upToFirst(fresh: readonly TaskInstance[], later: ReadonlySet<TaskInstance>): readonly TaskInstance[] {
  const end = fresh.findIndex((one) => later.has(one));
  return end < 0 ? fresh : fresh.slice(0, end);
}

interface Round {
  readonly airflow: AirflowReader;
  readonly deps: WatchAirflowDeps;
}
type Known = AirflowWatch['incidents'];

/** Reports where the failures of one run began; gives the incidents that it opened. */
async function reportRun(name: string, failed: readonly TaskInstance[], known: Known, round: Round): Promise<Known> {
  const [one] = failed;
  if (one === undefined) return [];
  const { airflow, deps } = round;
  // The run or the DAG may have been deleted since.
  const instances = (await unlessRefused(() => airflow.instancesOf(one.dag_id, one.dag_run_id))) ?? failed;
  const tasks = (await unlessRefused(() => airflow.tasksOf(one.dag_id))) ?? [];
  const opened: Known[number][] = [];
  for (const root of rootFailures(instances, tasks)) {
    // Its own failure, or that of what followed, is new; one that began earlier has its incident.
    const isNew = [root.failed, ...root.followed].some((member) => failed.some((each) => isSame(each, member)));
    if (!isNew || (await hasOpenIncident(root, known, deps))) continue;
    const incident = await reportTask(name, root, round);
    const at = deps.clock.now().toISOString();
    if (incident !== null)
      opened.push(...[root.failed, ...root.followed].map((member) => ({ key: taskKey(member), incident, at })));
  }
  return opened;
}

const isSame = (a: TaskInstance, b: TaskInstance): boolean => failureKey(a) === failureKey(b);

async function hasOpenIncident({ failed }: RootFailure, known: Known, { incidents }: WatchAirflowDeps) {
  const earlier = known.findLast(({ key }) => key === taskKey(failed));
  return earlier !== undefined && (await incidents.get(earlier.incident))?.status === 'open';
}

async function reportTask(name: string, root: RootFailure, { airflow, deps }: Round): Promise<string | null> {
  const { failed, followed, notStarted } = root;
  const { dag_id: dag, dag_run_id: run, task_id: task, map_index: mapIndex } = failed;
  const isBlocking = followed.length + notStarted.length > 0;
  const job: Job = {
    ...{ kind: 'airflow-task', endpoint: name, dag, run, task, mapIndex },
    ...(isBlocking ? { isBlocking } : {}),
  };
  const log = await airflow.logOf(failed).catch((error: unknown) => {
    if (error instanceof Refused || error instanceof Retryable) return error;
    throw error;
  });
  const unread = typeof log === 'string' ? '' : ` Its log could not be read: ${log.message}`;
  const lines = (typeof log === 'string' ? log.split('\n') : []).filter((line) => !SAYS_ONLY_THAT.test(line));
  return await report(
    {
      requestId: `airflow#${name}#${failureKey(failed)}`,
      title: `${jobWords(job)} failed in Airflow`,
      description: `${failureWords(root)}${unread}`,
      // The end of a log says why it ended.
      lines: lines.slice(-MAX_REPORT_LINES),
      job,
    },
    airflowSourceOf(deps.configuration.jobs, dag, name)?.service ?? null,
    deps,
  );
}

/** Reports files that Airflow cannot import, each once; gives the keys of those that are still broken. */
async function reportImportErrors(name: string, known: readonly string[], { airflow, deps }: Round): Promise<string[]> {
  const errors = await airflow.importErrors();
  const fresh = errors.filter((one) => !known.includes(importErrorKey(one))).slice(0, MAX_IMPORT_ERRORS);
  for (const one of fresh) await reportImportError(name, one, deps);
  const told = new Set([...known, ...fresh.map(importErrorKey)]);
  return errors.map(importErrorKey).filter((key) => told.has(key));
}

async function reportImportError(name: string, error: ImportError, deps: WatchAirflowDeps): Promise<void> {
  const { filename: file, bundle_name: bundle, stack_trace: trace } = error;
  const [source] = deps.configuration.jobs.airflow.filter(({ endpoint }) => endpoint === name);
  await report(
    {
      requestId: `airflow-import#${name}#${importErrorKey(error)}`,
      title: `Airflow cannot import ${file}`,
      description: `Airflow cannot import the file ${file}${bundle === null ? '' : ` of the bundle ${bundle}`}: its DAGs do not run as they are written there, or not at all.`,
      lines: trace.split('\n').slice(-MAX_REPORT_LINES),
      job: { kind: 'airflow-file', endpoint: name, file: file.slice(0, 300) },
    },
    source?.service ?? null,
    deps,
  );
}

async function reportUnreadable(
  name: string,
  { since, reason }: { readonly since: string; readonly reason: string },
  deps: WatchAirflowDeps,
): Promise<void> {
  const [source] = deps.configuration.jobs.airflow.filter(({ endpoint }) => endpoint === name);
  await report(
    {
      requestId: `airflow-away#${name}#${since}`,
      title: `Airflow (${name}) cannot be read`,
      description: `${counted(TOLD_AFTER_ROUNDS, 'round')} in a row failed, the first at ${since}: failed tasks are not seen meanwhile. The last: ${reason}`,
      lines: [],
    },
    source?.service ?? null,
    deps,
  );
}

type Reported = Pick<Parameters<typeof reportIncident>[0], 'requestId' | 'title' | 'description' | 'lines' | 'job'>;

/** Id of the incident, or null where the service's mode is off. */
async function report(one: Reported, service: string | null, deps: WatchAirflowDeps): Promise<string | null> {
  const severity: Severity = deps.configuration.services.find(({ id }) => id === service)?.criticality ?? 'medium';
  const order = { ...one, service, repository: null, severity, simulated: false };
  const outcome = await reportIncident(order, REPORTER, deps);
  deps.meter.count(outcome.kind === 'opened' ? 'airflow-incident-opened' : 'airflow-incident-refused');
  return outcome.kind === 'opened' ? outcome.incident.id : null;
}
