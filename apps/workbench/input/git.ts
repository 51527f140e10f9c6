import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunGit } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/**
 * The configuration of a repository can name programs that Git starts. A scan reads repositories of others: these settings are overridden.
 */
const NO_PROGRAMS = ['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'log.showSignature=false', 'core.pager=cat'];

/** Runs Git without the variables by which a hook points to its own repository, or somebody to a program. */
export const runGit: RunGit = async (folder, ...args) => {
  const settings = NO_PROGRAMS.flatMap((setting) => ['-c', setting]);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^GIT_(?!CONFIG_)/.test(name)));
  try {
    const { stdout } = await run('git', ['-C', folder, '--no-pager', ...settings, ...args], {
      env: { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return stdout;
  } catch {
    return null;
  }
};

/** Arguments of Git for the change from `base` to HEAD as a unified diff without context, whatever the configuration says. */
export const diffSince = (base: string): string[] => {
  const form = ['--no-ext-diff', '--no-color', '--unified=0', '--src-prefix=a/', '--dst-prefix=b/'];
  return ['diff', ...form, '--end-of-options', `${base}...HEAD`];
};
