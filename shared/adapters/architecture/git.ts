import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/**
 * The configuration of a repository can name programs that Git starts. A scan reads repositories of others, so those settings are overridden, and
 * variables of a hook that point to another repository are dropped.
 */
const NO_PROGRAMS = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'log.showSignature=false', 'core.pager=cat'];

/** Output of a Git command in a folder; null when there is no Git, no repository, or the command fails. */
export async function git(folder: string, ...args: readonly string[]): Promise<string | null> {
  const settings = NO_PROGRAMS.flatMap((setting) => ['-c', setting]);
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...env } = process.env;
  try {
    const { stdout } = await run('git', ['-C', folder, '--no-pager', ...settings, ...args], {
      env: { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  } catch {
    return null;
  }
}
