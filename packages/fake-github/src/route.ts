import type { EffectsJournal } from '@selfheal/fake-server/journal.ts';
import type { Answer, WireRequest } from '@selfheal/fake-server/wire.ts';
import type { RunLifecycle } from './run-lifecycle.ts';
import type { RunState } from './run-state.ts';
import type { Site } from './shapes-runs.ts';
import type { Files, GithubState, Repository } from './state.ts';
import type { WebhookSender } from './webhook-sender.ts';

export interface AppRegistration {
  readonly appId: string;
  /** PEM. */
  readonly publicKey: string;
  /** Installation id by owner. */
  readonly installations: Readonly<Record<string, number>>;
  /** Expiry of each issued token, in epoch milliseconds. */
  readonly tokens: Map<string, number>;
}

/** Permissions of a token, by GitHub's names: `{ actions: 'read', pull_requests: 'write' }`. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** Which callers are accepted, and as whom. */
export interface GithubAccess {
  /** A GitHub App; then only its installation tokens are accepted. Null when none is registered. */
  app?: AppRegistration | null;
  /** Accepted tokens; null accepts every token. */
  tokens: readonly string[] | null;
  /** Requests left in this hour. */
  remaining: number;
  /** Permissions of a fine-grained token; null allows everything. */
  permissions: Permissions | null;
  /** Owner of the token: a machine account, or a GitHub App or a workflow's run, which cannot read their own identity. */
  identity: 'user' | 'app' | 'workflow';
  /** Milliseconds by which reads of runs and listings of comments lag behind. */
  readLagMs: number;
}

/** The login under which the token's comments appear. */
export const loginOf = ({ identity }: GithubAccess) => LOGINS[identity];
const LOGINS = { user: 'acme-selfheal', app: 'selfheal[bot]', workflow: 'github-actions[bot]' } as const;

export interface Push {
  readonly repository: string;
  readonly branch: string;
  readonly sha: string;
  readonly message: string;
  readonly files: Files;
}

/** A workflow that somebody started, in its version at the head of a branch. */
export interface Dispatch {
  readonly repository: string;
  /** Path of the workflow file. */
  readonly path: string;
  readonly name: string;
  readonly branch: string;
  readonly sha: string;
  /** Title of the run. */
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** What every route can use. */
export interface GithubContext {
  readonly access: GithubAccess;
  readonly state: GithubState;
  readonly site: Site;
  readonly webhookSender: WebhookSender;
  readonly lifecycle: RunLifecycle;
  readonly journal: EffectsJournal;
  /** Called when a branch was created: workflows may run for it. */
  pushed(push: Push): void;
  /** Called when a workflow was started. */
  dispatched(dispatch: Dispatch): void;
}

export interface RouteContext extends GithubContext {
  readonly request: WireRequest;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Route {
  /** GitHub's operationId. */
  readonly operation: string;
  readonly method: string;
  /** As in GitHub's OpenAPI description. */
  readonly path: string;
  handle(context: RouteContext): Answer;
}

const DOCS = 'https://docs.github.com/rest';

/** GitHub's error object. */
export function githubError(status: number, message: string, documentation = DOCS): Answer {
  return { status, json: { message, documentation_url: documentation, status: String(status) } };
}

export class NotFound extends Error {
  override readonly name = 'NotFound';
}

export function repositoryIn({ state, params }: RouteContext): Repository {
  const repository = state.repositories.get(`${params.owner}/${params.repo}`);
  if (repository === undefined) throw new NotFound('repository');
  return repository;
}

export function runIn(context: RouteContext): RunState {
  const repository = repositoryIn(context);
  const run = context.state.runs.get(context.params.run_id ?? '');
  if (run === undefined || run.repository !== repository.fullName) throw new NotFound('run');
  return run;
}

/** The path parameters when `path` fits `template`, else null. */
export function matchPath(template: string, path: string): Record<string, string> | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith('{')) params[part.slice(1, -1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return params;
}

/** One page of a list by `page` and `per_page`, with GitHub's `Link` header. */
export function pageOf<T>(
  items: readonly T[],
  { request, site }: RouteContext,
): { items: T[]; headers: Record<string, string> } {
  const perPage = clamp(Number(request.query.get('per_page') ?? 30), 1, 100);
  const page = Math.max(1, Number(request.query.get('page') ?? 1) || 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const base = site.api + request.path.slice(request.path.indexOf('/repos/'));
  const to = (number: number, rel: string) => {
    const query = new URLSearchParams(request.query);
    query.set('page', String(number));
    return `<${base}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
    ...(page > 1 ? [to(1, 'first')] : []),
  ];
  return {
    items: items.slice((page - 1) * perPage, page * perPage),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

export function clamp(value: number, least: number, most: number): number {
  return Number.isFinite(value) ? Math.min(most, Math.max(least, Math.trunc(value))) : least;
}
