import { createHash, randomUUID } from 'node:crypto';
import type { Answer, Call, Service, WireRequest, WireResponse } from '@selfheal/fake-server/wire.ts';
import { permissionRefusal } from './permissions.ts';
import { type GithubContext, githubError, matchPath, NotFound, type Route } from './route.ts';
import { ACTIONS_ROUTES, isSignedLocation } from './routes-actions.ts';
import { APP_ROUTES, appRefusal, isAppOperation } from './routes-apps.ts';
import { CHECK_ROUTES } from './routes-checks.ts';
import { CODE_ROUTES } from './routes-code.ts';
import { CONTENT_ROUTES } from './routes-contents.ts';
import { DISPATCH_ROUTES } from './routes-dispatches.ts';
import { GIT_ROUTES } from './routes-git.ts';
import { PEOPLE_ROUTES } from './routes-people.ts';
import { PROPOSAL_ROUTES } from './routes-proposals.ts';
import { REVIEW_ROUTES } from './routes-reviews.ts';
import { TALK_ROUTES } from './routes-talk.ts';
import type { GithubState } from './state.ts';
import { readZipEntry } from './zip/zip-reader.ts';

/** Path of the API on GitHub Enterprise Server; the fake GitHub uses the same. */
export const API_PREFIX = '/api/v3';
const LOGS_PREFIX = '/_logs/';
const RATE_LIMIT = 5000;
export const GITHUB_ROUTES: readonly Route[] = [
  ...ACTIONS_ROUTES,
  ...DISPATCH_ROUTES,
  ...CHECK_ROUTES,
  ...CODE_ROUTES,
  ...CONTENT_ROUTES,
  ...GIT_ROUTES,
  ...PEOPLE_ROUTES,
  ...PROPOSAL_ROUTES,
  ...REVIEW_ROUTES,
  ...TALK_ROUTES,
  ...APP_ROUTES,
];

/** GitHub's REST API, and the storage to which its log links lead. */
export function makeGithubService(context: GithubContext): Service {
  return {
    recognise(request) {
      if (request.path.startsWith(LOGS_PREFIX)) return logStorageCall(context, request);
      if (!request.path.startsWith(`${API_PREFIX}/`)) return null;
      return apiCall(context, request);
    },
  };
}

function apiCall(context: GithubContext, request: WireRequest): Call {
  const { access } = context;
  const path = request.path.slice(API_PREFIX.length);
  const found = findRoute(request.method, path);
  const finish = (answer: Answer) => finishAnswer(answer, request, context);
  const operation = found?.route.operation ?? (path === '/rate_limit' ? 'rate-limit/get' : 'unknown');
  return {
    service: 'github',
    operation,
    perform() {
      const refused = refusalOf(request, operation, context);
      if (refused !== null) return finish(refused);
      if (operation === 'rate-limit/get') return finish({ status: 200, json: presentRateLimit(context) });
      access.remaining = Math.max(0, access.remaining - 1);
      if (found === null) return finish(githubError(404, 'Not Found'));
      try {
        return finish(found.route.handle({ ...context, request, params: found.params }));
      } catch (error) {
        if (error instanceof NotFound) return finish(githubError(404, 'Not Found'));
        throw error;
      }
    },
    fail: (status, fault) => finish(failureOf(status, fault)),
  };
}

function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | null {
  for (const route of GITHUB_ROUTES) {
    const params = route.method === method ? matchPath(route.path, path) : null;
    if (params !== null) return { route, params };
  }
  return null;
}

