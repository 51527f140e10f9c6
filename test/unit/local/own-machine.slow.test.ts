import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DamagedFile } from '@selfheal/fake-server/damaged-file.ts';
import { isDiskFull } from '@selfheal/local-cloud/disk-full.ts';
import { DamagedState, OtherVersion, type Runtime, startRuntime } from '@selfheal/local-cloud/runtime.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newAdminKey } from '#apps/local/stage.ts';
import { type TestAssembly, writeAssembly } from '../../../packages/local-cloud/test/test-assembly.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const STACK = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } }, Outputs: { Url: { Value: { Ref: 'Queue' } } } };

let assembly: TestAssembly;
const start = () =>
  startRuntime({ ...assembly, awsWorldUrl: null, githubApiUrl: null, adminAccessKeyId: 'admin', timeScale: 0.01 });

/** The status of a request with headers that `fetch` would not let through. */
async function statusWith(endpoint: string, headers: Record<string, string>): Promise<number> {
  const { hostname, port } = new URL(endpoint);
  const outgoing = request({ hostname, port, path: '/mail', headers });
  outgoing.end();
  const [answer] = await once(outgoing, 'response');
  answer.resume();
  return answer.statusCode;
}

describe('a runtime on a machine with a browser and other users', () => {
  let runtime: Runtime;
  beforeAll(async () => {
    assembly = writeAssembly({ Main: STACK });
    runtime = await start();
  });
  afterAll(async () => {
    await runtime.stop();
    assembly.remove();
  });

  it.each([
    ['its own address', {}, 200],
    ['localhost', { host: 'localhost:4000' }, 200],
    ['a name under localhost', { host: 'selfheal.localhost' }, 200],
    ['a name that was bound to this machine', { host: 'evil.example.com' }, 403],
    ['a name that looks like localhost', { host: 'localhost.example.com' }, 403],
    ['an address of the network', { host: '192.168.0.7:4000' }, 403],
    ['a page of this machine', { origin: 'http://localhost:3000' }, 200],
    ['a page of elsewhere', { origin: 'https://evil.example.com' }, 403],
    ['a page without an origin', { origin: 'null' }, 403],
  ])('answers a request by %s accordingly', async (_what, headers, status) => {
    expect(await statusWith(runtime.endpoint, headers)).toBe(status);
  });

  it('keeps its state from everybody else', () => {
    expect(statSync(join(assembly.dataDir, 'state.db')).mode & 0o777).toBe(0o600);
    expect(statSync(join(assembly.dataDir, 'state.db-wal')).mode & 0o777).toBe(0o600);
  });

  it('has an admin key that nobody can know', () => {
    expect(newAdminKey()).toMatch(/^LOCAL[0-9A-F]{32}$/);
    expect(newAdminKey()).not.toBe(newAdminKey());
  });
});

describe('a state folder that is damaged', () => {
  beforeEach(() => {
    assembly = writeAssembly({ Main: STACK });
  });
  afterEach(() => assembly.remove());

  it.each([
    ['is no database', 'state.db', () => Buffer.from('this is not a database, whatever its name says'.repeat(100))],
    [
      'lost a page',
      'state.db',
      (file: string) => Buffer.concat([readFileSync(file).subarray(0, 4096), Buffer.alloc(8192, 7)]),
    ],
    ['has a list of executions that is no JSON', 'executions/ended.jsonl', () => Buffer.from('{"half\n')],
  ])('is named in one line, with what to do, when it %s', async (_what, name, damage) => {
    await (await start()).stop();
    const file = join(assembly.dataDir, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, damage(file));
    const failure = await start().then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(name === 'state.db' ? DamagedState : DamagedFile);
    expect((failure as Error).message).toContain(name === 'state.db' ? assembly.dataDir : file);
    expect((failure as Error).message).toMatch(/is damaged.* [Mm]ove /);
    expect((failure as Error).message).not.toContain('\n');
  });
});

/** Every file below a folder, byte by byte. */
const bytesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'base64')]),
  );

