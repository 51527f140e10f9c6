import { counted } from '@selfheal/kernel/time-words.ts';
import { redactName } from '@selfheal/redaction/redact.ts';
import { type Change, placeOfJob } from '../changes/change.ts';
import type { JenkinsBuild } from '../incident/job.ts';
import type { JenkinsBuildDetail, JenkinsCommit, JenkinsParameter } from './jenkins-wire.ts';

/** How a build ended badly, in words; null: nothing to report, as of one that a person stopped. */
export function badEnd({ result, interruptions }: JenkinsBuildDetail, log: string): string | null {
  switch (result) {
    case 'FAILURE':
      return 'failed';
    case 'UNSTABLE':
      return 'is unstable';
    case 'ABORTED':
      return isTimeout(interruptions, log) ? 'ran out of time' : null;
    default:
      return null;
  }
}

/** Results of builds that `badEnd` may report. */
export const BAD_RESULTS: ReadonlySet<string | null> = new Set(['FAILURE', 'UNSTABLE', 'ABORTED']);

const TIMEOUT = /\btime-?out\b|\btimed out\b/i;
/** Words of the step `timeout` of pipelines, and of the plug-in Build Timeout. */
const LOG_OF_TIMEOUT =
  /^(?:\S+ )?(?:Timeout has been exceeded|Cancelling nested steps due to timeout|Build timed out \(after )/m;

/** Whoever stops a build is recorded; a person's word counts more than what the log says of a part of it. */
function isTimeout(interruptions: JenkinsBuildDetail['interruptions'], log: string): boolean {
  if (interruptions.some(({ _class }) => _class.endsWith('UserInterruption'))) return false;
  return interruptions.some(({ shortDescription: why }) => TIMEOUT.test(why)) || LOG_OF_TIMEOUT.test(log);
}

/** Lines in which Jenkins speaks of itself, whatever the cause of a failure was. */
const OF_JENKINS =
  /^(?:\S+ )?(?:\[Pipeline\] .*|Finished: [A-Z_]+|Build step '.*' (?:marked build as|changed build result to) .*|Started by .*)$/;

/** Lines of a console that say something about the job. */
export const consoleLines = (log: string): string[] =>
  log.split(/\r?\n/).filter((line) => line !== '' && !OF_JENKINS.test(line));

/** The first parameter whose value Jenkins does not show, or that is no text; null: the build can be started with the same again. */
export const hiddenParameter = ({ parameters }: Pick<JenkinsBuildDetail, 'parameters'>): JenkinsParameter | null =>
  parameters.find(({ value, _class }) => value === undefined || _class.endsWith('PasswordParameterValue')) ?? null;

/** Equal for builds that do the same, whatever the order of their parameters. */
export const parametersText = ({ parameters }: Pick<JenkinsBuildDetail, 'parameters'>): string =>
  JSON.stringify(parameters.map(({ name, value }) => [name, String(value)]).sort());

const MAX_NAMED = 5;
const MAX_CHANGES = 50;
const MAX_PATHS = 100;

/** The failure in sentences, for the incident's description. `link`: of the build's page. */
export function buildWords(
  { job, build }: Pick<JenkinsBuild, 'job' | 'build'>,
  detail: JenkinsBuildDetail,
  { end, link }: { readonly end: string; readonly link: string },
): string {
  const { causes, parameters, commits, timestamp, duration } = detail;
  const why = [...new Set(causes.map(({ shortDescription }) => shortDescription))].filter((words) => words !== '');
  const named = parameters.map(({ name, value }) => `${name}=${value === undefined ? '(hidden)' : value}`);
  return [
    `Build ${build} of the Jenkins job ${job} ${end} at ${new Date(timestamp + duration).toISOString()}: ${link}`,
    ...(why.length === 0 ? [] : [`${why.slice(0, 3).join('. ')}.`]),
    ...(named.length === 0 ? [] : [`Parameters: ${named.join(', ')}.`]),
    ...(commits.length === 0 ? [] : [`New in it: ${commitWords(commits)}.`]),
  ].join('\n');
}

const commitWords = (commits: readonly JenkinsCommit[]): string => {
  const shown = commits.slice(0, MAX_NAMED).map(({ commitId, msg, author }) => {
    const by = author?.fullName ?? '';
    return `${commitId.slice(0, 8)} ${firstLine(msg)}${by === '' ? '' : ` (${by})`}`;
  });
  const others = commits.length - shown.length;
  return `${shown.join('; ')}${others === 0 ? '' : `, and ${counted(others, 'more commit')}`}`;
};

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** The commits that are new in a build, for the change graph, as made when they came into the job. */
export function changesOf(job: JenkinsBuild, { commits, timestamp }: JenkinsBuildDetail, link: string): Change[] {
  const place = placeOfJob(job);
  return commits.slice(0, MAX_CHANGES).map(({ commitId, msg, author, affectedPaths }) => ({
    version: 1,
    id: `commit:${place}@${commitId}`.slice(0, 400),
    kind: 'commit',
    places: [place],
    at: new Date(timestamp).toISOString(),
    source: 'jenkins',
    title: redactName(firstLine(msg), 300),
    by: author != null && author.fullName !== '' ? redactName(author.fullName, 100) : null,
    url: link,
    state: 'done',
    files: [...new Set(affectedPaths)].slice(0, MAX_PATHS).map((path) => redactName(path, 300)),
    reason: `Jenkins lists it among the changes of build ${job.build}`,
    edges: [],
  }));
}