function refusalOf(request: WireRequest, operation: string, { access, state }: GithubContext): Answer | null {
  if ((request.headers['user-agent'] ?? '') === '') {
    const text =
      '\nRequest forbidden by administrative rules. Please make sure your request has a User-Agent header ' +
      '(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). ' +
      'Check https://developer.github.com for other possible causes.\n';
    return { status: 403, headers: { 'content-type': 'text/html' }, bytes: Buffer.from(text) };
  }
  const token = /^(?:bearer|token) (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return githubError(401, 'Requires authentication');
  if (access.app) {
    const asApp = isAppOperation(operation);
    const refused = appRefusal(access.app, token, { asApp, now: state.time.now() });
    return asApp || refused !== null ? refused : permissionRefusal(operation, access.permissions, 'integration');
  }
  if (access.tokens !== null && !access.tokens.includes(token)) return githubError(401, 'Bad credentials');
  if (access.remaining <= 0 && !request.path.endsWith('/rate_limit')) {
    return githubError(403, 'API rate limit exceeded for installation ID 77.', RATE_LIMIT_DOCS);
  }
  return permissionRefusal(operation, access.permissions);
}

const RATE_LIMIT_DOCS = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';

function failureOf(status: number, fault: { retryAfterSeconds?: number; message?: string }): Answer {
  const limited = status === 403 || status === 429;
  const words: Record<number, string> = { 404: 'Not Found', 410: 'Gone', 500: 'Server Error', 502: 'Server Error' };
  const message = limited
    ? 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
    : (words[status] ?? 'Server Error');
  const retryAfter = fault.retryAfterSeconds ?? (limited ? 60 : undefined);
  const answer = githubError(status, fault.message ?? message, limited ? RATE_LIMIT_DOCS : undefined);
  return retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(retryAfter) } };
}

/** The next full hour in epoch seconds; the same for many requests, like GitHub's rate limit window. */
const resetTime = ({ time }: GithubState) => (Math.floor(time.now() / 3_600_000) + 1) * 3600;

function presentRateLimit({ access: { remaining }, state }: GithubContext) {
  const core = { limit: RATE_LIMIT, remaining, reset: resetTime(state), used: RATE_LIMIT - remaining };
  const search = { limit: 30, remaining: 30, reset: resetTime(state), used: 0 };
  return { resources: { core, search }, rate: core };
}

function finishAnswer(answer: Answer, request: WireRequest, { access, state }: GithubContext): WireResponse {
  const text = answer.json === undefined ? '' : JSON.stringify(answer.json);
  const body = answer.bytes ?? text;
  const etag = `W/"${createHash('sha256').update(body).digest('hex')}"`;
  const headers = {
    server: 'github.com',
    ...(answer.json === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    'x-github-media-type': 'github.v3; format=json',
    'x-github-request-id': randomUUID().slice(0, 23).toUpperCase().replaceAll('-', ':'),
    'x-ratelimit-limit': String(RATE_LIMIT),
    'x-ratelimit-remaining': String(access.remaining),
    'x-ratelimit-used': String(RATE_LIMIT - access.remaining),
    'x-ratelimit-reset': String(resetTime(state)),
    'x-ratelimit-resource': 'core',
    ...(answer.status === 200 && request.method === 'GET' ? { etag, 'cache-control': 'private, max-age=60' } : {}),
    ...answer.headers,
  };
  const unchanged = answer.status === 200 && request.method === 'GET' && request.headers['if-none-match'] === etag;
  return unchanged ? { status: 304, headers, body: '' } : { status: answer.status, headers, body };
}

/** The storage behind GitHub's log links: needs no token, only the link's signature. */
function logStorageCall({ state }: GithubContext, request: WireRequest): Call {
  const path = request.path.slice(LOGS_PREFIX.length);
  const plain = (status: number, text: string): WireResponse => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="utf-8"?><Error><Message>${text}</Message></Error>`,
  });
  return {
    service: 'github-logs',
    operation: 'logs/download',
    perform() {
      if (!isSignedLocation(state, path, request.query))
        return plain(403, 'The signature does not fit or has expired.');
      const [kind, key = '', index] = path.split('/');
      const bytes = state.archives.get(decodeURIComponent(key));
      if (bytes === undefined) return plain(404, 'The blob does not exist.');
      if (kind === 'archive') return { status: 200, headers: { 'content-type': 'application/zip' }, body: bytes };
      const log = readZipEntry(bytes, (name) => name.startsWith(`${index}_`));
      if (log === null) return plain(404, 'The blob does not exist.');
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: log };
    },
    fail: (status) => plain(status, 'The server is busy.'),
  };
}
