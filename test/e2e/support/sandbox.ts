import { shaOf } from '@selfheal/fake-github/state.ts';
import { sandboxWorkflow } from '@selfheal/patch-guard/sandbox-workflow.ts';
import type { World } from '#apps/local/world/world.ts';

const DAY = 86_400_000;

/** As the user guide shows it. */
export const SANDBOX = sandboxWorkflow({
  runner: 'ubuntu-24.04',
  minutes: '30',
  image: 'node:24',
  version: '11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2',
  prepare: 'npm ci --ignore-scripts',
  test: 'npm test',
});

/** Makes the shop's repository public, and commits the workflow to its default branch some time before. */
export function addSandbox({ github }: World, now: number, content = SANDBOX, daysAgo = 20) {
  const repository = 'acme/shop';
  github.addRepository(repository, { private: false });
  const path = '.github/workflows/selfheal-try.yml';
  return github.addCommit({
    repository,
    sha: shaOf(`${repository} sandbox ${daysAgo} ${content}`),
    message: 'Add the sandbox',
    author: 'acme-dev',
    at: new Date(now - daysAgo * DAY).toISOString(),
    pullRequest: null,
    files: [{ path, status: 'added', additions: 1, deletions: 0, patch: null, content }],
  });
}
