import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import { makeGithubCodeWriter } from '#shared/adapters/github/code-writer.ts';
import { makeGithubProposals } from '#shared/adapters/github/proposals.ts';
import { makeGithubPullRequestFeedback } from '#shared/adapters/github/pull-request-feedback.ts';
import { makeGithubRunFinder } from '#shared/adapters/github/run-finder.ts';
import { systemClock } from '#shared/adapters/system/clock.ts';
import { helpfulFixes, type KnownFailures, proposePage } from '#shared/app/triage/document-fixes.ts';
import type { HelpfulFix } from '#shared/domain/triage/troubleshooting-page.ts';
import { apiUrlOf, githubOptions } from '../analyze/github-environment.ts';
import { asking } from '../analyze/github-problem.ts';

/** Finding and proposing, with the token of the environment. Both throw `UsageError` when GitHub refuses or does not answer. */
export function connectFixes(repository: string, environment: Readonly<Record<string, string | undefined>>) {
  const github = githubOptions(environment, apiUrlOf(environment), { count() {} });
  const deps = {
    proposals: makeGithubProposals(github),
    finder: makeGithubRunFinder(github),
    feedback: makeGithubPullRequestFeedback(github),
    code: makeGithubCodeWriter(github),
    codeHost: makeGithubCodeHost(github),
    clock: systemClock,
  };
  const missing = `There is no repository ${repository}`;
  return {
    find: (known: KnownFailures) =>
      asking({ what: `list the pull requests of ${repository}`, right: 'Pull requests: read', missing }, () =>
        helpfulFixes(repository, known, deps),
      ),
    propose: (page: string, fixes: readonly HelpfulFix[]) =>
      asking({ what: `propose a change of ${page}`, right: 'Contents: write', missing }, () =>
        proposePage(repository, page, fixes, deps),
      ),
  };
}
