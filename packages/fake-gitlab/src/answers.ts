import { currentJobs, type Job, type MergeRequest, type Note, type Pipeline, type Project, statusOf } from './state.ts';

/** https://docs.gitlab.com/api/pipelines/ */
export const pipelineAnswer = (pipeline: Pipeline, origin: string) => {
  const status = statusOf(pipeline);
  const ended = pipeline.jobs.map(({ finishedAt }) => finishedAt ?? '').sort();
  return {
    id: pipeline.id,
    project_id: pipeline.project.id,
    status,
    source: pipeline.source,
    ref: pipeline.ref,
    sha: pipeline.sha,
    web_url: `${origin}/${pipeline.project.path}/-/pipelines/${pipeline.id}`,
    created_at: pipeline.createdAt,
    updated_at: ended.at(-1) || pipeline.createdAt,
    started_at: pipeline.createdAt,
    finished_at: status === 'running' ? null : (ended.at(-1) ?? null),
    user: pipeline.user,
  };
};

/** https://docs.gitlab.com/api/jobs/ */
export const jobAnswer = (job: Job, { project, canceled }: Pipeline, origin: string) => ({
  id: job.id,
  name: job.name,
  stage: 'test',
  status: job.finishedAt === null ? (canceled ? 'canceled' : 'running') : job.status,
  allow_failure: job.allowFailure ?? false,
  ...(job.status === 'failed' ? { failure_reason: job.failureReason ?? 'script_failure' } : {}),
  created_at: job.createdAt,
  started_at: job.createdAt,
  finished_at: job.finishedAt,
  web_url: `${origin}/${project.path}/-/jobs/${job.id}`,
});

/** https://docs.gitlab.com/api/merge_requests/ */
export const mergeRequestAnswer = (request: MergeRequest, project: Project, origin: string) => ({
  id: project.id * 1000 + request.iid,
  iid: request.iid,
  state: request.state,
  sha: request.sha,
  author: request.author,
  source_project_id: project.id,
  target_project_id: project.id,
  web_url: `${origin}/${project.path}/-/merge_requests/${request.iid}`,
});

/** https://docs.gitlab.com/api/notes/ */
export const noteAnswer = ({ id, body, author }: Note) => ({
  id,
  body,
  author,
  system: false,
  noteable_type: 'MergeRequest',
});

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#pipeline-events */
export const pipelineEvent = (pipeline: Pipeline, origin: string) => {
  const { project, mergeRequest } = pipeline;
  const answer = pipelineAnswer(pipeline, origin);
  const asWebhook = (at: string | null) => at?.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC') ?? null;
  return {
    object_kind: 'pipeline',
    object_attributes: {
      id: pipeline.id,
      iid: pipeline.id,
      ref: pipeline.ref,
      tag: false,
      sha: pipeline.sha,
      source: pipeline.source,
      status: answer.status,
      detailed_status: answer.status === 'success' ? 'passed' : answer.status,
      created_at: asWebhook(answer.created_at),
      finished_at: asWebhook(answer.finished_at),
      url: answer.web_url,
    },
    merge_request:
      mergeRequest === null
        ? null
        : { id: 1, iid: mergeRequest, source_project_id: project.id, target_project_id: project.id, state: 'opened' },
    user: pipeline.user,
    project: {
      id: project.id,
      path_with_namespace: project.path,
      default_branch: project.defaultBranch,
      web_url: `${origin}/${project.path}`,
    },
    commit: { id: pipeline.sha, title: 'Round totals per line', message: 'Round totals per line\n' },
    builds: currentJobs(pipeline).map(({ id, name, status }) => ({ id, name, status, stage: 'test' })),
  };
};
