import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from '@selfheal/kernel/digest.ts';
import { InvalidInput, Retryable } from '@selfheal/kernel/errors.ts';
import type { Clock } from '@selfheal/kernel/time.ts';
import {
  documentPath,
  MAX_QUALITY_DOCUMENT_BYTES,
  type QualityDocument,
  type QualityState,
  requireDocumentSize,
} from '@selfheal/pull-request-quality/ports/quality-state.ts';
import { makeFolder } from '../system/output-files.ts';

/** A write takes milliseconds, so the process that holds a lock for longer has died. */
const STALE_LOCK_MS = 10_000;
const MAX_WAIT_MS = 20_000;
const POLL_MS = 25;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException | null)?.code ?? '';

/**
 * Documents as files `<folder>/<name>.json`, which the Actions cache can keep. The revision is a digest of the text. A write holds a lock file
 * while it compares and renames, so that processes of one machine that write at once do not lose each other's changes.
 */
export function makeFolderState(folder: string, clock: Clock): QualityState {
  const pathOf = (name: string): string => join(folder, documentPath(name));
  const read = async (name: string): Promise<QualityDocument | null> => {
    const text = await textAt(pathOf(name), folder);
    return text === null ? null : { text, revision: digestOf(text) };
  };
  return {
    read,
    write: async (name, text, replaces) => {
      const path = pathOf(name);
      requireDocumentSize(name, text);
      await reachable(folder, () => makeFolder(dirname(path)));
      return await withLock(path, { folder, clock }, async (isOwner) => {
        if (((await read(name))?.revision ?? null) !== replaces) return 'changed-meanwhile';
        const made = `${path}.${randomUUID()}.new`;
        try {
          await reachable(folder, async () => {
            await writeDurably(made, text);
            if (!(await isOwner())) throw new Retryable(`Lost the lock of ${path} while writing it. Run it again.`);
            await rename(made, path);
          });
        } finally {
          await rm(made, { force: true });
        }
        return 'written';
      });
    },
  };
}

async function textAt(path: string, folder: string): Promise<string | null> {
  return await reachable(folder, async () => {
    const size = await stat(path).then(
      (found) => found.size,
      (error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      },
    );
    if (size === null) return null;
    if (size > MAX_QUALITY_DOCUMENT_BYTES)
      throw new InvalidInput(`${path} has ${size} bytes; a state document has at most ${MAX_QUALITY_DOCUMENT_BYTES}.`);
    return await readFile(path, 'utf8');
  });
}

/** Throws `Retryable` when the folder cannot be used: then it is not known what it holds. */
async function reachable<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InvalidInput || error instanceof Retryable) throw error;
    throw new Retryable(
      `The state folder ${folder} cannot be used (${codeOf(error) || String(error)}). Check that it is a folder and may be written.`,
      { cause: error },
    );
  }
}

/** Also after a crash of the machine the renamed file is whole. */
async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

interface LockPlace {
  readonly folder: string;
  readonly clock: Clock;
}

/** Runs `work` while this process holds the lock of `path`. Throws `Retryable` when another one keeps it. */
async function withLock<T>(
  path: string,
  { folder, clock }: LockPlace,
  work: (isOwner: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const lock = `${path}.lock`;
  const token = randomUUID();
  const isOwner = async (): Promise<boolean> => (await contentOf(lock)) === token;
  for (let waited = 0; !(await reachable(folder, () => acquired(lock, token))); waited += POLL_MS) {
    if (waited >= MAX_WAIT_MS)
      throw new Retryable(`Another process has been writing ${path} for ${MAX_WAIT_MS / 1000} s. Run it again.`);
    if (!(await reachable(folder, () => removedStale(lock, clock)))) await clock.sleep(POLL_MS);
  }
  try {
    return await work(isOwner);
  } finally {
    if (await isOwner()) await rm(lock, { force: true });
  }
}

/** Makes the lock with its content in one step: a file that appears by `link` is never empty. */
async function acquired(lock: string, token: string): Promise<boolean> {
  const own = `${lock}.${token}`;
  await writeDurably(own, token);
  try {
    await link(own, lock);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

const contentOf = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

/**
 * Whether the lock of a dead process was removed. It is moved away before it is deleted: should it be a new lock that another process made
 * between look and move, it is put back.
 */
async function removedStale(lock: string, clock: Clock): Promise<boolean> {
  const seen = await contentOf(lock);
  const made = await stat(lock).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
  if (seen === null || made === null) return true;
  // The clock may have been set back: a lock from the future is as old as one from the past.
  if (Math.abs(clock.now().getTime() - made) < STALE_LOCK_MS) return false;
  const aside = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  }
  if ((await contentOf(aside)) !== seen) await link(aside, lock).catch(() => {});
  await rm(aside, { force: true });
  return true;
}
