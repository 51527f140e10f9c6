import type { Terminal } from '@selfheal/cli-kit/terminal.ts';
import { RepositoryName } from '#shared/domain/incident/target-context.ts';
import { type DecidingFiles, decidingFilesOf } from './base-files.ts';
import { readRunOrigin } from './run-origin.ts';

/** GitHub gives no larger file this way. */
const MAX_FILE_BYTES = 1_000_000;

/** The files that decide how the run of this command is judged, below the current folder. */
export function decidingFilesHere({ environment }: Pick<Terminal, 'environment'>): DecidingFiles {
  const { GITHUB_REPOSITORY: repository = '', GITHUB_TOKEN, GH_TOKEN, GITHUB_APP_ID } = environment;
  const mayAsk = RepositoryName.safeParse(repository).success && (GITHUB_TOKEN || GH_TOKEN || GITHUB_APP_ID);
  return decidingFilesOf(readRunOrigin(environment), '.', mayAsk ? fromGithub : null);

  // Loaded here, because Git has the base as a rule.
  async function fromGithub(path: string, ref: string) {
    const [{ makeGithubFileReader }, { apiUrlOf, githubOptions }] = await Promise.all([
      import('#shared/adapters/github/default-branch-file.ts'),
      import('../analyze/github-environment.ts'),
    ]);
    const options = githubOptions(environment, apiUrlOf(environment), { count() {} });
    return await makeGithubFileReader(options, { repository, maxBytes: MAX_FILE_BYTES })(path, ref);
  }
}
