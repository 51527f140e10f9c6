import { UsageError } from '@selfheal/cli-kit/command.ts';
import type { PullRequestFeedback } from '@selfheal/pull-request-quality/ports/pull-request-feedback.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import type { JobRun, RunOptions } from './job-environment.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const PROJECT = /^[\w.-]+(?:\/[\w.-]+)+$/;

export const isGitlabJob = ({ GITLAB_CI }: Environment): boolean => GITLAB_CI === 'true';

const positive = (text: string | undefined): number | null => {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : null;
};

/**
 * The pipeline that this job belongs to, from the predefined variables of GitLab CI/CD (docs.gitlab.com/ci/variables/predefined_variables). Throws `UsageError` when
 * something is missing.
 */
export function gitlabRunOf(options: RunOptions, environment: Environment): JobRun {
  const { CI_PROJECT_PATH, CI_PIPELINE_ID, CI_PIPELINE_NAME, CI_COMMIT_SHA, CI_SERVER_URL } = environment;
  const repository = options.repository ?? CI_PROJECT_PATH ?? '';
  if (!PROJECT.test(repository)) throw new UsageError('Name the project: --repo group/project, or CI_PROJECT_PATH.');
  // In a pipeline for merged results the job's own commit is a merge that nobody wrote.
  const headSha = options.headSha ?? (environment.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || CI_COMMIT_SHA) ?? '';
  if (!SHA.test(headSha))
    throw new UsageError('Name the commit of the merge request: --sha SHA (40 hexadecimal digits), or CI_COMMIT_SHA.');
  const runId = options.runId ?? positive(CI_PIPELINE_ID);
  if (runId === null) throw new UsageError('Name the pipeline whose results these are: --run ID, or CI_PIPELINE_ID.');
  const { CI_MERGE_REQUEST_SOURCE_PROJECT_ID: source, CI_MERGE_REQUEST_PROJECT_ID: target } = environment;
  return {
    run: {
      repository,
      runId,
      attempt: 1,
      workflow: CI_PIPELINE_NAME || 'pipeline',
      headSha,
      serverUrl: (CI_SERVER_URL || 'https://gitlab.com').replace(/\/+$/, ''),
      host: 'gitlab',
    },
    pullRequest: options.pullRequest ?? positive(environment.CI_MERGE_REQUEST_IID),
    fromFork: source !== undefined && target !== undefined && source !== target,
    isUnnamed: false,
  };
}

/** Notes of the project's GitLab. Without a token none can be written. */
export async function gitlabFeedbackOf({ GITLAB_TOKEN, CI_API_V4_URL }: Environment): Promise<PullRequestFeedback> {
  const [{ makeHostApi }, { makeGitlabFeedback }] = await Promise.all([
    import('#shared/adapters/http/host-api.ts'),
    import('#shared/plugins/hosts/gitlab/feedback.ts'),
  ]);
  return makeGitlabFeedback(
    makeHostApi({
      title: 'GitLab',
      baseUrl: CI_API_V4_URL || 'https://gitlab.com/api/v4',
      token: async () => GITLAB_TOKEN ?? '',
      clock: systemClock,
      counter: 'code-host-requests',
    }),
  );
}
