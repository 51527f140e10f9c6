import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeHandler } from '#functions/mcp/handler.ts';
import { makeDeploymentApi } from '#shared/adapters/http/deployment-api.ts';
import { aFolder } from '../cli/run-command.ts';
import { aServedApi } from '../cli/served-api.ts';

/**
 * The official conformance suite and inspector, where they are installed: `npm install @modelcontextprotocol/conformance @modelcontextprotocol/inspector`
 * in a folder, whose path is in MCP_TOOLS.
 */
const TOOLS = join(process.env.MCP_TOOLS ?? '/nonexistent', 'node_modules/.bin');
const run = promisify(execFile);

/** The scenarios that any server can meet. The others call tools and prompts of the suite's own sample server, which no other server has. */
const SCENARIOS = [
  'server-initialize',
  'ping',
  'tools-list',
  'resources-list',
  'prompts-list',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
] as const;

/** The function `mcp` at an address of this machine, for somebody who may read. */
async function aServer(): Promise<string> {
  const api = await aServedApi();
  const handler = makeHandler({
    api: (token, dashboardUrl) => makeDeploymentApi({ baseUrl: api.url, token: async () => token, dashboardUrl }),
    version: '1.2.3',
    onFailure: () => {},
  });
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const answer = await handler({
      rawPath: '/mcp',
      rawQueryString: '',
      headers: { ...request.headers, authorization: 'Bearer viewer' },
      ...(pieces.length === 0 ? {} : { body: Buffer.concat(pieces).toString() }),
      isBase64Encoded: false,
      requestContext: { http: { method: request.method }, domainName: 'api.example.com' },
    } as unknown as APIGatewayProxyEventV2);
    response.writeHead(answer.statusCode ?? 500, answer.headers as Record<string, string>).end(answer.body);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

const ran = async (tool: string, args: readonly string[], cwd: string) =>
  await run(join(TOOLS, tool), [...args], { cwd, timeout: 60_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, said: `${stdout}${stderr}` }),
    (error: { code?: number; stdout?: string; stderr?: string }) => ({
      code: error.code ?? 1,
      said: `${error.stdout ?? ''}${error.stderr ?? ''}`,
    }),
  );

describe.skipIf(!existsSync(join(TOOLS, 'conformance')))('/mcp before the official suite', () => {
  it.each(SCENARIOS)('meets the scenario %s', async (scenario) => {
    const url = await aServer();
    const { code, said } = await ran('conformance', ['server', '--url', url, '--scenario', scenario], aFolder());
    expect(code, said).toBe(0);
  });
});

describe.skipIf(!existsSync(join(TOOLS, 'mcp-inspector')))('the official inspector', () => {
  it.each([
    ['tools/list', [], /"triage_log"/],
    ['resources/list', [], /"resources"/],
    ['prompts/list', [], /"prompts": \[\s*\{\s*"name"/],
    ['tools/call', ['--tool-name', 'triage_log', '--tool-arg', 'text=npm ERR! code ERESOLVE'], /dependency_conflicts/],
  ] as const)('asks /mcp and selfheal mcp for %s', async (method, args, expected) => {
    const url = await aServer();
    const command = join(import.meta.dirname, '../../../apps/cli/selfheal.mjs');
    const over = [
      ['--cli', url, '--transport', 'http'],
      ['--cli', process.execPath, command, 'mcp'],
    ];
    for (const target of over) {
      const { code, said } = await ran('mcp-inspector', [...target, '--method', method, ...args], aFolder());
      expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(expected) });
    }
  });
});
