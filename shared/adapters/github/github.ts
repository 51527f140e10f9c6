import type { CodeHost } from '#shared/ports/code-host.ts';
import type { CodeReader } from '#shared/ports/code-reader.ts';
import type { CodeWriter } from '#shared/ports/code-writer.ts';
import type { Proposals } from '#shared/ports/proposals.ts';
import { makeGithubCodeHost } from './code-host.ts';
import { makeGithubCodeReader } from './code-reader.ts';
import { makeGithubCodeWriter } from './code-writer.ts';
import { githubAccess } from './github-access.ts';
import { makeGithubProposals } from './proposals.ts';

/** All that actions may do on GitHub, by what the token secret holds. */
export function makeGithub(options: Parameters<typeof githubAccess>[0]): {
  readonly codeHost: CodeHost;
  readonly codeReader: CodeReader;
  readonly code: CodeWriter;
  readonly proposals: Proposals;
} {
  const access = githubAccess(options);
  return {
    codeHost: makeGithubCodeHost(access),
    codeReader: makeGithubCodeReader(access),
    code: makeGithubCodeWriter(access),
    proposals: makeGithubProposals(access),
  };
}
