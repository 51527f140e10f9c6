import { Refused } from '@selfheal/kernel/errors.ts';
import { chanceOf } from '@selfheal/kernel/failure-class.ts';
import * as z from 'zod';
import type { Configuration } from '#shared/domain/configuration/configuration.ts';
import { JenkinsBuild, jobKey, jobWords } from '#shared/domain/incident/job.ts';
import { hiddenParameter, parametersText } from '#shared/domain/jobs/jenkins-failures.ts';
import type { JenkinsBuildDetail } from '#shared/domain/jobs/jenkins-wire.ts';
import { jenkinsSourceOf } from '#shared/domain/jobs/job-settings.ts';
import type { Receipt } from '#shared/domain/plan/bound-action.ts';
import { UNKNOWN_IMPACT } from '#shared/domain/plan/candidates.ts';
import { type JenkinsReader, jobPath, makeJenkinsReader } from '../common/jenkins-reader.ts';
import { jobSchedule } from '../common/job-schedule.ts';
import { makeReceipt } from '../common/make-receipt.ts';
import {
  type ActionPlugin,
  type ActionPorts,
  defineAction,
  type Grant,
  isAdvised,
  type Observation,
  type ProposalContext,
  type Verification,
} from '../contract.ts';

const Parameters = z.strictObject({
  service: z.string().regex(/^[a-z0-9-]{1,60}$/),
  job: JenkinsBuild,
  /** When the build was found failed, ISO 8601: builds that Selfheal's user started earlier were not started for it. */
  since: z.iso.datetime(),
});
type Parameters = z.infer<typeof Parameters>;

export const JENKINS_REBUILD = 'jenkins-rebuild';

const SAMPLE: Parameters = {
  service: 'shop',
  job: { kind: 'jenkins-build', endpoint: 'jenkins', job: 'team/deploy', build: 41 },
  since: '2026-01-01T00:00:00.000Z',
};
const TIMEOUT_SECONDS = 15;
/** Servers and proxies take addresses of 8 KB. */
const MAX_QUERY = 6000;
/** What was started waits in the queue at once. */
const SHOWS_WITHIN_SECONDS = 30;
const HEAD = 'It builds what the job builds now, which may be newer than what failed.';

/** The action, where an entry of `jobs.jenkins` allows it; otherwise nothing. */
export function jenkinsActions({ jobs }: Pick<Configuration, 'jobs'>): ActionPlugin<Parameters>[] {
  return jobs.jenkins.some(({ rebuild }) => rebuild) ? [jenkinsRebuild] : [];
}

/**
 * Starts a failed Jenkins build again with the same parameters, once. What it started is told from what others started by the user whose credentials are sent, and by the
 * parameters: Jenkins takes no text of one's own with a build that is started by an API token. Such a token needs no crumb.
 * https://www.jenkins.io/doc/book/using/remote-access-api/#submitting-jobs
 */
const jenkinsRebuild = defineAction<Parameters>({
  id: JENKINS_REBUILD,
  title: 'Build a Jenkins job again',
  family: 'http',
  risk: 'medium',
  // A job may do anything.
  impact: UNKNOWN_IMPACT,
  forJobs: true,
  repeat: { kind: 'harmful', showsWithinSeconds: SHOWS_WITHIN_SECONDS },
  parameters: Parameters,
  sample: SAMPLE,
  propose,
  describe: ({ job }) => `Starts the Jenkins job ${job.job} again with the parameters of build ${job.build}. ${HEAD}`,
  describeUndo: () => 'A build cannot be taken back: what the job does is done again.',
  targetKey: ({ job }) => jobKey(job),
  grants: ({ jobs, http }) => {
    const named = new Set(jobs.jenkins.filter(({ rebuild }) => rebuild).map(({ endpoint }) => endpoint));
    const resources = http.allowedEndpoints.flatMap(({ name, authorizationSecretArn: arn }) =>
      named.has(name) && arn !== null ? [arn] : [],
    );
    const read: Grant[] = resources.length === 0 ? [] : [{ actions: ['secretsmanager:GetSecretValue'], resources }];
    return { execute: read, observe: read, undo: [] };
  },
  schedule: jobSchedule,
  observe,
  execute: async ({ job, since }, { endpoints, clock }) => {
    const failed = await makeJenkinsReader(endpoints, job.endpoint).buildOf(job.job, job.build);
    const objection = objectionTo(job, failed);
    if (objection !== null || failed === null) throw new Refused(objection ?? '');
    const what = failed.parameters.length === 0 ? 'build' : `buildWithParameters?${queryOf(failed)}`;
    const endpoint = `${job.endpoint}:/${jobPath(job.job)}/${what}`;
    const key = encodeURIComponent(`${jobWords(job)} ${since}`);
    const { status } = await endpoints.send({ endpoint, method: 'POST', timeoutSeconds: TIMEOUT_SECONDS, key });
    if (status !== 201 && status !== 200) throw new Refused(refusalWords(job, status));
    return makeReceipt(`Started the Jenkins job ${job.job} again as build ${job.build} was.`, clock.now(), {});
  },
  verify: async (parameters, _receipt, { ports, poll }) => await verify(parameters, ports, poll),
});

