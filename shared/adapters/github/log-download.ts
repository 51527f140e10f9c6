import { Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { phrase, type RedactedText } from '@selfheal/kernel/text/redacted-text.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import type { CodeHost, JobLogs, LogArchive } from '#shared/ports/code-host.ts';
import { readAtMost } from '../http/read-at-most.ts';
import { type GithubClient, type GithubOptions, makeGithubClient, repositoryOf } from './github-client.ts';
import { isHttpError } from './github-errors.ts';

const TIMEOUT_MILLISECONDS = 30_000;
const DOWNLOADS = 3;
/** Links requested at most: an expired one is answered with 403. */
const LINKS = 2;

interface Limits {
  readonly maxBytes: number;
  readonly milliseconds: number;
  readonly tries: number;
}
const ROUTE = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/logs';
const JOB_ROUTE = 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs';

/**
 * Downloads the log archive. GitHub answers with a redirect to signed storage on another host, which is fetched without
 * the token (https://docs.github.com/en/rest/actions/workflow-runs#download-workflow-run-attempt-logs). The link is
 * valid for a minute: when the storage refuses it, a new one is requested once.
 */
export function logDownload(client: GithubClient, place: StoragePlace): CodeHost['downloadLogs'] {
  return async (repository, runId, attempt, maxBytes, withinMilliseconds) => {
    const parameters = { ...repositoryOf(repository), run_id: runId, attempt_number: attempt };
    const limits: Limits =
      withinMilliseconds === undefined
        ? { maxBytes, milliseconds: TIMEOUT_MILLISECONDS, tries: DOWNLOADS }
        : { maxBytes, milliseconds: withinMilliseconds, tries: 1 };
    return await downloadFrom(ROUTE, parameters, limits, client, place);
  };
}

/** Logs of single jobs: unlike the archive they are there while other jobs still run. */
export function makeGithubJobLogs(options: GithubOptions): JobLogs {
  const client = makeGithubClient(options);
  return {
    jobLog: async (repository, jobId, maxBytes) => {
      const limits = { maxBytes, milliseconds: TIMEOUT_MILLISECONDS, tries: DOWNLOADS };
      return await downloadFrom(JOB_ROUTE, { ...repositoryOf(repository), job_id: jobId }, limits, client, options);
    },
  };
}

interface StoragePlace {
  readonly apiUrl: string;
  readonly clock: Clock;
}

async function downloadFrom(
  route: string,
  parameters: Readonly<Record<string, unknown>>,
  limits: Limits,
  client: GithubClient,
  { apiUrl, clock }: StoragePlace,
): Promise<LogArchive> {
  for (let asked = 1; ; asked++) {
    const link = await linkOf(() => storageUrl(client, apiUrl, route, parameters));
    if ('kind' in link) return link;
    const archive = await download(link, limits, clock);
    if (archive.kind !== 'stale') return archive;
    if (asked >= Math.min(limits.tries, LINKS)) return unavailable(phrase`The log storage answered 403.`);
  }
}

async function linkOf(ask: () => Promise<URL | null>): Promise<URL | LogArchive> {
  try {
    return (await ask()) ?? unavailable(phrase`GitHub named no place to download the log archive from.`);
  } catch (error) {
    if (isGone(error)) return unavailable(phrase`GitHub has no log archive of this attempt (expired or deleted).`);
    throw error;
  }
}

/** Follows the API's own redirects (a renamed repository: 301, 307, 308) on its own host, up to the storage's 302. */
async function storageUrl(
  client: GithubClient,
  apiUrl: string,
  route: string,
  parameters: Readonly<Record<string, unknown>>,
  hops = 3,
): Promise<URL | null> {
  const { status, headers } = await client.open(route, parameters);
  const url = typeof headers.location === 'string' ? URL.parse(headers.location, apiUrl) : null;
  if (!url || hops === 0) return null;
  if (status === 302) return isAllowed(url, apiUrl) ? url : null;
  return url.origin === new URL(apiUrl).origin ? storageUrl(client, apiUrl, `GET ${url.href}`, {}, hops - 1) : null;
}

const unavailable = (reason: RedactedText): LogArchive => ({ kind: 'unavailable', reason });

const isGone = (error: unknown): boolean =>
  error instanceof Refused && isHttpError(error.cause) && [404, 410].includes(error.cause.status);

/** Plain HTTP only where the API itself uses it (the local runtime). */
const isAllowed = (url: URL, apiUrl: string): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && apiUrl.startsWith('http:'));

/** Result of a link; `stale` when the storage refuses it. */
type Download = LogArchive | { readonly kind: 'stale' };

/** The storage fails now and then: transient failures are retried with full jitter. */
async function download(url: URL, limits: Limits, clock: Clock): Promise<Download> {
  for (let tried = 1; ; tried++) {
    try {
      return await fetchBounded(url, limits);
    } catch (error) {
      if (!(error instanceof Retryable) || tried >= limits.tries) throw error;
      await clock.sleep(Math.random() * 250 * 2 ** tried);
    }
  }
}

async function fetchBounded(url: URL, { maxBytes, milliseconds }: Limits): Promise<Download> {
  try {
    // The address was checked; one that it redirects to was not.
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(milliseconds) });
    if (response.status >= 500 || response.status === 429)
      throw new Retryable(`The log storage answered ${response.status}.`);
    if (response.status === 403) return { kind: 'stale' };
    if (!response.ok || !response.body) return unavailable(phrase`The log storage answered ${response.status}.`);
    const bytes = await readAtMost(response.body, maxBytes);
    return bytes ? { kind: 'archive', bytes } : unavailable(phrase`The log archive is larger than ${maxBytes} bytes.`);
  } catch (cause) {
    if (cause instanceof Retryable) throw cause;
    throw new Retryable('The log archive could not be downloaded.', { cause });
  }
}
