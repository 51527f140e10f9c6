import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import type { WireRequest, WireResponse } from '@selfheal/fake-server/wire.ts';
import {
  type BuildState,
  type JenkinsState,
  type JobState,
  jobNow,
  type ParameterState,
  type QueueItemState,
} from './jenkins-state.ts';
import { pickTree } from './jenkins-tree.ts';

export const JENKINS_PREFIX = '/jenkins';

/** Who may sign in: by the API token, or by the password and then with a crumb for each POST. */
export interface JenkinsUser {
  readonly username: string;
  readonly token: string;
  readonly password?: string;
  /** Whether they may build jobs; true by default. */
  readonly mayBuild?: boolean;
}

export interface JenkinsServer {
  readonly state: JenkinsState;
  readonly journal: EffectsJournal;
  readonly access: { readonly user: JenkinsUser | null; readonly isAway: boolean };
}

const CRUMB = 'local-crumb';

/** Answers as Jenkins 2 does: https://www.jenkins.io/doc/book/using/remote-access-api/ */
export function answerJenkins(request: WireRequest, server: JenkinsServer): WireResponse {
  if (server.access.isAway) return html(503, 'Jenkins is getting ready to work');
  const refused = entry(request, server);
  if (refused !== null) return refused;
  const segments = request.path.slice(JENKINS_PREFIX.length).split('/').filter(Boolean).map(decodeURIComponent);
  if (request.method === 'GET' && segments.slice(-2).join('/') === 'api/json')
    return apiOf(segments.slice(0, -2), request, server);
  const names: string[] = [];
  while (segments[0] === 'job' && segments[1] !== undefined) names.push(...segments.splice(0, 2).slice(1));
  const job = jobNow(server.state, names.join('/'));
  if (job === undefined) return html(404, 'Not Found');
  const [number, ...rest] = segments;
  if (number === 'build' || number === 'buildWithParameters') return startBuild(job, number, request, server);
  const build = job.builds.find((one) => String(one.number) === number);
  if (build === undefined || request.method !== 'GET') return html(404, 'Not Found');
  return rest.join('/') === 'logText/progressiveText' ? progressiveText(build, request.query) : html(404, 'Not Found');
}

/** Why a request is not let in, or null. */
function entry({ headers, method }: WireRequest, { access: { user } }: JenkinsServer): WireResponse | null {
  if (user === null) return null;
  const given = headers.authorization;
  if (given === undefined) return html(403, 'anonymous is missing the Overall/Read permission');
  const basic = (secret: string): string => `Basic ${Buffer.from(`${user.username}:${secret}`).toString('base64')}`;
  if (given === basic(user.token)) return null;
  if (user.password === undefined || given !== basic(user.password))
    return html(401, 'Invalid password/token for user');
  if (method === 'GET' || headers['jenkins-crumb'] === CRUMB) return null;
  return html(403, 'No valid crumb was included in the request');
}

function apiOf(path: readonly string[], { query }: WireRequest, server: JenkinsServer): WireResponse {
  const whole = beanOf(path, server);
  if (whole === null) return html(404, 'Not Found');
  const picked = pickTree(whole, query.get('tree'));
  return picked === null ? html(400, 'Malformed tree expression') : json(picked);
}

type Bean = Readonly<Record<string, unknown>>;

function beanOf(path: readonly string[], { state, access: { user } }: JenkinsServer): Bean | null {
  const all = state.jobs.all().map(({ fullName }) => jobNow(state, fullName) as JobState);
  if (path.length === 0) return { _class: 'hudson.model.Hudson', jobs: childrenOf('', all) };
  if (path.join('/') === 'queue') return { _class: 'hudson.model.Queue', items: all.flatMap(queueBeans) };
  if (path.join('/') === 'crumbIssuer') return { crumb: CRUMB, crumbRequestField: 'Jenkins-Crumb' };
  if (path.join('/') === 'whoAmI')
    return user === null
      ? { _class: 'hudson.security.WhoAmI', anonymous: true, authenticated: true, name: 'anonymous' }
      : { _class: 'hudson.security.WhoAmI', anonymous: false, authenticated: true, name: user.username };
  const left = [...path];
  const names: string[] = [];
  while (left[0] === 'job' && left[1] !== undefined) names.push(...left.splice(0, 2).slice(1));
  const fullName = names.join('/');
  const job = all.find((one) => one.fullName === fullName);
  if (left.length === 0) {
    if (job !== undefined) return jobBean(job);
    const children = childrenOf(`${fullName}/`, all);
    return children.length === 0 ? null : folderBean(fullName, children);
  }
  const build = job?.builds.find(({ number }) => String(number) === left[0]);
  return build === undefined || left.length > 1 ? null : buildBean(build);
}

/** What is directly in a folder. `prefix`: its full name and a slash; empty for the root. */
function childrenOf(prefix: string, all: readonly JobState[]): Bean[] {
  const inside = all.filter(({ fullName }) => fullName.startsWith(prefix));
  const names = new Set(inside.map(({ fullName }) => prefix + (fullName.slice(prefix.length).split('/')[0] ?? '')));
  return [...names].map((name) => {
    const job = all.find(({ fullName }) => fullName === name);
    return job === undefined ? folderBean(name, childrenOf(`${name}/`, all)) : jobBean(job);
  });
}

const folderBean = (fullName: string, jobs: readonly Bean[]): Bean => ({
  _class: 'com.cloudbees.hudson.plugins.folder.Folder',
  name: fullName.split('/').at(-1),
  fullName,
  jobs,
});

