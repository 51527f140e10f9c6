import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What the code of a run is. `proposal`: of a pull request or a merge queue, which nobody has merged. `branch`, `tag`: what somebody with the right to push put
 * there. `unknown`: the event does not say what the job checks out, such as a comment.
 */
type RunKind = 'proposal' | 'branch' | 'tag' | 'unknown';

/** Whose code a run tests and on what, by the event that started it. */
export interface RunOrigin {
  /** Name of the event; null outside GitHub Actions. */
  readonly event: string | null;
  readonly kind: RunKind;
  /** Whether a proposal comes from another repository, or from one that is gone or not named. */
  readonly isFork: boolean;
  /** Whether the token of the run may only read because of that. */
  readonly isReadOnly: boolean;
  /** Number of the pull request; of a merge queue that of the last one in the group. */
  readonly pullRequest: number | null;
  /** The commit under test: the head of a pull request, not GitHub's merge of it. */
  readonly headSha: string | null;
  /** The branch of a run of a branch, the name of a tag; null for proposals. */
  readonly ref: string | null;
  /** Where a proposal goes. The commit is null where the event does not say. Null for other runs. */
  readonly base: { readonly branch: string; readonly sha: string | null } | null;
  /** Null where the event cannot be read. */
  readonly defaultBranch: string | null;
  /** Whether what is tested is the default branch itself. False in doubt. */
  readonly isDefaultBranch: boolean;
  /** Whether caches of the run are those of the default branch, whatever it tests. */
  readonly sharesDefaultCache: boolean;
  /** The run that this one follows (`workflow_run`). */
  readonly followed: { readonly run: number | null; readonly attempt: number; readonly conclusion: string } | null;
  /** Why the event cannot be read, as a sentence; null when it can. */
  readonly problem: string | null;
}

/** Larger than any event: GitHub caps webhooks at 25 MB. */
const MAX_EVENT_BYTES = 30_000_000;
const MAX_BRANCH_LENGTH = 255;

const Sha = z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/);
const Branch = z.string().min(1).max(MAX_BRANCH_LENGTH);
const Id = z.number().int().positive();
const Repository = z.object({ id: Id.optional(), full_name: z.string().optional() });
type Repository = z.infer<typeof Repository>;
const PullRequest = z.object({
  number: Id,
  head: z.object({ sha: Sha, repo: Repository.nullish() }),
  base: z.object({ sha: Sha.optional(), ref: Branch.optional(), repo: Repository }),
});
const MergeGroup = z.object({ head_sha: Sha, head_ref: z.string(), base_sha: Sha, base_ref: z.string() });
const WorkflowRun = z.object({
  id: Id.optional(),
  run_attempt: Id.optional(),
  event: z.string(),
  conclusion: z.string().nullish(),
  head_branch: z.string().nullish(),
  head_sha: Sha.nullish(),
  head_repository: Repository.nullish(),
  pull_requests: z
    .array(
      z.object({
        number: Id,
        head: z.object({ sha: Sha.optional() }).optional(),
        base: z.object({ sha: Sha, ref: Branch, repo: Repository.optional() }),
      }),
    )
    .nullish(),
});
/** https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const Payload = z.object({
  repository: Repository.extend({ default_branch: Branch.optional() }).nullish(),
  pull_request: z.unknown().optional(),
  merge_group: z.unknown().optional(),
  workflow_run: z.unknown().optional(),
});
type Payload = z.infer<typeof Payload>;

/** Events of runs that test what is on their own branch or tag. */
const OWN_EVENTS = new Set(['push', 'schedule', 'workflow_dispatch', 'repository_dispatch', 'create', 'release']);
/** Events whose runs GitHub starts on the default branch. https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows */
const ON_DEFAULT_BRANCH = new Set(['schedule', 'workflow_run', 'repository_dispatch']);
const PULL_REQUEST = /^pull_request(?:_target|_review|_review_comment)?$/;
/** The branch that a merge queue makes: into which branch, and its last pull request. */
const QUEUE_BRANCH = /^(?:refs\/heads\/)?gh-readonly-queue\/(.+)\/pr-(\d{1,10})-[0-9a-f]{40,64}$/;

/** Reads the event of the run. What cannot be read makes it a run of unknown origin, which changes nothing that others read. */
export function readRunOrigin(environment: Environment): RunOrigin {
  const { payload, problem } = payloadIn(environment.GITHUB_EVENT_PATH);
  return runOriginOf(environment, payload, problem);
}