/** A failure that may pass, once, where the owner of the job allows it. */
function propose(context: ProposalContext) {
  const { target, service, configuration, classification, requested, past = [] } = context;
  const job = target.kind === 'report' ? target.job : undefined;
  if (job?.kind !== 'jenkins-build' || target.kind !== 'report' || service === null) return [];
  const source = jenkinsSourceOf(configuration.jobs, job.job, job.endpoint);
  if (source?.rebuild !== true || source.service !== service.id || job.hidesParameters === true) return [];
  if (past.some(({ actionId, state }) => actionId === JENKINS_REBUILD && state === 'done')) return [];
  const parameters = { service: service.id, job, since: target.reportedAt };
  if (requested?.actionId === JENKINS_REBUILD)
    return [{ parameters, confidence: 1, reason: `Somebody asked for it, and jobs.jenkins allows it for ${job.job}.` }];
  if (isAdvised(JENKINS_REBUILD, context))
    return [{ parameters, confidence: 0, reason: 'A pattern of this place advises it.' }];
  const { verdict, confidence } = classification;
  if (chanceOf(classification) === 'lasts' || (verdict !== 'flaky' && verdict !== 'infrastructure')) return [];
  const because = verdict === 'flaky' ? 'a flaky test' : 'the infrastructure';
  const reason = `The failure was attributed to ${because}, not to the change, and jobs.jenkins allows a rebuild of ${job.job}.`;
  return [{ parameters, confidence, reason }];
}

async function observe({ job, since }: Parameters, { endpoints, clock }: ActionPorts): Promise<Observation> {
  const jenkins = makeJenkinsReader(endpoints, job.endpoint);
  const failed = await jenkins.buildOf(job.job, job.build);
  const objection = objectionTo(job, failed);
  if (objection !== null || failed === null) return { kind: 'superseded', reason: objection ?? '' };
  const found = await rebuildOf(job, failed, { since, jenkins });
  switch (found.kind) {
    case 'none':
      return { kind: 'not-started' };
    case 'waits':
      return {
        kind: 'happened',
        receipt: receiptOf(`The Jenkins job ${job.job} waits to be built again.`, clock.now()),
      };
    case 'own':
      return {
        kind: 'happened',
        receipt: receiptOf(
          `Build ${found.build.number} of the Jenkins job ${job.job} repeats build ${job.build}.`,
          clock.now(),
        ),
      };
    case 'foreign':
      return { kind: 'superseded', reason: foreignWords(job, found.build) };
    default:
      return found satisfies never;
  }
}

const receiptOf = (summary: string, at: Date): Receipt => makeReceipt(summary, at, {});

const queryOf = ({ parameters }: JenkinsBuildDetail): string =>
  new URLSearchParams(parameters.map(({ name, value }): [string, string] => [name, String(value)])).toString();

/** Why a build cannot be started again as it was, or null. */
function objectionTo({ job, build }: JenkinsBuild, failed: JenkinsBuildDetail | null): string | null {
  if (failed === null)
    return `Build ${build} of the Jenkins job ${job} is not there any more, so its parameters are not known.`;
  const hidden = hiddenParameter(failed);
  if (hidden !== null)
    return `Jenkins does not show the value of the parameter ${hidden.name} of build ${build} of ${job}, so the build cannot be repeated as it was. Start it in Jenkins.`;
  const { length } = queryOf(failed);
  return length > MAX_QUERY
    ? `The parameters of build ${build} of ${job} are ${length} characters long; at most ${MAX_QUERY} can be sent. Start it in Jenkins.`
    : null;
}