const jobBean = (job: JobState): Bean => ({
  _class: 'org.jenkinsci.plugins.workflow.job.WorkflowJob',
  name: job.fullName.split('/').at(-1),
  fullName: job.fullName,
  inQueue: job.queue.length > 0,
  // The newest hundred, newest first.
  builds: job.builds
    .toSorted((a, b) => b.number - a.number)
    .slice(0, 100)
    .map(buildBean),
});

const INTERRUPTIONS = {
  user: { _class: 'jenkins.model.CauseOfInterruption$UserInterruption', shortDescription: 'Aborted by ada' },
  timeout: {
    _class: 'org.jenkinsci.plugins.workflow.steps.TimeoutStepExecution$ExceededTimeout',
    shortDescription: 'Timeout has been exceeded',
  },
} as const;

function buildBean(build: BuildState): Bean {
  const { number, result, timestamp, duration, commits, interruption } = build;
  return {
    _class: 'org.jenkinsci.plugins.workflow.job.WorkflowRun',
    number,
    building: result === null,
    result,
    timestamp,
    duration,
    actions: [
      ...actionBeans(build),
      ...(interruption === null
        ? []
        : [{ _class: 'jenkins.model.InterruptedBuildAction', causes: [INTERRUPTIONS[interruption]] }]),
      // Actions without exported fields.
      {},
    ],
    changeSets: [
      {
        _class: 'hudson.plugins.git.GitChangeSetList',
        kind: 'git',
        items: commits.map(({ author, ...commit }) => ({
          _class: 'hudson.plugins.git.GitChangeSet',
          ...commit,
          timestamp,
          author: { fullName: author },
        })),
      },
    ].filter(() => commits.length > 0),
  };
}

const causeBean = (userId: string | null): Bean =>
  userId === null
    ? { _class: 'hudson.triggers.TimerTrigger$TimerTriggerCause', shortDescription: 'Started by timer' }
    : {
        _class: 'hudson.model.Cause$UserIdCause',
        shortDescription: `Started by user ${userId}`,
        userId,
        userName: userId,
      };

const actionBeans = ({ userId, parameters }: Pick<BuildState, 'userId' | 'parameters'>): Bean[] => [
  { _class: 'hudson.model.CauseAction', causes: [causeBean(userId)] },
  ...(parameters.length === 0
    ? []
    : [{ _class: 'hudson.model.ParametersAction', parameters: parameters.map(parameterBean) }]),
];

function parameterBean({ name, value }: ParameterState): Bean {
  if (value === undefined) return { _class: 'hudson.model.PasswordParameterValue', name };
  return typeof value === 'boolean'
    ? { _class: 'hudson.model.BooleanParameterValue', name, value }
    : { _class: 'hudson.model.StringParameterValue', name, value };
}

const queueBeans = (job: JobState): Bean[] =>
  job.queue.map((item) => ({
    _class: 'hudson.model.Queue$WaitingItem',
    id: item.id,
    inQueueSince: item.inQueueSince,
    task: { _class: 'org.jenkinsci.plugins.workflow.job.WorkflowJob', fullName: job.fullName },
    actions: actionBeans(item),
  }));

function startBuild(
  job: JobState,
  kind: 'build' | 'buildWithParameters',
  { method, query }: WireRequest,
  { state, journal, access: { user } }: JenkinsServer,
): WireResponse {
  if (method !== 'POST') return html(405, 'Method Not Allowed');
  const userId = user?.username ?? 'anonymous';
  if (user?.mayBuild === false) return html(403, `${userId} is missing the Job/Build permission`);
  const hasParameters = job.parameters.length > 0;
  if (kind === 'build' && hasParameters) return html(400, 'Nothing is submitted');
  if (kind === 'buildWithParameters' && !hasParameters) return html(500, 'This build is not parameterized!');
  const parameters = job.parameters.map((name) => ({ name, value: query.get(name) ?? 'default' }));
  const same = (item: QueueItemState): boolean => JSON.stringify(item.parameters) === JSON.stringify(parameters);
  const waiting = job.queue.find(same);
  const id =
    waiting?.id ??
    1 +
      Math.max(
        0,
        ...state.jobs.all().flatMap(({ queue, builds }) => [...queue.map((one) => one.id), builds.length * 100]),
      );
  journal.record(
    'jenkins.build.started',
    job.fullName,
    Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
  );
  // The same once more while it waits is the same build.
  if (waiting === undefined)
    state.jobs.put(job.fullName, {
      ...job,
      queue: [...job.queue, { id, inQueueSince: state.now(), parameters, userId }],
    });
  return {
    status: 201,
    headers: { location: `https://jenkins.example.com${JENKINS_PREFIX}/queue/item/${id}/` },
    body: '',
  };
}

/** From a byte on; from the beginning where that is after the end, as if the text had been replaced. */
function progressiveText({ log, result }: BuildState, query: URLSearchParams): WireResponse {
  const bytes = Buffer.from(log);
  const asked = Number(query.get('start') ?? 0);
  const start = asked > bytes.length ? 0 : asked;
  const more = result === null ? { 'x-more-data': 'true' } : {};
  const headers = { 'content-type': 'text/plain;charset=utf-8', 'x-text-size': String(bytes.length), ...more };
  return { status: 200, headers, body: bytes.subarray(start) };
}

const json = (body: unknown): WireResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json;charset=utf-8', 'x-jenkins': '2.528.2' },
  body: JSON.stringify(body),
});
export const html = (status: number, words: string): WireResponse => ({
  status,
  headers: { 'content-type': 'text/html;charset=utf-8', 'x-jenkins': '2.528.2' },
  body: `<html><body>${words}</body></html>`,
});
