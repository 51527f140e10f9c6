import { unlessRefused } from '@selfheal/kernel/errors.ts';
import { MAX_REPORT_LINES } from '#shared/domain/incident/annotations.ts';
import { type JenkinsBuild, jobWords } from '#shared/domain/incident/job.ts';
import {
  BAD_RESULTS,
  badEnd,
  buildWords,
  changesOf,
  consoleLines,
  hiddenParameter,
} from '#shared/domain/jobs/jenkins-failures.ts';
import {
  buildKey,
  firstJenkinsWatch,
  JENKINS_OVERLAP_MS,
  type JenkinsWatch,
  missingKey,
  workKey,
} from '#shared/domain/jobs/jenkins-watch.ts';
import type { BuildSummary, JenkinsBuildDetail } from '#shared/domain/jobs/jenkins-wire.ts';
import { advanced, type KnownIncident, type Looked, ofLastDay, readFrom } from '#shared/domain/jobs/job-cursor.ts';
import { jenkinsSourceOf } from '#shared/domain/jobs/job-settings.ts';
import { type JenkinsReader, jobPath, makeJenkinsReader } from '#shared/plugins/actions/common/jenkins-reader.ts';
import type { ChangeStore } from '#shared/ports/change-store.ts';
import type { IncidentStore } from '#shared/ports/incident-store.ts';
import type { JobWatchStore } from '#shared/ports/job-watch-store.ts';
import {
  type JobLog,
  type JobSystem,
  type RoundTime,
  readJobLog,
  reportJob,
  type WatchJobsDeps,
  watchJobs,
} from './watch-jobs.ts';

export interface WatchJenkinsDeps extends WatchJobsDeps {
  readonly incidents: WatchJobsDeps['incidents'] & Pick<IncidentStore, 'get'>;
  readonly jobs: Pick<JobWatchStore, 'jenkinsWatch' | 'keepJenkinsWatch'>;
  /** The change graph. */
  readonly changes: Pick<ChangeStore, 'record'>;
}

/** In one round, if there is time; the rest follows in the next. */
const MAX_BUILDS = 20;

/**
 * Asks every configured Jenkins for builds that failed, became unstable or ran out of time since the last round. Each becomes an incident with the end of its console; the
 * commits that are new in it go into the change graph. One that fails again while its incident is open is part of that. See `watchJobs`.
 */
export async function watchJenkins(deps: WatchJenkinsDeps): Promise<void> {
  await watchJobs(jenkinsOf(deps), deps);
}

const JENKINS = {
  id: 'jenkins',
  title: 'Jenkins',
  one: 'A Jenkins',
  reporter: 'Selfheal, reading Jenkins',
  unseen: 'failed builds',
} as const;

const jenkinsOf = (deps: WatchJenkinsDeps): JobSystem<JenkinsWatch> => ({
  ...JENKINS,
  sources: deps.configuration.jobs.jenkins,
  known: async (name, now) => (await deps.jobs.jenkinsWatch(name)) ?? firstJenkinsWatch(now),
  keep: (name, watch) => deps.jobs.keepJenkinsWatch(name, watch),
  look: (name, before, round) => look(name, before, round, deps),
});

interface EndedBuild extends BuildSummary {
  readonly job: string;
}
const endOf = ({ timestamp, duration }: BuildSummary): number => timestamp + duration;

async function look(
  name: string,
  before: JenkinsWatch,
  round: RoundTime,
  deps: WatchJenkinsDeps,
): Promise<JenkinsWatch> {
  const jenkins = makeJenkinsReader(round.endpoints, name);
  const from = readFrom(before, JENKINS_OVERLAP_MS);
  const { ended, missing } = await endedSince(from, name, { jenkins, deps });
  const seen = new Set(before.seen.map(({ key }) => key));
  const fresh = ended.filter((one) => !seen.has(buildKey(one)));
  const looked: Looked[] = [];
  let incidents = before.incidents;
  for (const one of fresh.slice(0, MAX_BUILDS)) {
    if (round.isOver()) break;
    const opened = await reportBuild(name, one, incidents, { jenkins, deps });
    incidents = [...incidents, ...opened];
    looked.push({ key: buildKey(one), endedAt: new Date(endOf(one)).toISOString() });
  }
  const told = await reportMissing(name, missing, before.missing, deps);
  const now = deps.clock.now();
  return { ...advanced(before, looked, now, JENKINS_OVERLAP_MS), incidents: ofLastDay(incidents, now), missing: told };
}

interface Round {
  readonly jenkins: JenkinsReader;
  readonly deps: WatchJenkinsDeps;
}

/** Builds that ended badly then or later, in the order of their ends, and the patterns that name nothing. */
async function endedSince(from: Date, name: string, { jenkins, deps }: Round) {
  const { jobs } = deps.configuration;
  const sources = jobs.jenkins.filter(({ endpoint }) => endpoint === name);
  const patterns = [...new Set(sources.flatMap((source) => source.jobs))];
  const ended = new Map<string, EndedBuild>();
  const missing: string[] = [];
  for (const pattern of patterns) {
    const listed = await jenkins.jobsLike(pattern, from);
    if (listed === null) missing.push(pattern);
    for (const { job, builds } of listed ?? [])
      for (const build of builds)
        if (!build.building && BAD_RESULTS.has(build.result) && endOf(build) >= from.getTime())
          ended.set(buildKey({ job, number: build.number }), { job, ...build });
  }
  return { ended: [...ended.values()].sort((a, b) => endOf(a) - endOf(b)), missing };
}

