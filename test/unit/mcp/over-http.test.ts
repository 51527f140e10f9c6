import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeHandler } from '#functions/mcp/handler.ts';
import { makeDeploymentApi } from '#shared/adapters/http/deployment-api.ts';
import { aServedApi } from '../cli/served-api.ts';
import { REVISIONS } from './mcp-client.ts';

/** The function `mcp` before a served API, called as API Gateway calls it. */
async function aFunction() {
  const api = await aServedApi();
  const errors: unknown[] = [];
  const handler = makeHandler({
    api: (token, dashboardUrl) => makeDeploymentApi({ baseUrl: api.url, token: async () => token, dashboardUrl }),
    version: '1.2.3',
    onFailure: (error) => void errors.push(error),
  });
  const call = async (init: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string;
  }) =>
    handler({
      rawPath: '/mcp',
      rawQueryString: '',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...init.headers },
      ...(init.body === undefined ? {} : { body: init.body }),
      isBase64Encoded: false,
      requestContext: { http: { method: init.method ?? 'POST' }, domainName: 'api.example.com' },
    } as unknown as APIGatewayProxyEventV2);
  return { api, call, errors };
}

/** The official client, whose requests reach the function. */
async function aClient(roles: string, revision: string) {
  const { api, call, errors } = await aFunction();
  const transport = new StreamableHTTPClientTransport(new URL('https://api.example.com/mcp'), {
    requestInit: { headers: { authorization: `Bearer ${roles}` } },
    fetch: async (_, init) => {
      const {
        statusCode = 500,
        headers,
        body,
      } = await call({
        method: init?.method ?? 'GET',
        headers: Object.fromEntries(new Headers(init?.headers)),
        ...(init?.body == null ? {} : { body: String(init.body) }),
      });
      const isEmpty = [202, 204].includes(statusCode);
      return new Response(isEmpty ? null : (body ?? ''), {
        status: statusCode,
        headers: headers as Record<string, string>,
      });
    },
  });
  const client = new Client({ name: 'test', version: '1' }, REVISIONS[revision]);
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { api, client, errors };
}

const TOOLS_LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });

describe('the function mcp', () => {
  it.each(Object.keys(REVISIONS))(
    'serves a client of the revision %s with the rights of whoever asks',
    async (revision) => {
      const { api, client, errors } = await aClient('viewer', revision);
      const { tools } = await client.listTools();
      expect(tools.length).toBe(17);
      const shown = await client.callTool({ name: 'show_incident', arguments: { incident: api.incident.id } });
      expect(shown.structuredContent).toMatchObject({
        id: api.incident.id,
        link: `https://dashboard.example.com/incidents/${api.incident.id}`,
      });
      const log = await client.callTool({
        name: 'triage_log',
        arguments: { text: 'npm ERR! code ERESOLVE\nnpm ERR! ERESOLVE unable to resolve' },
      });
      expect(log.structuredContent).toMatchObject({ failed: true, class: 'dependency_conflicts' });
      const path = await client.callTool({ name: 'triage_log', arguments: { path: '/etc/passwd' } });
      expect(path).toMatchObject({
        isError: true,
        content: [{ text: expect.stringMatching(/sees no files of yours/) }],
      });
      expect(errors).toEqual([]);
    },
  );

  it.each([
    ['nobody', {}, 401],
    ['a token of nobody', { authorization: 'Bearer nobody' }, 403],
    ['a page of another origin', { authorization: 'Bearer viewer', origin: 'https://evil.example' }, 403],
    ['the dashboard', { authorization: 'Bearer viewer', origin: 'https://dashboard.example.com' }, 200],
    [
      'a page of this machine',
      { authorization: 'Bearer viewer', origin: 'http://localhost:6274', host: '127.0.0.1:3000' },
      200,
    ],
    [
      'a page of the own machine before a deployment',
      { authorization: 'Bearer viewer', origin: 'http://localhost:6274', host: 'api.example.com' },
      403,
    ],
    [
      'a name that resolves to this machine',
      { authorization: 'Bearer viewer', origin: 'http://evil.example', host: 'evil.example' },
      403,
    ],
    ['a page that names no origin', { authorization: 'Bearer viewer', origin: 'null', host: 'localhost:3000' }, 403],
  ])('answers %s with the right status', async (_, headers, status) => {
    const { call } = await aFunction();
    const answer = await call({ headers, body: TOOLS_LIST });
    expect(answer.statusCode).toBe(status);
    if (status === 401) expect(answer.headers).toMatchObject({ 'www-authenticate': 'Bearer realm="selfheal"' });
  });

  it.each([
    ['GET, which would open a stream', { method: 'GET' }, 405],
    ['DELETE, which would end a session', { method: 'DELETE' }, 405],
    ['a body that is no JSON', { body: '{' }, 400],
    ['a body of another type', { body: TOOLS_LIST, headers: { 'content-type': 'text/plain' } }, 415],
    ['a body that is too large', { body: ' '.repeat(3_500_001) }, 413],
  ])('refuses %s', async (_, request, status) => {
    const { call } = await aFunction();
    const { headers = {}, ...rest } = request as { readonly headers?: Record<string, string> };
    const answer = await call({ ...rest, headers: { authorization: 'Bearer viewer', ...headers } });
    expect(answer.statusCode).toBe(status);
  });

  it('ends at once for a client that wants to listen', async () => {
    const { client } = await aClient('viewer', '2026-07-28');
    await expect(client.listen({ toolsListChanged: true })).rejects.toThrow();
  });

  it('says that it is not available while the API is down', async () => {
    const { api, call } = await aFunction();
    api.setDown(true);
    const answer = await call({ headers: { authorization: 'Bearer viewer' }, body: TOOLS_LIST });
    expect({ status: answer.statusCode, body: answer.body }).toMatchObject({
      status: 503,
      body: expect.stringMatching(/does not answer/),
    });
  });
});
