import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aFolder } from './run-command.ts';

/** A Git repository in a folder of its own, with the branch `main` checked out. */
export function aGitRepository(files: Readonly<Record<string, string>>) {
  const folder = aFolder();
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'protocol.file.allow=always', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...AUTHOR },
    }).trim();
  const write = (changed: Readonly<Record<string, string | null>>): void => {
    for (const [path, text] of Object.entries(changed)) {
      if (text === null) rmSync(join(folder, path));
      else {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    }
  };
  const commit = (changed: Readonly<Record<string, string | null>>): string => {
    write(changed);
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', 'change');
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch=main');
  commit(files);
  git('checkout', '--quiet', '-b', 'work');
  return { folder, git, write, commit, link: (path: string, to: string) => symlinkSync(to, join(folder, path)) };
}

const AUTHOR = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
};
