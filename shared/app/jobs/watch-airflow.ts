import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { MAX_REPORT_LINES } from '#shared/domain/incident/annotations.ts';
import { type Job, jobWords } from '#shared/domain/incident/job.ts';
import { failureWords, type RootFailure, rootFailures } from '#shared/domain/jobs/airflow-failures.ts';
import {
  AIRFLOW_OVERLAP_MS,
  type AirflowWatch,
  afterFailures,
  failureKey,
  firstWatch,
  importErrorKey,
  taskKey,
} from '#shared/domain/jobs/airflow-watch.ts';
import type { ImportError, TaskInstance } from '#shared/domain/jobs/airflow-wire.ts';
import { readFrom } from '#shared/domain/jobs/job-cursor.ts';
import { airflowSourceOf } from '#shared/domain/jobs/job-settings.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { JobWatchStore } from '#shared/ports/job-watch-store.ts';
import { type AirflowReader, makeAirflowReader } from './airflow-reader.ts';
import {
  type JobSystem,
  type RoundTime,
  readJobLog,
  reportJob,
  serviceAt,
  type WatchJobsDeps,
  watchJobs,
} from './watch-jobs.ts';

export interface WatchAirflowDeps extends WatchJobsDeps {
  readonly incidents: WatchJobsDeps['incidents'] & Pick<IncidentStore, 'get'>;
  readonly jobs: Pick<JobWatchStore, 'airflowWatch' | 'keepAirflowWatch'>;
}

/** In one round, if there is time; the rest follows in the next. */
const MAX_RUNS = 20;
const MAX_IMPORT_ERRORS = 10;
/** Lines in which Airflow says that a task failed, whatever the cause was. */
const SAYS_ONLY_THAT = /^.*(?:Task failed with exception|Marking task as (?:FAILED|UP_FOR_RETRY)\b).*$/;

/**
 * Asks every configured Airflow for task instances that failed since the last round, and for files that it cannot import. Each failure becomes an incident
 * about the task that failed first, with its log; a task that fails again while its incident is open is part of that. See `watchJobs`.
 */
export async function watchAirflow(deps: WatchAirflowDeps): Promise<void> {
  await watchJobs(airflowOf(deps), deps);
}

const AIRFLOW = {
  id: 'airflow',
  title: 'Airflow',
  one: 'An Airflow',
  reporter: 'Selfheal, reading Airflow',
  unseen: 'failed tasks',
} as const;

const airflowOf = (deps: WatchAirflowDeps): JobSystem<AirflowWatch> => ({
  ...AIRFLOW,
  sources: deps.configuration.jobs.airflow,
  known: async (name, now) => (await deps.jobs.airflowWatch(name)) ?? firstWatch(now),
  keep: (name, watch) => deps.jobs.keepAirflowWatch(name, watch),
  look: (name, before, round) => look(name, before, round, deps),
});

async function look(
  name: string,
  before: AirflowWatch,
  round: RoundTime,
  deps: WatchAirflowDeps,
): Promise<AirflowWatch> {
  const { http, jobs } = deps.configuration;
  const address = http.allowedEndpoints.find((one) => one.name === name)?.url ?? '';
  const airflow = makeAirflowReader(round.endpoints, name, address);
  const seen = new Set(before.seen.map(({ key }) => key));
  const from = readFrom(before, AIRFLOW_OVERLAP_MS);
  const fresh = (await airflow.failedSince(from)).filter((one) => !seen.has(failureKey(one)));
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
  return { ...afterFailures({ ...before, incidents }, looked, deps.clock.now()), importErrors };
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
  const { log, unread } = await readJobLog(() => airflow.logOf(failed));
  const lines = unread === null ? log.split('\n').filter((line) => !SAYS_ONLY_THAT.test(line)) : [];
  const report = {
    requestId: `airflow#${name}#${failureKey(failed)}`,
    title: `${jobWords(job)} failed in Airflow`,
    description: [failureWords(root), ...(unread === null ? [] : [unread])].join(' '),
    // The end of a log says why it ended.
    lines: lines.slice(-MAX_REPORT_LINES),
    job,
    service: airflowSourceOf(deps.configuration.jobs, dag, name)?.service ?? null,
  };
  return await reportJob(report, AIRFLOW, deps);
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
  const report = {
    requestId: `airflow-import#${name}#${importErrorKey(error)}`,
    title: `Airflow cannot import ${file}`,
    description: `Airflow cannot import the file ${file}${bundle === null ? '' : ` of the bundle ${bundle}`}: its DAGs do not run as they are written there, or not at all.`,
    lines: trace.split('\n').slice(-MAX_REPORT_LINES),
    job: { kind: 'airflow-file' as const, endpoint: name, file: file.slice(0, 300) },
    service: serviceAt(name, { sources: deps.configuration.jobs.airflow }),
  };
  await reportJob(report, AIRFLOW, deps);
}
