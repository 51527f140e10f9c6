import { Refused } from '@selfheal/kernel/errors.ts';
import type * as z from 'zod';
import {
  ACTION_FIELDS,
  BuildDetail,
  type BuildSummary,
  DETAIL_FIELDS,
  type JenkinsBuildDetail,
  JobBuilds,
  JobNode,
  Queue,
  SUMMARY_FIELDS,
  WhoAmI,
} from '#shared/domain/jobs/jenkins-wire.ts';
import { covers } from '#shared/domain/jobs/job-settings.ts';
import type { EndpointCaller } from '#shared/ports/playbook-effects.ts';

interface ListedJob {
  /** Full name. */
  readonly job: string;
  readonly builds: readonly BuildSummary[];
}

/** What is asked of one Jenkins. Throws `Refused` with words for people, or `Retryable` when there is no answer at the moment. */
export interface JenkinsReader {
  /**
   * Jobs that a pattern of `jobs.jenkins` lists, with their latest builds: 10, or 100 of a job whose tenth began after `from`. Null: there is no such job or folder, or
   * the user does not see it.
   */
  jobsLike(pattern: string, from: Date): Promise<ListedJob[] | null>;
  /** Null: it was deleted. */
  buildOf(job: string, number: number): Promise<JenkinsBuildDetail | null>;
  /** The console, raw, its end if it is longer than `MAX_LOG_BYTES`; null: it was deleted with its build. */
  consoleOf(job: string, number: number): Promise<string | null>;
  /** The latest 100 builds, without their commits. Null: there is no such job. */
  latestOf(job: string): Promise<JenkinsBuildDetail[] | null>;
  /** What waits to be built of a job. */
  queuedOf(job: string): Promise<z.output<typeof Queue>['items']>;
  /** Id of the user whose credentials are sent; null for nobody's. */
  user(): Promise<string | null>;
}

const TIMEOUT_SECONDS = 10;
/** A folder with some thousand jobs. */
const MAX_BYTES = 16_000_000;
const MAX_LOG_BYTES = 1_000_000;
/** Folders within folders: an organization, a repository, a branch, and two to spare. */
const DEPTH = 5;
const PAGE = 10;
/** Jenkins lists no more. */
const MAX_BUILDS = 100;

/** `team/shop/feature%2Fcart` is at `job/team/job/shop/job/feature%252Fcart`. */
export const jobPath = (job: string): string =>
  job
    .split('/')
    .map((name) => `job/${encodeURIComponent(name)}`)
    .join('/');

/** By the remote access API: https://www.jenkins.io/doc/book/using/remote-access-api/ */
export function makeJenkinsReader(endpoints: Pick<EndpointCaller, 'read' | 'readText'>, name: string): JenkinsReader {
  /** Null for a 404. */
  async function read<T extends z.ZodType>(path: string, tree: string, form: T): Promise<z.output<T> | null> {
    const where = `${path === '' ? '' : `${path}/`}api/json`;
    const endpoint = `${name}:/${where}?${new URLSearchParams({ tree })}`;
    const { status, body } = await endpoints.read(endpoint, TIMEOUT_SECONDS, { maxBytes: MAX_BYTES });
    if (status === 404) return null;
    if (status !== 200) throw new Refused(refusalWords(name, where, status));
    const parsed = form.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new Refused(
      `Jenkins (endpoint ${name}) answered GET ${where} with something that is no answer of its remote access API.`,
    );
  }
  async function readRoot<T extends z.ZodType>(path: string, tree: string, form: T): Promise<z.output<T>> {
    const answer = await read(path, tree, form);
    if (answer === null) throw new Refused(refusalWords(name, `${path}/api/json`, 404));
    return answer;
  }

  async function withMore(listed: ListedJob, from: Date): Promise<ListedJob> {
    const { job, builds } = listed;
    const oldest = builds.at(-1);
    if (builds.length < PAGE || oldest === undefined || oldest.timestamp < from.getTime()) return listed;
    const more = await read(jobPath(job), `builds[${SUMMARY_FIELDS}]{0,${MAX_BUILDS}}`, JobNode);
    return more === null ? listed : { job, builds: more.builds };
  }

  return {
    jobsLike: async (pattern, from) => {
      const isOne = !pattern.endsWith('*');
      const folder = isOne ? pattern : pattern.slice(0, pattern.lastIndexOf('/') + 1).replace(/\/$/, '');
      const path = folder === '' ? '' : jobPath(folder);
      const found = await read(path, isOne ? JOB_FIELDS : treeOf(DEPTH), JobNode);
      if (found === null && folder === '') throw new Refused(refusalWords(name, 'api/json', 404));
      if (found === null) return null;
      const listed = jobsIn(found).filter(({ job }) => covers(pattern, job));
      return await Promise.all(listed.map((one) => withMore(one, from)));
    },
    buildOf: async (job, number) => await read(`${jobPath(job)}/${number}`, DETAIL_FIELDS, BuildDetail),
    consoleOf: async (job, number) => {
      const path = `${jobPath(job)}/${number}/logText/progressiveText`;
      const at = async (start: number) => {
        const endpoint = `${name}:/${path}?start=${start}`;
        const answer = await endpoints.readText(endpoint, TIMEOUT_SECONDS, { maxBytes: MAX_LOG_BYTES });
        if (answer.status === 200 || answer.status === 404) return answer;
        throw new Refused(refusalWords(name, path, answer.status));
      };
      const first = await at(0);
      if (first.status === 404) return null;
      const size = Number(first.headers['x-text-size']);
      if (!first.isCut || !Number.isSafeInteger(size)) return first.text;
      // The end says why it failed. Its first line is cut, too.
      const last = await at(size - MAX_LOG_BYTES);
      return last.status === 404 ? null : last.text.slice(last.text.indexOf('\n') + 1);
    },
    latestOf: async (job) =>
      (await read(jobPath(job), `builds[${SUMMARY_FIELDS},${ACTION_FIELDS}]{0,${MAX_BUILDS}}`, JobBuilds))?.builds ??
      null,
    queuedOf: async (job) => {
      const tree = `items[id,inQueueSince,task[fullName],${ACTION_FIELDS}]`;
      const { items } = await readRoot('queue', tree, Queue);
      return items.filter(({ task }) => task.fullName === job);
    },
    user: async () => {
      const { name: user, authenticated } = await readRoot('whoAmI', 'name,authenticated', WhoAmI);
      return authenticated && user !== 'anonymous' ? user : null;
    },
  };
}

const JOB_FIELDS = `fullName,builds[${SUMMARY_FIELDS}]{0,${PAGE}}`;
const treeOf = (depth: number): string => (depth === 0 ? JOB_FIELDS : `${JOB_FIELDS},jobs[${treeOf(depth - 1)}]`);

const jobsIn = ({ fullName, builds, jobs }: JobNode): ListedJob[] => [
  ...(fullName === null || builds.length === 0 ? [] : [{ job: fullName, builds }]),
  ...jobs.flatMap(jobsIn),
];

function refusalWords(name: string, path: string, status: number): string {
  const what = `Jenkins (endpoint ${name}) answered GET ${path} with ${status}`;
  if (status === 401)
    return `${what}: it does not accept the credentials. Was the API token revoked? Put a new one into the secret of the endpoint.`;
  if (status === 403) return `${what}: its user may not read this. Give it Overall/Read and Job/Read.`;
  if (status === 404)
    return `${what}. The address in http.allowedEndpoints must be the root of Jenkins, such as https://jenkins.example.com/.`;
  return `${what}.`;
}
