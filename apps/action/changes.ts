import { diffSince, runGit } from '#apps/cli/input/git.ts';
import { makeGithubPullRequestFeedback } from '#shared/adapters/github/pull-request-feedback.ts';
import { githubOptions } from './github.ts';
import type { TaskInput } from './task.ts';

/**
 * The change of a pull request as a unified diff; null for other runs, and where it cannot be read, which the log says. Git knows it in a whole clone; in a
 * shallow one, or when the base branch is gone, GitHub is asked.
 */
export async function diffOf(input: TaskInput): Promise<string | null> {
  const { job, say } = input;
  if (job.pullRequest === null) return null;
  const { baseSha, number } = job.pullRequest;
  if (baseSha !== null) {
    // Null where Git does not have the commit.
    const diff = await runGit(job.workspace, ...diffSince(baseSha));
    if (diff !== null) return diff;
  }
  try {
    if (job.repository === null) throw new Error('GITHUB_REPOSITORY is not set');
    const feedback = makeGithubPullRequestFeedback(githubOptions(input.inputs, job));
    const files = await feedback.changedFiles(job.repository, number);
    return files.map(({ path, patch }) => `--- a/${path}\n+++ b/${path}\n${patch ?? ''}\n`).join('');
  } catch (error) {
    say(
      `The changed lines are not known: ${(error as Error).message} Check out with fetch-depth: 0, or give the job "pull-requests: read".`,
    );
    return null;
  }
}
