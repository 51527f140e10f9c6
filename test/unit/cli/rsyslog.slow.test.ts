import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeHandler } from '#functions/log-intake/handler.ts';
import { createApiKey } from '#shared/app/access/api-keys.ts';
import type { ApiKey } from '#shared/domain/access/api-key.ts';
import { until } from '#test/e2e/support/until.ts';
import { makeMemoryLogWatch } from '#test/fakes/memory-log-watch.ts';

const ROOT = join(import.meta.dirname, '../../..');
const RSYSLOGD = '/usr/sbin/rsyslogd';
const isThere = existsSync(RSYSLOGD) && spawnSync(RSYSLOGD, ['-v']).status === 0;
/** Split, so that no scanner takes it for a real one. */
const SECRET = ['ghp', 'k3J9dLq0ZxV7bN2mW5sT8yR1uC4aE6fH0gP2'].join('_');
const LINES = 200;

let folder: string;
let server: Server;
let daemon: ChildProcess | undefined;
const store = makeMemoryLogWatch();
const refused: number[] = [];

/** The function that takes logs, behind a server of this machine; the text of a key for it. */
async function serveIntake(): Promise<{ readonly url: string; readonly key: string }> {
  const keys = new Map<string, ApiKey>();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const clock = { now: () => new Date(), sleep: async () => {} };
  const creation = await createApiKey(
    { name: 'rsyslog', roles: ['operator'], expiresAt: new Date(Date.now() + 86_400_000).toISOString() },
    { kind: 'person', id: 'ada', name: 'ada', roles: ['admin'] },
    {
      apiKeys: { create: async (key: ApiKey) => Boolean(keys.set(key.id, key)) },
      trail: { append: async () => {} },
      random: (bytes: number) => 'ab'.repeat(bytes),
      clock,
      log,
    } as never,
  );
  const handler = makeHandler({
    apiKeys: { get: async (id) => keys.get(id) ?? null, noteUse: async () => {} },
    store,
    clock,
    log,
    meter: { count: () => {} } as never,
  });
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = await handler({
      rawPath: request.url ?? '',
      rawQueryString: '',
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(parts).toString('base64'),
      isBase64Encoded: true,
    });
    if ((answer.statusCode ?? 500) >= 300) refused.push(answer.statusCode ?? 500);
    response
      .writeHead(answer.statusCode ?? 500, answer.headers as Record<string, string>)
      .end(Buffer.from(answer.body ?? '', answer.isBase64Encoded === true ? 'base64' : 'utf8'));
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: (creation as { text: string }).text,
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selfheal-rsyslog-'));
  const { url, key } = await serveIntake();
  // rsyslog starts the program without a shell, and with the environment of its own.
  const program = join(folder, 'selfheal');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(ROOT, 'apps/cli/main.ts')} "$@"\n`);
  chmodSync(program, 0o755);
  const configuration = `
module(load="imtcp")
module(load="omprog")
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${folder}/port")
action(type="omprog" binary="${program} log forward --service host1 -" template="RSYSLOG_SyslogProtocol23Format" output="${folder}/forward.log")
`;
  writeFileSync(join(folder, 'rsyslog.conf'), configuration);
  if (!isThere) return;
  daemon = spawn(RSYSLOGD, ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'pid')], {
    env: { ...process.env, SELFHEAL_URL: url, SELFHEAL_TOKEN: key },
    stdio: 'ignore',
  });
  await until('the port of rsyslog', () => existsSync(join(folder, 'port')) && portOf() > 0);
});

afterAll(async () => {
  daemon?.kill();
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done));
  rmSync(folder, { recursive: true, force: true });
});

const portOf = (): number => Number(readFileSync(join(folder, 'port'), 'utf8').trim() || 0);
const digests = async () => (await store.latestDigests('host1', 1_000)).map(({ digest }) => digest);
const arrived = async () => (await digests()).reduce((sum, { lines }) => sum + lines, 0);

it.skipIf(!isThere)(
  `takes the lines of a real rsyslog, redacted, each once${isThere ? '' : ' (skipped: there is no /usr/sbin/rsyslogd; apt-get install rsyslog)'}`,
  async () => {
    const socket = connect(portOf(), '127.0.0.1');
    const at = new Date().toISOString();
    for (let line = 0; line < LINES; line += 1) {
      // local0: info is 134, error 131 (RFC 5424, section 6.2.1).
      const isFault = line % 10 === 9;
      const text = isFault ? `payment ${line} stopped, token ${SECRET}` : `order ${line} accepted`;
      socket.write(`<${isFault ? 131 : 134}>1 ${at} web1 shop 71 - - ${text}\n`);
    }
    socket.end();
    await until('all lines', async () => (await arrived()) >= LINES);
    daemon?.kill('SIGTERM');
    await new Promise((done) => (daemon?.exitCode === null ? daemon.once('exit', done) : done(null)));
    expect([await arrived(), refused]).toEqual([LINES, []]);
    const all = await digests();
    expect(all.reduce((sum, { levels }) => sum + levels.error, 0)).toBe(LINES / 10);
    expect(all.reduce((sum, { levels }) => sum + levels.info, 0)).toBe(LINES - LINES / 10);
    const kept = JSON.stringify(all);
    expect(kept).toContain('stopped, token [redacted');
    expect(kept).not.toContain(SECRET);
  },
);