function payloadIn(path: string | undefined): { readonly payload: Payload | null; readonly problem: string | null } {
  if (!path) return { payload: null, problem: null };
  try {
    if (statSync(path).size > MAX_EVENT_BYTES) throw new Error(`it has more than ${MAX_EVENT_BYTES} bytes`);
    return { payload: Payload.parse(JSON.parse(readFileSync(path, 'utf8'))), problem: null };
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? 'it is not an event of GitHub' : (error as Error).message.slice(0, 200);
    return {
      payload: null,
      problem: `The event file ${path} cannot be used (${reason}), so it is not known what the run tests.`,
    };
  }
}

/** What a kind of event says. The rest follows from it. */
type Told = Pick<RunOrigin, 'kind'> &
  Partial<Pick<RunOrigin, 'isFork' | 'pullRequest' | 'headSha' | 'ref' | 'base' | 'followed'>> & {
    /** The event lacks what its name promises. */
    readonly isMissing?: boolean;
  };

function runOriginOf(environment: Environment, payload: Payload | null, problem: string | null): RunOrigin {
  const event = environment.GITHUB_EVENT_NAME || null;
  const own = ownRef(environment);
  const defaultBranch =
    payload?.repository?.default_branch ??
    (event !== null && ON_DEFAULT_BRANCH.has(event) && own?.kind === 'branch' ? own.ref : null) ??
    // Nobody gave an event: a person, or another runner.
    (environment.GITHUB_EVENT_PATH ? null : 'main');
  const known = { environment, payload, own, defaultBranch };
  const told = toldBy(event, known);
  const { kind, isFork = false, pullRequest = null, ref = null, followed = null } = told;
  const base = told.base ?? null;
  return {
    ...{ event, kind, isFork, pullRequest, ref, base, defaultBranch, followed },
    isReadOnly: isFork && (event === null || (PULL_REQUEST.test(event) && event !== 'pull_request_target')),
    problem:
      problem ??
      (told.isMissing === true && environment.GITHUB_EVENT_PATH
        ? `The event file ${environment.GITHUB_EVENT_PATH} cannot be used (it is not a ${event} event of GitHub), so it is not known what the run tests.`
        : null),
    headSha: told.headSha ?? (followed === null ? shaIn(environment) : null),
    isDefaultBranch: kind === 'branch' && ref !== null && ref === defaultBranch,
    sharesDefaultCache: event !== null && (kind === 'unknown' || followed !== null || event === 'pull_request_target'),
  };
}

interface Known {
  readonly environment: Environment;
  readonly payload: Payload | null;
  readonly own: { readonly kind: 'branch' | 'tag'; readonly ref: string } | null;
  readonly defaultBranch: string | null;
}

function toldBy(event: string | null, known: Known): Told {
  const { environment, own } = known;
  const isUnnamed = event === null && (!!environment.GITHUB_HEAD_REF || isGiven(known.payload?.pull_request));
  if (isUnnamed || (event !== null && PULL_REQUEST.test(event))) return pullRequestOf(known);
  if (event === 'merge_group') return mergeGroupOf(known);
  if (event === 'workflow_run') return followedRunOf(known);
  if (event !== null && !OWN_EVENTS.has(event)) return { kind: 'unknown', base: baseAtDefaultBranch(known) };
  if (own === null) return event === null ? { kind: 'branch', ref: known.defaultBranch } : { kind: 'unknown' };
  // A workflow for pushes runs for the branch of a merge queue, too.
  return queueOf(own.ref, known) ?? own;
}

const isGiven = (part: unknown): boolean => part !== undefined && part !== null;

const shaIn = ({ GITHUB_SHA: sha }: Environment): string | null => Sha.safeParse(sha).data ?? null;

/** The branch or tag that the runner names. */
function ownRef({ GITHUB_REF: ref = '', GITHUB_REF_NAME: name, GITHUB_REF_TYPE: type }: Environment): Known['own'] {
  const [, folder, rest] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  const found = rest ?? name;
  if (!found) return null;
  return { kind: type === 'tag' || folder === 'tags' ? 'tag' : 'branch', ref: found };
}

