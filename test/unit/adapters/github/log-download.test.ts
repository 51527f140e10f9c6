import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeGithubCodeHost } from '#shared/adapters/github/code-host.ts';
import type { LogArchive } from '#shared/ports/code-host.ts';
import { fakeClock } from '#test/fakes/index.ts';
import { type ScriptedServer, startServer } from './scripted-server.ts';

const LOGS = 'GET /repos/acme/shop/actions/runs/7/attempts/1/logs';
let github: ScriptedServer;
let storage: ScriptedServer;
beforeEach(async () => {
  [github, storage] = await Promise.all([startServer(), startServer()]);
});
afterEach(() => Promise.all([github.close(), storage.close()]));
const download = (maxBytes = 1000, withinMilliseconds?: number): Promise<LogArchive> =>
  makeGithubCodeHost({ apiUrl: github.url, token: async () => 'test-token', clock: fakeClock() }).downloadLogs(
    'acme/shop',
    7,
    1,
    maxBytes,
    withinMilliseconds,
  );
const redirectToStorage = (): void =>
  github.on(LOGS, { status: 302, headers: { location: `${storage.url}/signed?sig=1` } });

describe('downloading a log archive', () => {
  it('follows the redirect to the storage without the token', async () => {
    redirectToStorage();
    storage.on('GET /signed', { bytes: Buffer.from('PK-archive') });
    const archive = await download();
    expect(archive.kind === 'archive' && Buffer.from(archive.bytes).toString()).toBe('PK-archive');
    expect(github.requests[0]?.authorization).toBe('Bearer test-token');
    expect(storage.requests).toEqual([{ method: 'GET', url: '/signed?sig=1', authorization: undefined, body: '' }]);
  });

  it('follows a renamed repository on the API itself, with the token', async () => {
    github.on(LOGS, { status: 301, headers: { location: `${github.url}/repositories/1/logs` } });
    github.on('GET /repositories/1/logs', { status: 302, headers: { location: `${storage.url}/signed` } });
    storage.on('GET /signed', { bytes: Buffer.from('PK') });
    expect((await download()).kind).toBe('archive');
    expect(github.requests[1]?.authorization).toBe('Bearer test-token');
  });

  it('follows no redirect of the API to another host', async () => {
    github.on(LOGS, { status: 301, headers: { location: `${storage.url}/repositories/1/logs` } });
    expect((await download()).kind).toBe('unavailable');
    expect(storage.requests).toEqual([]);
  });

  it('follows no redirect of the storage', async () => {
    redirectToStorage();
    storage.on('GET /signed', { status: 302, headers: { location: `${github.url}/latest/meta-data` } });
    await expect(download()).rejects.toMatchObject({ name: 'Retryable' });
    expect(github.requests).toHaveLength(1);
  });

  it('tries a download once when its time is limited', async () => {
    redirectToStorage();
    storage.on('GET /signed', { status: 503 });
    await expect(download(1000, 5_000)).rejects.toMatchObject({ name: 'Retryable' });
    expect(storage.requests).toHaveLength(1);
  });

  it('takes an archive of exactly the limit, and stops at one byte more', async () => {
    redirectToStorage();
    storage.on('GET /signed', { bytes: new Uint8Array(1000) });
    expect((await download(1000)).kind).toBe('archive');
    expect(await download(999)).toEqual({ kind: 'unavailable', reason: 'The log archive is larger than 999 bytes.' });
  });

  it.each([404, 410])('says that there is none when GitHub answers %i', async (status) => {
    github.on(LOGS, { status, json: { message: 'Gone' } });
    expect(await download()).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('no log archive') });
  });

  it('asks GitHub for a new link when the storage does not take the one it has, once', async () => {
    redirectToStorage();
    storage.on('GET /signed', { status: 403 }, { bytes: Buffer.from('PK') });
    expect((await download()).kind).toBe('archive');
    expect(github.requests).toHaveLength(2);
    storage.on('GET /signed', { status: 403 });
    expect(await download()).toEqual({ kind: 'unavailable', reason: 'The log storage answered 403.' });
    expect(github.requests).toHaveLength(4);
    expect(storage.requests).toHaveLength(4);
  });

  it('says that there is none when the storage refuses, or GitHub names no storage', async () => {
    redirectToStorage();
    storage.on('GET /signed', { status: 403 });
    expect((await download()).kind).toBe('unavailable');
    github.on(LOGS, { status: 302, headers: { location: 'file:///etc/passwd' } });
    expect((await download()).kind).toBe('unavailable');
    github.on(LOGS, { json: {} });
    expect((await download()).kind).toBe('unavailable');
  });

  it.each([{ status: 503 }, 'reset'] as const)(
    'asks again, and throws Retryable when the storage keeps failing with %j',
    async (reply) => {
      redirectToStorage();
      storage.on('GET /signed', reply, { bytes: Buffer.from('PK') });
      expect((await download()).kind).toBe('archive');
      storage.on('GET /signed', reply);
      await expect(download()).rejects.toMatchObject({ name: 'Retryable' });
    },
  );

  it('throws Refused when the token may not read logs', async () => {
    github.on(LOGS, { status: 403, json: { message: 'Must have admin rights' } });
    await expect(download()).rejects.toMatchObject({ name: 'Refused' });
  });
});