type Rebuild =
  | { readonly kind: 'none' | 'waits' }
  | { readonly kind: 'own' | 'foreign'; readonly build: JenkinsBuildDetail };

interface Search {
  readonly since: string;
  readonly jenkins: JenkinsReader;
}

/** The first build after the failed one with the same parameters, or what waits to be one. Only what Selfheal's own user started counts as its rebuild. */
async function rebuildOf(job: JenkinsBuild, failed: JenkinsBuildDetail, { since, jenkins }: Search): Promise<Rebuild> {
  const user = (await jenkins.user()) ?? 'anonymous';
  const isOwn = (causes: JenkinsBuildDetail['causes']): boolean =>
    causes.some(({ userId }) => (userId ?? 'anonymous') === user);
  const from = Date.parse(since) - CLOCK_DIFFERENCE_MS;
  // The queue first: what leaves it meanwhile is among the builds.
  const queued = await jenkins.queuedOf(job.job);
  const latest = await jenkins.latestOf(job.job);
  if (latest === null) throw new Refused(`Jenkins (endpoint ${job.endpoint}) has no job ${job.job} any more.`);
  const later = latest.filter((one) => one.number > job.build && isSame(one, failed)).toReversed();
  const own = later.find(({ causes, timestamp }) => timestamp >= from && isOwn(causes));
  if (own !== undefined) return { kind: 'own', build: own };
  if (queued.some((item) => item.inQueueSince >= from && isSame(item, failed) && isOwn(item.causes)))
    return { kind: 'waits' };
  const foreign = later.at(-1);
  return foreign === undefined ? { kind: 'none' } : { kind: 'foreign', build: foreign };
}

const CLOCK_DIFFERENCE_MS = 60_000;

type Parametered = Pick<JenkinsBuildDetail, 'parameters'>;
const isSame = (one: Parametered, other: Parametered): boolean => parametersText(one) === parametersText(other);

function foreignWords({ job }: JenkinsBuild, { number, result, causes }: JenkinsBuildDetail): string {
  const [why] = causes.map(({ shortDescription }) => shortDescription);
  const by = why === undefined || why === '' ? '' : ` (${why})`;
  return `The Jenkins job ${job} has been built again since: build ${number}${by} ${result === null ? 'is running' : `ended with ${result}`}.`;
}

async function verify({ job, since }: Parameters, { endpoints }: ActionPorts, poll: number): Promise<Verification> {
  const jenkins = makeJenkinsReader(endpoints, job.endpoint);
  const failed = await jenkins.buildOf(job.job, job.build);
  if (failed === null)
    return { state: 'failed', summary: `Build ${job.build} of ${job.job} was deleted.`, inconclusive: true };
  const found = await rebuildOf(job, failed, { since, jenkins });
  if (found.kind === 'waits') return { state: 'pending', summary: `The Jenkins job ${job.job} waits to be built.` };
  if (found.kind !== 'own')
    return poll < 2
      ? { state: 'pending', summary: `The new build of the Jenkins job ${job.job} is not there yet.` }
      : { state: 'failed', summary: `The new build of ${job.job} was cancelled before it began.`, inconclusive: true };
  const { number, result } = found.build;
  const facts = { build: number };
  if (result === null)
    return { state: 'pending', summary: `Build ${number} of the Jenkins job ${job.job} is running.`, facts };
  const summary = `Build ${number} of the Jenkins job ${job.job} ended with ${result}.`;
  if (result === 'SUCCESS') return { state: 'recovered', summary, facts };
  return {
    state: 'failed',
    summary,
    facts,
    ...(result === 'ABORTED' || result === 'NOT_BUILT' ? { inconclusive: true } : {}),
  };
}

function refusalWords({ job, endpoint }: JenkinsBuild, status: number): string {
  const what = `Jenkins (endpoint ${endpoint}) answered the request to build ${job} with ${status}`;
  if (status === 401)
    return `${what}: it does not accept the credentials. Put a valid API token into the secret of the endpoint.`;
  if (status === 403)
    return `${what}. Its user needs Job/Build, and the secret an API token: with a password Jenkins asks for a crumb.`;
  if (status === 404) return `${what}: the job is not there any more, or its user does not see it.`;
  if (status === 409) return `${what}: the job is disabled.`;
  if (status === 400) return `${what}: the job has other parameters now than the build had.`;
  return `${what}.`;
}
