import * as z from 'zod';
import type { GithubRunTarget } from '#shared/domain/incident/target-context.ts';
import type { CodeReader } from '#shared/ports/code-reader.ts';
import type { Lookup } from '#shared/ports/diagnosis-model.ts';
import { defineLookup } from './analyze-lookup.ts';

export interface ChangeLookupDeps {
  readonly code: CodeReader;
}

const COMMITS = 8;
const Path = z
  .string()
  .min(1)
  .max(300)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'expected a path inside the repository');

/** Lookups in the change under test and in the history of its files. */
export function changeLookups(target: GithubRunTarget, { code }: ChangeLookupDeps): Lookup[] {
  return [showChange(target, code), blame(target, code)];
}

function showChange({ repository, headSha, pullRequest }: GithubRunTarget, code: CodeReader): Lookup {
  const what = pullRequest === null ? 'the commit under test' : 'the pull request';
  let files: ReturnType<CodeReader['changedFiles']> | null = null;
  return defineLookup({
    name: 'show_change',
    description: `Without a file: the files that ${what} changes. With one of them: its diff.`,
    input: z.strictObject({ file: Path.optional() }),
    async read({ file }) {
      files ??= code.changedFiles(repository, { sha: headSha, pullRequest });
      const changed = await files;
      if (changed.length === 0) return { kind: 'nothing', reason: 'It changes no file.' };
      if (file === undefined) {
        const lines = changed.map(
          ({ path, status, additions, deletions }) => `${path} (${status}, +${additions} -${deletions})`,
        );
        return { kind: 'found', origin: `Files that ${what} changes`, lines };
      }
      const one = changed.find(({ path }) => path === file);
      if (one === undefined) return { kind: 'nothing', reason: `${what} does not change that file.` };
      if (one.patch === null) return { kind: 'nothing', reason: 'The file is binary or too large for a diff.' };
      return { kind: 'found', origin: `What ${what} changes in one file`, lines: one.patch.split('\n') };
    },
  });
}

function blame({ repository, headSha }: GithubRunTarget, code: CodeReader): Lookup {
  return defineLookup({
    name: 'blame',
    description: `The last ${COMMITS} commits that touched a file, newest first: when, who, and the first line of the message.`,
    input: z.strictObject({ file: Path }),
    async read({ file }) {
      const commits = await code.commitsOf(repository, headSha, file, COMMITS);
      if (commits.length === 0) return { kind: 'nothing', reason: 'No commit touched such a file.' };
      const lines = commits.map(
        ({ sha, at, author, title }) =>
          `${sha.slice(0, 10)}${sha === headSha ? ' (under test)' : ''} ${at ?? 'no date'} ${author ?? 'no account'}: ${title}`,
      );
      return { kind: 'found', origin: 'Commits that touched one file', lines };
    },
  });
}
