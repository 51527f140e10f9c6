import { type AttemptState, currentAttempt, type JobState, type RunState } from './run-state.ts';
import { nodeId, presentRepository, presentUser, seconds } from './shapes-account.ts';
import { type GithubState, shaOf } from './state.ts';

export interface Site {
  /** The API's base URL. */
  readonly api: string;
  /** The site's base URL. */
  readonly web: string;
}

/** The workflow run object for one attempt. */
export function presentRun(state: GithubState, site: Site, run: RunState, attempt: AttemptState = currentAttempt(run)) {
  const { api, web } = site;
  const url = `${api}/repos/${run.repository}/actions/runs/${run.id}`;
  const suite = run.id + 5;
  return {
    id: run.id,
    name: run.workflowName,
    node_id: nodeId('WFR', run.id),
    head_branch: run.branch,
    head_sha: run.headSha,
    path: run.workflowPath,
    display_title: run.title,
    run_number: run.runNumber,
    event: run.event,
    status: attempt.status,
    conclusion: attempt.conclusion,
    workflow_id: run.workflowId,
    check_suite_id: suite,
    check_suite_node_id: nodeId('CS', suite),
    url,
    html_url: `${web}/${run.repository}/actions/runs/${run.id}`,
    pull_requests: presentPullRequestRefs(state, site, run),
    created_at: seconds(run.createdAt),
    updated_at: seconds(attempt.updatedAt),
    actor: presentUser(run.actor, api, web),
    run_attempt: attempt.number,
    referenced_workflows: [],
    run_started_at: seconds(attempt.startedAt),
    triggering_actor: presentUser(run.triggeredBy ?? run.actor, api, web),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${api}/repos/${run.repository}/check-suites/${suite}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt.number > 1 ? `${url}/attempts/${attempt.number - 1}` : null,
    workflow_url: `${api}/repos/${run.repository}/actions/workflows/${run.workflowId}`,
    head_commit: presentHeadCommit(run),
    ...presentRepositories(state, site, run),
  };
}

function presentHeadCommit(run: RunState) {
  const person = { name: run.actor, email: `${run.actor}@example.com` };
  return {
    id: run.headSha,
    tree_id: shaOf(`tree of ${run.headSha}`),
    message: run.title,
    timestamp: seconds(run.createdAt),
    author: person,
    committer: person,
  };
}

/** The head's repository is null once its fork was deleted. */
function presentRepositories(state: GithubState, { api, web }: Site, { repository: fullName, fork }: RunState) {
  const repository = state.repositories.get(fullName);
  if (repository === undefined) throw new Error(`There is no repository ${fullName}.`);
  const shown = presentRepository(repository, api, web);
  if (fork === undefined) return { repository: shown, head_repository: shown };
  const head = state.repositories.get(fork);
  return {
    repository: shown,
    head_repository: head === undefined ? null : { ...presentRepository(head, api, web), fork: true },
  };
}

function presentPullRequestRefs(state: GithubState, { api }: Site, run: RunState) {
  const pull = run.pullRequest === null ? undefined : state.pullRequests.get(`${run.repository}#${run.pullRequest}`);
  const repository = state.repositories.get(run.repository);
  if (pull === undefined || repository === undefined || run.fork !== undefined) return [];
  const url = `${api}/repos/${run.repository}`;
  const repo = { id: repository.id, url, name: run.repository.split('/')[1] ?? '' };
  return [
    {
      url: `${url}/pulls/${pull.number}`,
      id: pull.id,
      number: pull.number,
      head: { ref: pull.headBranch, sha: run.headSha, repo },
      base: { ref: repository.defaultBranch, sha: shaOf(`${run.repository} ${repository.defaultBranch}`), repo },
    },
  ];
}

/** The job object. */
export function presentJob({ api, web }: Site, run: RunState, attempt: AttemptState, job: JobState) {
  const url = `${api}/repos/${run.repository}`;
  return {
    id: job.id,
    run_id: run.id,
    workflow_name: run.workflowName,
    head_branch: run.branch,
    run_url: `${url}/actions/runs/${run.id}`,
    run_attempt: attempt.number,
    node_id: nodeId('CR', job.id),
    head_sha: run.headSha,
    url: `${url}/actions/jobs/${job.id}`,
    html_url: `${web}/${run.repository}/actions/runs/${run.id}/job/${job.id}`,
    status: 'completed',
    conclusion: job.conclusion,
    created_at: seconds(new Date(Date.parse(job.startedAt) - (job.queuedMs ?? 0)).toISOString()),
    started_at: seconds(job.startedAt),
    completed_at: seconds(job.completedAt),
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: 'completed',
      conclusion: step.conclusion,
      number: step.number,
      started_at: seconds(job.startedAt),
      completed_at: seconds(job.completedAt),
    })),
    check_run_url: `${url}/check-runs/${job.id}`,
    labels: ['ubuntu-24.04'],
    runner_id: 1 + (job.id % 40),
    runner_name: `GitHub Actions ${1 + (job.id % 40)}`,
    runner_group_id: 0,
    runner_group_name: 'GitHub Actions',
  };
}