/** Reports a build unless there is nothing to report; gives the incident that it opened. */
async function reportBuild(
  name: string,
  { job, number }: EndedBuild,
  known: readonly KnownIncident[],
  round: Round,
): Promise<KnownIncident[]> {
  const { jenkins, deps } = round;
  const detail = await jenkins.buildOf(job, number);
  // It may have been deleted since.
  if (detail === null) deps.meter.count('jenkins-build-gone');
  if (detail === null || detail.building) return [];
  const console = await readJobLog(async () => (await jenkins.consoleOf(job, number)) ?? '');
  const end = badEnd(detail, console.log);
  if (end === null) {
    deps.meter.count('jenkins-build-stopped');
    return [];
  }
  const key = workKey(job, detail);
  if (await belongsToKnown(key, detail, known, round)) {
    deps.meter.count('jenkins-build-repeated');
    return [];
  }
  const hidden = hiddenParameter(detail) === null ? {} : { hidesParameters: true as const };
  const incident = await openIncident({ kind: 'jenkins-build', endpoint: name, job, build: number, ...hidden }, end, {
    detail,
    console,
    deps,
  });
  return incident === null ? [] : [{ key, incident, at: deps.clock.now().toISOString() }];
}

/**
 * Whether the build is a repeat within an incident: of what failed while that is open, or started by Selfheal's own user for it. Of the latter the incident's verification
 * speaks, even where it has ended meanwhile.
 */
async function belongsToKnown(
  key: string,
  { causes }: JenkinsBuildDetail,
  known: readonly KnownIncident[],
  { jenkins, deps }: Round,
): Promise<boolean> {
  const earlier = known.findLast((one) => one.key === key);
  if (earlier === undefined) return false;
  if ((await deps.incidents.get(earlier.incident))?.status === 'open') return true;
  const starters = causes.flatMap(({ userId }) => userId ?? []);
  if (starters.length === 0) return false;
  const user = await unlessRefused(() => jenkins.user());
  return user !== null && starters.includes(user);
}

async function openIncident(
  job: JenkinsBuild,
  end: string,
  {
    detail,
    console,
    deps,
  }: { readonly detail: JenkinsBuildDetail; readonly console: JobLog; readonly deps: WatchJenkinsDeps },
): Promise<string | null> {
  const link = linkOf(job, deps);
  const unread = console.unread ?? (console.log === '' ? 'The build has no log.' : null);
  // Before the incident, whose diagnosis asks for them.
  for (const change of changesOf(job, detail, link)) await deps.changes.record(change);
  const report = {
    requestId: `jenkins#${job.endpoint}#${buildKey({ job: job.job, number: job.build })}#${detail.timestamp}`,
    title: `${jobWords(job)} ${end} in Jenkins`,
    description: `${buildWords(job, detail, { end, link })}${unread === null ? '' : `\n${unread}`}${hiddenWords(job, detail, deps)}`,
    // The end of a log says why it ended.
    lines: consoleLines(console.log).slice(-MAX_REPORT_LINES),
    job,
    service: jenkinsSourceOf(deps.configuration.jobs, job.job, job.endpoint)?.service ?? null,
  };
  return await reportJob(report, JENKINS, deps);
}

/** Why the build is not started again although jobs.jenkins allows it. */
function hiddenWords(job: JenkinsBuild, detail: JenkinsBuildDetail, { configuration }: WatchJenkinsDeps): string {
  const hidden = hiddenParameter(detail);
  const isAllowed = jenkinsSourceOf(configuration.jobs, job.job, job.endpoint)?.rebuild === true;
  if (hidden === null || !isAllowed) return '';
  return `\nSelfheal does not build it again: Jenkins does not show the value of the parameter ${hidden.name}.`;
}

/** Of the build's page. */
function linkOf(
  { endpoint, job, build }: JenkinsBuild,
  { configuration }: Pick<WatchJenkinsDeps, 'configuration'>,
): string {
  const root = configuration.http.allowedEndpoints.find(({ name }) => name === endpoint)?.url ?? '';
  return `${root}${jobPath(job)}/${build}/`;
}

/** Tells people of listed jobs that are not there, each once until it is there again; gives the keys of those that are still missing. */
async function reportMissing(
  name: string,
  missing: readonly string[],
  known: readonly string[],
  deps: WatchJenkinsDeps,
): Promise<string[]> {
  for (const pattern of missing.filter((one) => !known.includes(missingKey(one)))) {
    deps.meter.count('jenkins-job-missing');
    const source = deps.configuration.jobs.jenkins.find(
      ({ endpoint, jobs }) => endpoint === name && jobs.includes(pattern),
    );
    const report = {
      requestId: `jenkins-missing#${name}#${missingKey(pattern)}#${deps.clock.now().toISOString().slice(0, 13)}`,
      title: `Jenkins (${name}) has no job ${pattern}`,
      description: `jobs.jenkins lists ${pattern}, and Jenkins answers that it does not exist (404), as it also does for a job that the user may not see. Was it renamed or deleted? Correct the name in selfheal.json (folders are part of it: team/deploy), or give the user Job/Read.`,
      lines: [],
      service: source?.service ?? null,
    };
    await reportJob(report, JENKINS, deps);
  }
  return missing.map(missingKey);
}
