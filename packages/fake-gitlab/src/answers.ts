import {
  currentJobs,
  type Job,
  type MergeRequest,
  type Note,
  type Pipeline,
  type Project,
  statusOf,
  type User,
} from './state.ts';

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
  source_project_id: request.sourceProjectId,
  target_project_id: project.id,
  web_url: `${origin}/${project.path}/-/merge_requests/${request.iid}`,
});

/** https://docs.gitlab.com/api/notes/ */
export const noteAnswer = ({ id, body, author, internal }: Note) => ({
  id,
  body,
  author: { id: author.id, username: author.username },
  system: false,
  internal,
  noteable_type: 'MergeRequest',
});

/** https://docs.gitlab.com/api/users/#get-a-single-user */
export const userAnswer = ({ id, username, bot = false, state = 'active' }: User) => ({ id, username, bot, state });

/** https://docs.gitlab.com/api/members/ */
export const memberAnswer = (user: User, level: number) => ({
  ...userAnswer(user),
  access_level: level,
  membership_state: 'active',
});

/** https://docs.gitlab.com/user/project/integrations/webhook_events/#comment-events */
export const noteEvent = (note: Note, request: MergeRequest, project: Project, origin: string) => ({
  object_kind: 'note',
  event_type: note.internal ? 'confidential_note' : 'note',
  user: { id: note.author.id, name: note.author.username, username: note.author.username },
  project_id: project.id,
  project: { id: project.id, path_with_namespace: project.path, default_branch: project.defaultBranch },
  object_attributes: {
    id: note.id,
    note: note.body,
    noteable_type: 'MergeRequest',
    author_id: note.author.id,
    project_id: project.id,
    discussion_id: note.discussion,
    system: false,
    internal: note.internal,
    action: note.edits === 0 ? 'create' : 'update',
    url: `${origin}/${project.path}/-/merge_requests/${request.iid}#note_${note.id}`,
  },
  merge_request: {
    id: project.id * 1000 + request.iid,
    iid: request.iid,
    author_id: request.author.id,
    state: request.state,
    source_project_id: request.sourceProjectId,
    target_project_id: project.id,
  },
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
