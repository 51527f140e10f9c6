import { type ChangedFile, type ChangedFiles, parseRawDiff } from '../../domain/test-selection/changed-files.ts';

/** Runs Git in the repository; null when the command fails. */
export type Git = (...args: readonly string[]) => Promise<string | null>;

/**
 * Files that differ between the merge base with `base` and the files as they lie in the folder, uncommitted ones included. Where Git cannot say for
 * certain, `unknown` tells why: a shallow clone, a base that is not here, submodules, links, names that no test can be traced by. Untracked files at or
 * below `ownPaths` are Selfheal's own and no change: a job restores its state there from a cache.
 */
export async function readChanges(git: Git, base: string, ownPaths: readonly string[]): Promise<ChangedFiles> {
  const shown = JSON.stringify(base.slice(0, 120));
  if ((await git('rev-parse', 'HEAD')) === null) return { unknown: 'There is no Git repository with a commit here.' };
  if ((await git('rev-parse', '--is-shallow-repository'))?.trim() !== 'false')
    return { unknown: 'The clone is shallow: check out with fetch-depth: 0, so that Git knows what changed.' };
  const found = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${base}^{commit}`);
  if (found === null) return { unknown: `The base ${shown} is not here: it was deleted, or not fetched.` };
  const start = await git('merge-base', found.trim(), 'HEAD');
  if (start === null) return { unknown: `The base ${shown} and this commit have no common ancestor.` };
  const diff = await git(
    'diff',
    ...['--raw', '-z', '--no-renames', '--no-relative', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none'],
    start.trim(),
    '--',
  );
  const untracked = await git('ls-files', '-z', '--others', '--exclude-standard');
  if (diff === null || untracked === null) return { unknown: `Git could not compare with the base ${shown}.` };
  const isOwn = (path: string): boolean => ownPaths.some((own) => path === own || path.startsWith(`${own}/`));
  const added = untracked.split('\0').filter((path) => path !== '' && !isOwn(path));
  const changes = parseRawDiff(diff + added.map((path) => `:000000 100644 0 0 A\0${path}\0`).join(''));
  return 'unknown' in changes ? changes : { files: distinct(changes.files) };
}

const distinct = (files: readonly ChangedFile[]): ChangedFile[] => [
  ...new Map(files.map((file) => [file.path, file])).values(),
];
