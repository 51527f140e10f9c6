import { Refused } from '@selfheal/kernel/errors.ts';
import { type FileAtCommit, makeGithubFileReader } from '#shared/adapters/github/default-branch-file.ts';
import type { GithubOptions } from '#shared/adapters/github/github-client.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import type { ActionInputs } from './inputs.ts';
import type { JobContext } from './job-context.ts';

/** The login under which `GITHUB_TOKEN` of a workflow's run writes; such a token cannot ask for it. */
const WORKFLOW_LOGIN = 'github-actions[bot]';

/** GitHub's API with the token of the inputs. Throws `Refused` without one. */
export function githubOptions({ token }: ActionInputs, { apiUrl }: JobContext): GithubOptions {
  if (token === '')
    throw new Refused('There is no token for GitHub. Leave the input "token" out, or set it to github.token.');
  return {
    apiUrl,
    token: async () => token,
    // A person's token, or that of another app, can be asked.
    ...(token.startsWith('ghs_') ? { botLogin: async () => WORKFLOW_LOGIN } : {}),
    clock: systemClock,
    userAgent: 'selfheal-action',
  };
}

/** GitHub gives no larger file this way. */
const MAX_FILE_BYTES = 1_000_000;

/** Reads files of the repository from GitHub; null without a token or a repository. */
export function fileReaderOf(
  inputs: ActionInputs,
  job: JobContext,
): ((path: string, ref: string) => Promise<FileAtCommit>) | null {
  const { repository } = job;
  if (inputs.token === '' || repository === null) return null;
  return (path, ref) =>
    makeGithubFileReader(githubOptions(inputs, job), { repository, maxBytes: MAX_FILE_BYTES })(path, ref);
}
