import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InvalidInput } from '@selfheal/kernel/errors.ts';
import { openSourceTree as open } from '@selfheal/pull-request-quality/adapters/architecture/source-tree.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runGit } from '#apps/workbench/input/git.ts';

const openSourceTree = (folder: string) => open(folder, runGit);

function aProject(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'selfheal-tree-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  write(root, files);
  return root;
}

function write(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
}

function git(root: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', ['-C', root, ...identity, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function commit(root: string, files: Readonly<Record<string, string>>, at = '2026-11-01T12:00:00Z'): void {
  write(root, files);
  git(root, 'add', '-A');
  execFileSync(
    'git',
    [
      '-C',
      root,
      '-c',
      'user.name=Test',
      '-c',
      'user.email=test@example.com',
      '-c',
      'commit.gpgsign=false',
      'commit',
      '-qm',
      'change',
    ],
    {
      env: { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at },
      stdio: 'ignore',
    },
  );
}

function aRepository(files: Readonly<Record<string, string>>): string {
  const root = aProject({});
  git(root, 'init', '-q', '-b', 'main');
  commit(root, files);
  return root;
}

describe('a folder under version control', () => {
  it('holds what Git does not ignore, committed or not', async () => {
    const root = aRepository({ 'src/a.ts': '', '.gitignore': 'dist\n', 'node_modules/x/index.js': '' });
    write(root, { 'src/new.ts': '', 'dist/a.js': '' });
    rmSync(join(root, 'src/a.ts'));
    const tree = await openSourceTree(root);
    expect(tree.files).toEqual(['.gitignore', 'src/new.ts']);
    expect(tree.commit).toBe(git(root, 'rev-parse', 'HEAD').trim());
  });

  it('may be a part of the repository: paths and history are relative to it', async () => {
    const root = aRepository({ 'web/a.ts': '1', 'b.ts': '1' });
    commit(root, { 'web/a.ts': '2', 'b.ts': '2' });
    const tree = await openSourceTree(join(root, 'web'));
    expect(tree.files).toEqual(['a.ts']);
    expect((await tree.history())?.commits).toEqual([['a.ts'], ['a.ts']]);
  });

  it('[B76] tells the commits of the year before the newest one, names with blanks, quotes and line breaks included', async () => {
    const odd = 'a "b"\n\u00e4 c.ts';
    const root = aRepository({ 'old.ts': '' });
    commit(root, { [odd]: '1' }, '2027-10-30T12:00:00Z');
    commit(root, { [odd]: '2', 'new.ts': '' }, '2027-11-02T12:00:00Z');
    const history = await (await openSourceTree(root)).history();
    expect(history).toMatchObject({ days: 365, complete: true });
    expect(history?.commits.map((files) => [...files].sort())).toEqual([[odd, 'new.ts'].sort(), [odd]]);
  });

  it('does not take the oldest commit of a shallow clone for a change of every file', async () => {
    const root = aRepository({ 'a.ts': '1', 'b.ts': '1' });
    commit(root, { 'a.ts': '2' });
    commit(root, { 'a.ts': '3' });
    const clone = aProject({});
    git(clone, 'clone', '-q', '--depth', '2', `file://${root}`, 'shallow');
    const history = await (await openSourceTree(join(clone, 'shallow'))).history();
    expect(history).toMatchObject({ complete: false, commits: [['a.ts']] });
  });

  it('does not run programs that its configuration names', async () => {
    const root = aRepository({ 'a.ts': '' });
    const script = join(root, '.git/program.sh');
    const trace = join(root, '.git/ran');
    writeFileSync(script, `#!/bin/sh\necho ran >> '${trace}'\n`, { mode: 0o755 });
    git(root, 'config', 'core.fsmonitor', script);
    git(root, 'config', 'log.showSignature', 'true');
    git(root, 'config', 'gpg.program', script);
    git(root, 'config', 'core.pager', script);
    git(root, 'config', 'core.alternateRefsCommand', script);
    const tree = await openSourceTree(root);
    await tree.history();
    expect(() => realpathSync(trace)).toThrow(/ENOENT/);
  });

  it('follows no link, not even where a folder became one', async () => {
    const outside = aProject({ 'secret.ts': 'export const secret = 1' });
    const root = aRepository({ 'lib/secret.ts': '', 'a.ts': '' });
    symlinkSync('a.ts', join(root, 'b.ts'));
    renameSync(join(root, 'lib'), join(root, '.git/lib'));
    symlinkSync(outside, join(root, 'lib'));
    const tree = await openSourceTree(root);
    expect(tree.files).toEqual(['a.ts']);
    expect(Object.fromEntries(tree.skipped)).toMatchObject({ outside: ['lib/secret.ts'] });
    expect(tree.skipped.get('link')).toContain('b.ts');
  });
});

describe('a folder without version control', () => {
  it('holds its files without dependencies, ends at circular links, and has no history', async () => {
    const root = aProject({
      'src/a.py': '',
      'node_modules/x/index.js': '',
      '.venv/lib/x.py': '',
      '__pycache__/a.py': '',
    });
    symlinkSync(root, join(root, 'src/loop'));
    symlinkSync('self', join(root, 'self'));
    const tree = await openSourceTree(root);
    expect(tree.files).toEqual(['src/a.py']);
    expect(tree.skipped.get('link')).toEqual(['self', 'src/loop']);
    expect([tree.commit, await tree.history()]).toEqual([null, null]);
  });

  it('may be reached through a link', async () => {
    const root = aProject({ 'real/a.ts': 'x' });
    symlinkSync('real', join(root, 'link'));
    const tree = await openSourceTree(join(root, 'link'));
    expect(await tree.read('a.ts')).toEqual({ text: 'x' });
  });

  it.each([
    ['text without its byte order mark', Buffer.from('\ufeffimport a'), { text: 'import a' }],
    ['nothing of a file that is too large', Buffer.alloc(1_000_001, 'a'), { skipped: 'large' }],
    ['nothing of bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0xfe]), { skipped: 'unreadable' }],
    ['nothing of a binary file', Buffer.from('a\0b'), { skipped: 'unreadable' }],
  ])('gives %s', async (_, content, expected) => {
    const tree = await openSourceTree(aProject({ 'a.ts': content }));
    expect(await tree.read('a.ts')).toEqual(expected);
  });

  it('gives nothing of a file that is gone by now', async () => {
    const tree = await openSourceTree(aProject({ 'a.ts': '' }));
    expect(await tree.read('gone.ts')).toEqual({ skipped: 'unreadable' });
  });
});

describe('what is no folder', () => {
  it.each(['gone', 'file.ts'])('%s is refused', async (name) => {
    const root = aProject({ 'file.ts': '' });
    await expect(openSourceTree(join(root, name))).rejects.toThrow(InvalidInput);
  });
});
