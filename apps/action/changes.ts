import { diffSince, runGit } from '#apps/workbench/input/git.ts';
import { makeGithubPullRequestFeedback } from '#shared/adapters/github/pull-request-feedback.ts';
import { githubOptions } from './github.ts';
import type { TaskInput } from './task.ts';

/**
 * The change of a pull request or a merge queue as a unified diff; null for other runs, and where it cannot be read, which the log says. Git knows it in a whole clone; in a
 * shallow one, or when the base branch is gone, GitHub is asked.
 */
export async function diffOf(input: TaskInput): Promise<string | null> {
  const { job, say } = input;
  const { kind, pullRequest, base, followed, headSha } = job.origin;
  if (kind !== 'proposal') return null;
  // A run that follows another one may have checked out the default branch.
  const isHere = followed === null || (await runGit(job.workspace, 'rev-parse', 'HEAD'))?.trim() === headSha;
  if (base?.sha && isHere) {
    // Null where Git does not have the commit.
    const diff = await runGit(job.workspace, ...diffSince(base.sha));
    if (diff !== null) return diff;
  }
  if (pullRequest === null) {
    say(
      'The changed lines are not known: the event names no pull request. Check out the commit under test with fetch-depth: 0.',
    );
    return null;
  }
  try {
    if (job.repository === null) throw new Error('GITHUB_REPOSITORY is not set');
    const feedback = makeGithubPullRequestFeedback(githubOptions(input.inputs, job));
    const files = await feedback.changedFiles(job.repository, pullRequest);
    return files.map(({ path, patch }) => `--- a/${path}\n+++ b/${path}\n${patch ?? ''}\n`).join('');
  } catch (error) {
    say(
      `The changed lines are not known: ${(error as Error).message} Check out with fetch-depth: 0, or give the job "pull-requests: read".`,
    );
    return null;
  }
}