function pullRequestOf({ environment, payload }: Known): Told {
  const parsed = PullRequest.safeParse(payload?.pull_request);
  if (parsed.success) {
    const { number, head, base } = parsed.data;
    const branch = base.ref ?? environment.GITHUB_BASE_REF;
    return {
      kind: 'proposal',
      isFork: !isSame(head.repo, base.repo),
      pullRequest: number,
      headSha: head.sha,
      base: branch ? { branch, sha: base.sha ?? null } : null,
    };
  }
  const branch = environment.GITHUB_BASE_REF;
  // Outside Actions nobody told of a fork.
  const isFork = !!environment.GITHUB_EVENT_NAME;
  return { kind: 'proposal', isFork, base: branch ? { branch, sha: null } : null, isMissing: true };
}

/** By id, which stays when a repository is renamed; else by name. A fork that was deleted has neither. */
function isSame(head: Repository | null | undefined, base: Repository | null | undefined): boolean {
  if (head?.id !== undefined && base?.id !== undefined) return head.id === base.id;
  if (head?.full_name === undefined || base?.full_name === undefined) return false;
  return head.full_name.toLowerCase() === base.full_name.toLowerCase();
}

function mergeGroupOf(known: Known): Told {
  const parsed = MergeGroup.safeParse(known.payload?.merge_group);
  if (!parsed.success)
    return (known.own && queueOf(known.own.ref, known)) ?? { kind: 'proposal', isFork: true, isMissing: true };
  const { head_sha: headSha, head_ref: head, base_sha: sha, base_ref: base } = parsed.data;
  const [, , number] = QUEUE_BRANCH.exec(head) ?? [];
  return {
    kind: 'proposal',
    pullRequest: number === undefined ? null : Number(number),
    headSha,
    base: { branch: base.replace(/^refs\/heads\//, ''), sha },
  };
}

/** The proposal that a branch of a merge queue is; null for another branch. */
function queueOf(branch: string, { environment }: Pick<Known, 'environment'>): Told | null {
  const [, base, number] = QUEUE_BRANCH.exec(branch) ?? [];
  if (base === undefined) return null;
  return {
    kind: 'proposal',
    pullRequest: Number(number),
    headSha: environment.GITHUB_EVENT_NAME === 'workflow_run' ? null : shaIn(environment),
    base: { branch: base, sha: null },
  };
}

/** Runs that follow another one, or a comment, are started on the default branch at its newest commit. */
function baseAtDefaultBranch({ environment, defaultBranch: branch }: Known): RunOrigin['base'] {
  return branch === null ? null : { branch, sha: shaIn(environment) };
}

function followedRunOf(known: Known): Told {
  const { environment, payload, defaultBranch } = known;
  const parsed = WorkflowRun.safeParse(payload?.workflow_run);
  const nobody = { run: null, attempt: 1, conclusion: 'unknown' };
  if (!parsed.success)
    return { kind: 'proposal', isFork: true, base: baseAtDefaultBranch(known), followed: nobody, isMissing: true };
  const { id, run_attempt: attempt = 1, event, conclusion, head_branch: branch, head_repository: head } = parsed.data;
  const ownId = environment.GITHUB_REPOSITORY_ID ?? '';
  const named: Repository = {
    id: payload?.repository?.id ?? (/^\d{1,15}$/.test(ownId) ? Number(ownId) : undefined),
    full_name: payload?.repository?.full_name ?? environment.GITHUB_REPOSITORY,
  };
  const isFork = !isSame(head, named);
  const followed = { run: id ?? null, attempt, conclusion: conclusion ?? 'unknown' };
  const headSha = parsed.data.head_sha ?? null;
  const queue = isFork || !branch ? null : queueOf(branch, known);
  if (queue !== null) return { ...queue, headSha, followed };
  if (!isFork && branch && OWN_EVENTS.has(event) && event !== 'create')
    return { kind: event === 'release' ? 'tag' : 'branch', ref: branch, headSha, followed };
  // A pull request of the same commit may be of another repository, whose fork this one is.
  const pulls = (parsed.data.pull_requests ?? []).filter(
    ({ head: { sha } = {}, base }) =>
      (base.repo?.id === undefined || named.id === undefined || base.repo.id === named.id) &&
      (sha === undefined || headSha === null || sha === headSha),
  );
  const pull = pulls.find(({ base }) => base.ref === defaultBranch) ?? pulls[0];
  return {
    kind: 'proposal',
    isFork,
    pullRequest: pull?.number ?? null,
    headSha,
    base: pull === undefined ? baseAtDefaultBranch(known) : { branch: pull.base.ref, sha: pull.base.sha },
    followed,
  };
}