describe('a state folder of another version', () => {
  beforeEach(() => {
    assembly = writeAssembly({ Main: STACK });
  });
  afterEach(() => assembly.remove());

  const written = (change: object) => (dataDir: string) => {
    const file = join(dataDir, 'version.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...change }));
  };
  const CASES: readonly [string, (dataDir: string) => void, RegExp][] = [
    [
      'a newer version',
      written({ name: 'Selfheal 9.1.0', recordFormat: 7 }),
      /written by Selfheal 9\.1\.0 \(format 1\.7\)/,
    ],
    ['a runtime with other files', written({ name: 'Selfheal 9.1.0', runtimeFormat: 2 }), /\(format 2\./],
    [
      'a version from before folders carried one',
      (dataDir) => rmSync(join(dataDir, 'version.json')),
      /a version that left no number/,
    ],
    [
      'nobody knows whom',
      (dataDir) => writeFileSync(join(dataDir, 'version.json'), '{"half'),
      /version\.json in the state folder is damaged: it should say which version wrote the folder/,
    ],
  ];

  it.each(CASES)('is refused in one line that says who wrote it and what to do: %s', async (_who, change, words) => {
    await (await start()).stop();
    const { dataDir } = assembly;
    change(dataDir);
    const before = bytesOf(dataDir);
    const failure = (await start().catch((error: unknown) => error)) as Error;
    expect(failure).toBeInstanceOf(OtherVersion);
    expect(failure.message).toMatch(words);
    expect(failure.message).toContain(dataDir);
    expect(failure.message).toMatch(/(?:Start the version that wrote it, or m|M)ove the folder away/);
    expect(failure.message).not.toContain('\n');
    expect(bytesOf(dataDir)).toEqual(before);
  });

  it.each([
    ['npm start', ['apps/local/main.ts', '--once'], 'runtime'],
    ['the served runtime', ['apps/local/serve.ts', '--assembly', 'nowhere'], '.'],
  ])('ends %s with exit code 1 before anything is begun', async (_what, command, folder) => {
    const dataDir = join(assembly.directory, 'kept');
    mkdirSync(join(dataDir, folder), { recursive: true });
    writeFileSync(join(dataDir, folder, 'state.db'), 'old');
    const before = bytesOf(dataDir);
    const { status, stderr } = spawnSync(process.execPath, [...command, '--data', dataDir], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect({ status, lines: stderr.trim().split('\n') }).toEqual({
      status: 1,
      lines: [expect.stringContaining('was written by a version that left no number; this is Selfheal ')],
    });
    expect(bytesOf(dataDir)).toEqual(before);
  });

  it('goes on where the format is the same', async () => {
    await (await start()).stop();
    await (await start()).stop();
    expect(JSON.parse(readFileSync(join(assembly.dataDir, 'version.json'), 'utf8'))).toMatchObject({
      runtimeFormat: 1,
    });
  });
});

describe('a disk without room', () => {
  it.each([
    [Object.assign(new Error('write'), { code: 'ENOSPC' }), true],
    [new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'EDQUOT' }) }), true],
    [Object.assign(new Error('database or disk is full'), { errcode: 13 }), true],
    [new Error('another'), false],
    ['ENOSPC', false],
  ])('is recognised by its error: %s', (error, wanted) => {
    expect(isDiskFull(error)).toBe(wanted);
  });

  it('is answered with 503, and the runtime lives on and serves what it has', async () => {
    assembly = writeAssembly({ Main: STACK });
    const script = fileURLToPath(new URL('../../../packages/local-cloud/test/runtime-process.ts', import.meta.url));
    // A limit on the size of files stands in for the end of the disk: writing beyond it fails.
    const child: ChildProcess = spawn(
      'bash',
      [
        '-c',
        'trap "" XFSZ; ulimit -f 3000; exec "$@"',
        'bash',
        process.execPath,
        script,
        assembly.assemblyDir,
        assembly.dataDir,
      ],
      { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    );
    try {
      const [{ endpoint }] = (await once(child, 'message')) as [{ endpoint: string }];
      const send = async (bytes: number) => {
        const answer = await fetch(endpoint, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-amz-json-1.0',
            'x-amz-target': 'AmazonSQS.SendMessage',
            authorization:
              'AWS4-HMAC-SHA256 Credential=admin/20200101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=x',
          },
          body: JSON.stringify({ QueueUrl: `${endpoint}/000000000000/${queueName}`, MessageBody: 'x'.repeat(bytes) }),
        });
        return answer.status;
      };
      const queueName = await queueOf(endpoint);
      const seen = new Set<number>();
      for (let sent = 0; sent < 60 && !seen.has(503); sent += 1) seen.add(await send(200_000));
      expect([...seen].sort()).toEqual([200, 503]);
      expect((await fetch(`${endpoint}/mail`)).status).toBe(200);
      expect(child.exitCode).toBeNull();
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
      assembly.remove();
    }
  });
});

async function queueOf(endpoint: string): Promise<string> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.ListQueues',
      authorization:
        'AWS4-HMAC-SHA256 Credential=admin/20200101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=x',
    },
    body: '{}',
  });
  const { QueueUrls } = (await answer.json()) as { QueueUrls: string[] };
  return QueueUrls[0]?.split('/').pop() ?? '';
}

describe('the file serve.ts', () => {
  it('tells an old Node what to do, whose release cannot read TypeScript', () => {
    const serve = fileURLToPath(new URL('../../../apps/local/serve.ts', import.meta.url));
    const old = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.20.2'})";
    const { status, stderr } = spawnSync(process.execPath, ['--import', old, serve, '--data', 'x'], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain('needs Node 24; this is Node 20.20.2');
    expect(stderr).toContain('node_modules/.bin/node apps/local/serve.ts --data x');
  });
});
