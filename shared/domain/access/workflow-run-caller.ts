import * as z from 'zod';
import { RepositoryName } from '../incident/target-context.ts';

/**
 * A workflow's run that calls with a token of GitHub Actions. It may read the state documents of its own repository and nothing else. A run for a
 * pull request may not write them: its code is not reviewed, and the token does not tell whether it comes from a fork.
 */
export interface WorkflowRunCaller {
  /** `owner/name`. */
  readonly repository: string;
  readonly mayWrite: boolean;
}

/** The claims that are read. https://docs.github.com/en/actions/reference/security/oidc */
const Claims = z.object({
  repository: RepositoryName,
  repository_owner: z.string(),
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
  const { repository, repository_owner: owner, event_name: event, ref } = parsed.data;
  if (!repository.startsWith(`${owner}/`)) return null;
  return { repository, mayWrite: ref.startsWith('refs/heads/') && WRITING_EVENTS.has(event) };
}

const WRITING_EVENTS = new Set(['push', 'schedule', 'workflow_dispatch']);
