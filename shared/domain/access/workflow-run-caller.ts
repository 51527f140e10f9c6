import * as z from 'zod';
import { RepositoryName } from '../incident/target-context.ts';

/**
 * A workflow's run that calls with a token of GitHub Actions. It may read the state documents of its own repository and nothing else. Only a run
 * of the default branch writes them. A run for a pull request does not: its code is not reviewed, and the token does not tell whether it comes from
 * a fork.
 */
export interface WorkflowRunCaller {
  /** `owner/name`. */
  readonly repository: string;
  /** GitHub's id: a repository that was created again under an old name has another one. */
  readonly repositoryId: string;
  /** `refs/heads/main`. */
  readonly ref: string;
  /** Whether its event may write at all: see `writingProblem`. */
  readonly mayWrite: boolean;
}

/** A repository's default branch, as the newest webhook about a run of it says. The token of a run does not tell it. */
export const DefaultBranch = z.strictObject({ repository: RepositoryName, branch: z.string().min(1).max(300) });
export type DefaultBranch = z.infer<typeof DefaultBranch>;

/** The claims that are read. https://docs.github.com/en/actions/reference/security/oidc */
const Claims = z.object({
  repository: RepositoryName,
  repository_owner: z.string(),
  repository_id: z.string().regex(/^\d{1,20}$/),
  event_name: z.string().min(1),
  ref: z.string(),
});

/**
 * The run that verified claims identify; null when they do not. `pull_request_target`, `workflow_run`, comments and the merge queue run in the place of the default
 * branch for whatever somebody proposed, so they may not write either.
 */
export function workflowRunCallerOf(claims: Readonly<Record<string, unknown>>): WorkflowRunCaller | null {
  const parsed = Claims.safeParse(claims);
  if (!parsed.success) return null;
  const { repository, repository_owner: owner, repository_id: repositoryId, event_name: event, ref } = parsed.data;
  if (!repository.startsWith(`${owner}/`)) return null;
  return { repository, repositoryId, ref, mayWrite: ref.startsWith('refs/heads/') && WRITING_EVENTS.has(event) };
}

/** Why a run may not write the documents of its repository, in words for its log; null when it may. Without knowing the default branch nobody may. */
export function writingProblem(run: WorkflowRunCaller, known: DefaultBranch | null): string | null {
  if (!run.mayWrite)
    return 'This run may only read: documents are written by pushes, schedules and manual runs of the default branch, never for a pull request.';
  if (known === null || known.repository.toLowerCase() !== run.repository.toLowerCase())
    return `The default branch of ${run.repository} is not known here yet: GitHub tells it with the webhook about a completed run of that branch. Check that the webhook of the repository is delivered ("selfheal doctor"), let a run of the default branch end, and run this one again.`;
  return run.ref === `refs/heads/${known.branch}`
    ? null
    : `This run may only read: it is of ${run.ref.replace(/^refs\/heads\//, '')}, and only runs of the default branch ${known.branch} write documents.`;
}

const WRITING_EVENTS = new Set(['push', 'schedule', 'workflow_dispatch']);
