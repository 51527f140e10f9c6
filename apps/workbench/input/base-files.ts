import { readFile } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { messageOf } from '@selfheal/kernel/errors.ts';
import type { QualityState } from '@selfheal/pull-request-quality/ports/quality-state.ts';
import type { FileAtCommit } from '#shared/adapters/github/default-branch-file.ts';
import { runGit } from './git.ts';
import type { RunOrigin } from './run-origin.ts';

/** A file that decides how a change is judged. `reason`: a sentence. */
type DecidingFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/**
 * The files that decide how a run is judged, by paths below a folder: settings, code owners, committed state. Of a proposal as its base commit has them,
 * because nobody writes the rules of their own judgement; else as they lie there.
 */
export interface DecidingFiles {
  /** Where they come from, in words, for a proposal: `the base commit 1a2b3c4`. Null for other runs. */
  readonly from: string | null;
  read(path: string): Promise<DecidingFile>;
  /** The text as it lies in the folder; null without one. */
  own(path: string): Promise<string | null>;
  /** Whether a path below the folder, or a folder on its way, is part of the commit that is checked out. */
  isCommitted(path: string): Promise<boolean>;
}

/** `folder`: the checked-out repository, or a folder in it. `ask`: GitHub, where Git does not have the base; null when nobody may ask. */
export function decidingFilesOf(
  origin: RunOrigin,
  folder: string,
  ask: ((path: string, ref: string) => Promise<FileAtCommit>) | null,
): DecidingFiles {
  const own = (path: string): Promise<string | null> => readFile(join(folder, path), 'utf8').catch(() => null);
  const listed = new Map<string, Promise<readonly string[]>>();
  const committed = (top: string): Promise<readonly string[]> => {
    const known = listed.get(top) ?? namesIn(folder, top);
    listed.set(top, known);
    return known;
  };
  const isCommitted = async (path: string): Promise<boolean> => {
    const parts = path.split('/');
    const names = new Set(await committed(parts[0] ?? ''));
    // A folder on the way that is itself in the commit is a link.
    return parts.some((_, at) => names.has(parts.slice(0, at + 1).join('/')));
  };
  const isOwn = origin.event === null || origin.kind === 'branch' || origin.kind === 'tag';
  if (isOwn) {
    const read = async (path: string): Promise<DecidingFile> => {
      try {
        return { kind: 'text', text: await readFile(join(folder, path), 'utf8') };
      } catch (error) {
        const isMissing = /^(?:ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '');
        return isMissing ? { kind: 'missing' } : { kind: 'unreachable', reason: messageOf(error) };
      }
    };
    return { from: null, read, own, isCommitted };
  }
  const { base } = origin;
  const from =
    base === null
      ? 'the base'
      : base.sha === null
        ? `the branch ${base.branch}`
        : `the base commit ${base.sha.slice(0, 7)}`;
  let where: Promise<{ readonly ref: string | null; readonly prefix: string }> | null = null;
  const read = async (path: string): Promise<DecidingFile> => {
    if (base === null) return { kind: 'unreachable', reason: 'The event does not say where the change goes.' };
    where ??= placeOf(folder, base);
    const { ref, prefix } = await where;
    if (ref !== null) return await inGit(folder, ref, `${prefix}${path}`);
    if (ask === null)
      return { kind: 'unreachable', reason: `Git does not have ${from}, and there is no token to ask GitHub.` };
    try {
      const found = await ask(`${prefix}${path}`, base.sha ?? base.branch);
      return found.kind === 'unusable' ? { kind: 'unreachable', reason: `Of ${from}: ${found.problem}.` } : found;
    } catch (error) {
      return {
        kind: 'unreachable',
        reason: `Git does not have ${from}, and GitHub does not give it: ${messageOf(error)}`,
      };
    }
  };
  return { from, read, own, isCommitted };
}

/** Files of the commit, below the first part of a path. */
async function namesIn(folder: string, top: string): Promise<readonly string[]> {
  const listed = await runGit(folder, '--literal-pathspecs', 'ls-files', '-z', '--', top);
  return (listed ?? '').split('\0').filter((name) => name !== '');
}

/** How Git names the base, null when it does not have it, and the path of the folder in the repository. */
async function placeOf(
  folder: string,
  { branch, sha }: NonNullable<RunOrigin['base']>,
): Promise<{ readonly ref: string | null; readonly prefix: string }> {
  const name = sha ?? `refs/remotes/origin/${branch}`;
  const found = await runGit(folder, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`);
  const prefix = (await runGit(folder, 'rev-parse', '--show-prefix'))?.trim() ?? '';
  return { ref: found?.trim() ?? null, prefix };
}

async function inGit(folder: string, ref: string, path: string): Promise<DecidingFile> {
  const listed = await runGit(folder, '--literal-pathspecs', 'ls-tree', '-z', '--full-tree', ref, '--', path);
  if (listed === null) return { kind: 'unreachable', reason: `Git cannot read the commit ${ref.slice(0, 7)}.` };
  if (listed === '') return { kind: 'missing' };
  // A link could lead to a file of the change.
  if (!/^100(?:644|755) blob /.test(listed)) return { kind: 'unreachable', reason: `${path} is not a file there.` };
  const text = await runGit(folder, 'cat-file', 'blob', `${ref}:${path}`);
  return text === null
    ? { kind: 'unreachable', reason: `Git cannot read ${path} of ${ref.slice(0, 7)}.` }
    : { kind: 'text', text };
}

/** A path as Git writes it, relative to the folder; null outside of it. */
export function pathBelow(folder: string, path: string): string | null {
  const below = relative(resolve(folder), resolve(folder, path));
  return below === '' || below.startsWith('..') || isAbsolute(below) ? null : below.split(sep).join('/');
}

/**
 * A state in a folder whose committed documents are those of the base: a change may come with a baseline of its own. They are not written either. `path`: of the
 * folder, below that of the files.
 */
export function withBaseDocuments(
  state: QualityState,
  { files, path, say }: { readonly files: DecidingFiles; readonly path: string; readonly say: (text: string) => void },
): QualityState {
  const said = new Set<string>();
  const once = (text: string): void => {
    if (!said.has(text)) say(text);
    said.add(text);
  };
  const fileOf = (name: string): string => `${path}/${name}.json`;
  return {
    async read(name) {
      if (!(await files.isCommitted(fileOf(name)))) return await state.read(name);
      const found = await files.read(fileOf(name));
      once(`The state in ${path} is committed, so that of ${files.from} counts.`);
      if (found.kind === 'text') return { text: found.text, revision: 'base' };
      if (found.kind === 'unreachable') once(`It cannot be read, so nothing is known: ${found.reason}`);
      return null;
    },
    async write(name, text, replaces) {
      if (!(await files.isCommitted(fileOf(name)))) return await state.write(name, text, replaces);
      once(`The state in ${path} is committed, so this run does not change it.`);
      return 'written';
    },
  };
}
