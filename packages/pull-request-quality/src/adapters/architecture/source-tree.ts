import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import type { SkipReason } from '../../domain/architecture/architecture-analysis.ts';
import type { ChangeHistory } from '../../domain/architecture/hotspots.ts';
import type { SourceTree } from '../../ports/source-tree.ts';

const MAX_FILE_BYTES = 1_000_000;
/** A folder with more files is probably a wrong path. */
const MAX_FILES = 200_000;
/** Never sources of the project, whether or not they are ignored. */
const LEFT_OUT = /(?:^|\/)(?:node_modules|\.git|\.venv|__pycache__|bower_components)(?:\/|$)/;

const HISTORY_DAYS = 365;
const MAX_COMMITS = 10_000;

/** Runs a Git command in a folder and returns its output; null when there is no Git, no repository, or the command fails. */
export type RunGit = (folder: string, ...args: readonly string[]) => Promise<string | null>;

interface Listing {
  readonly files: readonly string[];
  readonly links: readonly string[];
  readonly outside: readonly string[];
}

/**
 * Opens a folder for a scan. In a Git repository it holds the files that Git does not ignore, elsewhere all files; neither includes dependencies, and
 * links are not followed. `git`: deployed code starts no programs, and so who opens the folder says how Git is run. Throws `InvalidInput` when the
 * folder cannot be read.
 */
export async function openSourceTree(folder: string, git: RunGit): Promise<SourceTree> {
  const root = await rootOf(folder);
  const listed = await git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  const { files, links, outside } = listed === null ? await walked(root) : await existing(root, listed);
  if (files.length > MAX_FILES) {
    throw new InvalidInput(`${folder}: more than ${MAX_FILES} files. Pass the root of one project.`);
  }
  const skipped = new Map<SkipReason, readonly string[]>();
  if (links.length > 0) skipped.set('link', links);
  if (outside.length > 0) skipped.set('outside', outside);
  const commit = listed === null ? null : await git(root, 'rev-parse', 'HEAD');
  return {
    commit: commit?.trim() ?? null,
    files: [...new Set(files)].sort(),
    skipped,
    read: (file) => textOf(join(root, file)),
    history: () => (commit === null ? Promise.resolve(null) : historyOf(root, git)),
  };
}

async function rootOf(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await lstat(root)).isDirectory()) return root;
  } catch (error) {
    throw new InvalidInput(`${folder}: cannot be read as a folder. Pass the root of a project.`, { cause: error });
  }
  throw new InvalidInput(`${folder}: this is not a folder. Pass the root of a project.`);
}

/** Of the files that Git names, those that are there: a file may be deleted, or a folder on its way be a link by now. */
async function existing(root: string, listed: string): Promise<Listing> {
  const names = [...new Set(listed.split('\0'))].filter((file) => file !== '' && !LEFT_OUT.test(file));
  const inside = new Map<string, boolean>();
  const found: { files: string[]; links: string[]; outside: string[] } = { files: [], links: [], outside: [] };
  for (const file of names) {
    const folder = dirname(join(root, file));
    const known = inside.get(folder) ?? (await isOwnFolder(root, folder));
    inside.set(folder, known);
    if (!known) {
      found.outside.push(file);
      continue;
    }
    const stats = await lstat(join(root, file)).catch(() => null);
    if (stats?.isSymbolicLink()) found.links.push(file);
    else if (stats?.isFile()) found.files.push(file);
  }
  return found;
}

/** Whether a folder below the root is reached without a link. One that is gone holds nothing anyway. */
async function isOwnFolder(root: string, folder: string): Promise<boolean> {
  try {
    return (await realpath(folder)) === resolve(root, folder);
  } catch {
    return true;
  }
}

async function walked(root: string): Promise<Listing> {
  const found: { files: string[]; links: string[]; outside: string[] } = { files: [], links: [], outside: [] };
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined && found.files.length <= MAX_FILES; folder = waiting.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (LEFT_OUT.test(path)) continue;
      if (entry.isSymbolicLink()) found.links.push(path);
      else if (entry.isDirectory()) waiting.push(path);
      else if (entry.isFile()) found.files.push(path.split(sep).join('/'));
    }
  }
  return found;
}

async function textOf(path: string): Promise<{ text: string } | { skipped: SkipReason }> {
  try {
    await using file = await open(path);
    if ((await file.stat()).size > MAX_FILE_BYTES) return { skipped: 'large' };
    // Decoding drops the byte order mark.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
    return text.includes('\0') ? { skipped: 'unreadable' } : { text };
  } catch {
    return { skipped: 'unreadable' };
  }
}

/** Commits of the year before the newest one, without merges. A shallow clone shows its oldest commit as if it had made every file: it is left out. */
async function historyOf(root: string, git: RunGit): Promise<ChangeHistory | null> {
  const newest = await git(root, 'log', '-1', '--format=%ct');
  if (newest === null) return null;
  const shallow = (await git(root, 'rev-parse', '--is-shallow-repository'))?.trim() !== 'false';
  const since = Number(newest.trim()) - HISTORY_DAYS * 86_400;
  const log = await git(
    root,
    'log',
    '-z',
    '--format=/%P',
    '--name-only',
    '--no-renames',
    '--no-merges',
    '--relative',
    '--no-ext-diff',
    `--since=@${since}`,
    `--max-count=${MAX_COMMITS}`,
  );
  if (log === null) return null;
  const commits = commitsIn(log).flatMap(({ root: isRoot, files }) => (shallow && isRoot ? [] : [files]));
  return { days: HISTORY_DAYS, commits, complete: !shallow && commits.length < MAX_COMMITS };
}

/** Reads `git log -z --format=/%P --name-only`: a slash and the parents of a commit, then a line break and its files, whose paths begin with none. */
function commitsIn(log: string): { root: boolean; files: string[] }[] {
  const commits: { root: boolean; files: string[] }[] = [];
  let afterCommit = false;
  for (const part of log.split('\0')) {
    const isCommit = part.startsWith('/');
    const file = afterCommit ? part.replace(/^\n/, '') : part;
    if (isCommit) commits.push({ root: part === '/', files: [] });
    else if (file !== '') commits.at(-1)?.files.push(file);
    afterCommit = isCommit;
  }
  return commits;
}
