import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ZodObject } from 'zod';
import { leanSdk, leanZod, zodWithoutJsonSchema } from '../../../tools/lean-sdk.ts';

const ENTRY = `
export { LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
export { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
export { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';
export { RDSClient, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
`;

interface Client {
  send(command: unknown): Promise<unknown>;
}
type Bundle = Record<string, new (input: object) => unknown>;

const folder = mkdtempSync(join(tmpdir(), 'selfheal-lean-'));
let server: Server;
let answer: { status: number; headers: Record<string, string>; body: string };
let bundle: Bundle;

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const outfile = join(folder, 'bundle.mjs');
  await build({
    stdin: { contents: ENTRY, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
    plugins: [leanSdk()],
  });
  bundle = (await import(outfile)) as Bundle;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function errorOf(client: string, command: string, input: object): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: 'role', secretAccessKey: 'unused' };
  const settings = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    forcePathStyle: true,
  };
  const [Client, Command] = [bundle[client], bundle[command]];
  if (Client === undefined || Command === undefined) throw new Error(`The bundle has no ${client} or ${command}.`);
  return await (new Client(settings) as Client).send(new Command(input)).catch((error: unknown) => error);
}

const JSON_ERROR = (code: string) => JSON.stringify({ __type: `com.amazonaws#${code}`, message: 'why' });
const XML_ERROR = (code: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>why</Message></Error><RequestId>r</RequestId></ErrorResponse>`;

describe('errors in a bundle without their classes', () => {
  it.each([
    [
      'Lambda',
      ['LambdaClient', 'UpdateAliasCommand', { FunctionName: 'f', Name: 'live' }],
      [412, { 'x-amzn-errortype': 'PreconditionFailedException' }, JSON.stringify({ Message: 'why' })],
      'PreconditionFailedException',
    ],
    [
      'DynamoDB',
      ['DynamoDBClient', 'PutItemCommand', { TableName: 't', Item: {} }],
      [400, {}, JSON_ERROR('ConditionalCheckFailedException')],
      'ConditionalCheckFailedException',
    ],
    [
      'S3',
      ['S3Client', 'GetObjectCommand', { Bucket: 'b', Key: 'k' }],
      [404, {}, '<Error><Code>NoSuchKey</Code><Message>why</Message></Error>'],
      'NoSuchKey',
    ],
    [
      'RDS',
      ['RDSClient', 'RebootDBInstanceCommand', { DBInstanceIdentifier: 'db' }],
      [400, {}, XML_ERROR('InvalidDBInstanceState')],
      'InvalidDBInstanceState',
    ],
    [
      'RDS when it limits calls',
      ['RDSClient', 'RebootDBInstanceCommand', { DBInstanceIdentifier: 'db' }],
      [400, {}, XML_ERROR('Throttling')],
      'Throttling',
    ],
  ] as const)('of %s keep their name, status and message', async (_what, [client, command, input], reply, name) => {
    const [status, headers, body] = reply;
    answer = { status, headers: { ...headers }, body };
    const error = await errorOf(client, command, input);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name,
      message: expect.stringContaining('why'),
      $metadata: { httpStatusCode: status },
    });
  });
});

describe('schemas in a bundle', () => {
  it('are those of the operations that it calls', () => {
    const text = readFileSync(join(folder, 'bundle.mjs'), 'utf8');
    const shapes = ['UpdateAliasRequest', 'GetObjectRequest', 'RebootDBInstanceMessage'];
    for (const shape of shapes) expect(text).toContain(shape);
    const others = ['CreateFunctionRequest', 'PutBucketReplicationRequest', 'CreateDBInstanceMessage'];
    for (const shape of others) expect(text).not.toContain(shape);
  });
});

describe('the hashes of a bundle', () => {
  it("are Node's own", () => {
    const text = readFileSync(join(folder, 'bundle.mjs'), 'utf8');
    for (const name of ['Sha256Js', 'Md5Js', 'AdaptiveRetryStrategy']) expect(text).toContain(`${name} was left out`);
    // Constants of SHA-256 and MD5, which only an implementation has.
    for (const constant of [0x428a2f98, 0xd76aa478])
      expect(text).not.toMatch(new RegExp(`\\b(${constant}|${constant | 0})\\b`));
  });
});

describe('the settings of a client in a bundle', () => {
  it('are those of its environment, never of a profile in the home directory', async () => {
    const home = mkdtempSync(join(tmpdir(), 'selfheal-home-'));
    const file = join(home, 'config');
    writeFileSync(file, '[default]\nregion = eu-west-3\n');
    const regionOf = async (environment: Record<string, string>): Promise<string> => {
      const script = `const { LambdaClient } = await import(${JSON.stringify(join(folder, 'bundle.mjs'))});
        console.log(await new LambdaClient({}).config.region().catch(({ message }) => message));`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        env: { HOME: home, AWS_CONFIG_FILE: file, ...environment },
      });
      return stdout.trim();
    };
    expect(await regionOf({ AWS_REGION: 'eu-central-1' })).toBe('eu-central-1');
    expect(await regionOf({})).toBe('Region is missing');
    rmSync(home, { recursive: true });
  });
});

describe('the library of the routes in a bundle', () => {
  it('describes schemas as before, without the parts of zod that none uses', async () => {
    const outfile = join(folder, 'routes.mjs');
    const contents = `
      import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
      import * as z from 'zod';
      const Port = z.strictObject({ port: z.int().min(1).openapi({ example: 443 }) }).openapi('Port');
      const route = createRoute({ method: 'get', path: '/port', responses: { 200: { description: 'It.', content: { 'application/json': { schema: Port } } } } });
      const app = new OpenAPIHono().openapi(route, (context) => context.json({ port: 443 }, 200));
      export const described = () => app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'T', version: '1' } });
      export const answer = async () => (await app.request('/port')).json();
    `;
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      outfile,
      bundle: true,
      minify: true,
      platform: 'node',
      format: 'esm',
      plugins: [leanZod()],
    });
    const routes = (await import(outfile)) as { described(): unknown; answer(): Promise<unknown> };
    expect(await routes.answer()).toEqual({ port: 443 });
    expect(routes.described()).toMatchObject({
      paths: { '/port': { get: { responses: { 200: { description: 'It.' } } } } },
      components: { schemas: { Port: { properties: { port: { type: 'integer', minimum: 1, example: 443 } } } } },
    });
    expect(readFileSync(outfile, 'utf8')).not.toContain('fromJSONSchema');
  });
});

describe('zod in a bundle without JSON Schema', () => {
  it('parses and refuses as before, and says so when a schema shall write itself', async () => {
    const outfile = join(folder, 'zod.mjs');
    const contents = `
      import * as z from 'zod';
      export const Incident = z.strictObject({ id: z.string().min(1), at: z.iso.datetime(), count: z.int().optional() });
    `;
    const stdin = { contents, resolveDir: import.meta.dirname };
    const plugins = [zodWithoutJsonSchema()];
    const common = { stdin, bundle: true, minify: true, platform: 'node', format: 'esm' } as const;
    await build({ ...common, outfile, plugins });
    const whole = await build({ ...common, write: false });
    expect(readFileSync(outfile).length).toBeLessThan((whole.outputFiles[0]?.contents.length ?? 0) - 10_000);
    const { Incident } = (await import(outfile)) as { Incident: ZodObject };
    expect(Incident.parse({ id: 'a', at: '2026-11-25T00:00:00Z' })).toEqual({ id: 'a', at: '2026-11-25T00:00:00Z' });
    expect(Incident.safeParse({ id: '', at: 'now', more: 1 }).error?.issues.map(({ code }) => code)).toEqual([
      'too_small',
      'invalid_format',
      'unrecognized_keys',
    ]);
    expect(() => Incident.toJSONSchema()).toThrow('left out of this bundle');
  });
});
