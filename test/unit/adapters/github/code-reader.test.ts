import { RawRef } from '@selfheal/kernel/text/raw-ref.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeGithubCodeReader } from '#shared/adapters/github/code-reader.ts';
import { fakeClock } from '#test/fakes/index.ts';
import { type ScriptedServer, startServer } from './scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
const reader = () => makeGithubCodeReader({ apiUrl: server.url, token: async () => 'token', clock: fakeClock() });

const SHA = 'a'.repeat(40);
const FILE = {
  filename: 'src/a.ts',
  status: 'modified',
  additions: 2,
  deletions: 1,
  changes: 3,
  patch: '@@ -1 +1,2 @@',
};

describe('reading code from GitHub', () => {
  it('gives the files of a commit, or of the pull request', async () => {
    server.on(`GET /repos/acme/shop/commits/${SHA}`, { json: { sha: SHA, files: [FILE] } });
    const { patch: _, ...binary } = FILE;
    server.on('GET /repos/acme/shop/pulls/7/files', { json: [FILE, { ...binary, filename: 'logo.png' }] });
    const path = expect.any(RawRef);
    const patch = ['@@ -1 +1,2 @@'];
    const expected = { path, shown: 'src/a.ts', status: 'modified', additions: 2, deletions: 1, patch };
    expect(await reader().changedFiles('acme/shop', { sha: SHA, pullRequest: null })).toEqual([expected]);
    expect(await reader().changedFiles('acme/shop', { sha: SHA, pullRequest: 7 })).toEqual([
      expected,
      { ...expected, shown: 'logo.png', patch: null },
    ]);
  });

  it('gives the commits that touched a file up to the one under test', async () => {
    const commit = { message: 'Faster sums\n\nLong story', author: { name: 'A', date: '2026-11-20T10:00:00Z' } };
    server.on('GET /repos/acme/shop/commits', {
      json: [
        { sha: SHA, commit, author: { login: 'acme-dev' } },
        { sha: SHA, commit: { ...commit, author: null }, author: null },
      ],
    });
    expect(await reader().commitsOf('acme/shop', SHA, new RawRef('src/ä b.ts'), 2)).toEqual([
      { sha: SHA, at: '2026-11-20T10:00:00Z', author: 'acme-dev', title: 'Faster sums' },
      { sha: SHA, at: null, author: null, title: 'Faster sums' },
    ]);
    const asked = new URL(server.requests.at(-1)?.url ?? '', server.url).searchParams;
    expect(Object.fromEntries(asked)).toEqual({ sha: SHA, path: 'src/ä b.ts', per_page: '2' });
  });

  it('is refused for a repository it may not see', async () => {
    server.on('GET /repos/acme/secret/commits', { status: 404, json: { message: 'Not Found' } });
    await expect(reader().commitsOf('acme/secret', SHA, new RawRef('a'), 1)).rejects.toMatchObject({ name: 'Refused' });
  });
});
