import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { proxyEvent, proxyResponse } from '@selfheal/local-cloud/http-api/event.ts';
import type { HttpApi, Route } from '@selfheal/local-cloud/http-api/routes.ts';
import type { GatewayResponse } from '@selfheal/local-cloud/wire/request.ts';
import { onTestFinished } from 'vitest';
import { makeHandler } from '#functions/log-intake/handler.ts';
import { createApiKey } from '#shared/app/access/api-keys.ts';
import type { ApiKey } from '#shared/domain/access/api-key.ts';
import type { WindowDigest } from '#shared/domain/log-watch/window-digest.ts';

export const NOW = new Date('2026-11-20T10:02:00.000Z');

/** The function `log-intake` with one API key, and what it keeps. */
export async function anIntake(roles: ApiKey['roles'] = ['operator']) {
  const keys = new Map<string, ApiKey>();
  const kept: WindowDigest[] = [];
  let lookups = 0;
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const clock = { now: () => NOW, sleep: async () => {} };
  const creation = await createApiKey(
    { name: 'shipper', roles, expiresAt: new Date(NOW.getTime() + 86_400_000).toISOString() },
    { kind: 'person', id: 'ada', name: 'ada', roles: ['admin'] },
    {
      apiKeys: {
        create: async (key: ApiKey) => {
          keys.set(key.id, key);
          return true;
        },
      },
      trail: { append: async () => {} },
      random: (bytes: number) => randomBytes(bytes).toString('hex'),
      clock,
      log,
    } as never,
  );
  const handler = makeHandler({
    apiKeys: {
      get: async (id) => {
        lookups += 1;
        return keys.get(id) ?? null;
      },
      noteUse: async () => {},
    },
    store: { addDigests: async (digests) => void kept.push(...digests) },
    clock,
    log,
    meter: { count: () => {} } as never,
  });
  const text = (creation as { text: string }).text;
  const send = async (
    body: Buffer | string,
    headers: Record<string, string> = {},
    path = '/v1/logs',
  ): Promise<{ status: number; body: Buffer }> => {
    const all = { authorization: `Bearer ${text}`, 'content-type': 'application/x-protobuf', ...headers };
    const isText = all['content-type'] === 'application/json';
    const answer = await handler({
      rawPath: path,
      rawQueryString: '',
      headers: all,
      body: Buffer.from(body).toString(isText ? 'utf8' : 'base64'),
      isBase64Encoded: !isText,
    });
    return {
      status: answer.statusCode ?? 0,
      body: Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8'),
    };
  };
  return { send, handler, kept, lookups: () => lookups, text };
}

/** What a server does with a request: passes it on, or answers itself. `deliver` hands it to the function. */
export type Fault = (deliver: () => Promise<void>) => Promise<GatewayResponse | 'hang up'>;

/**
 * The same behind an address of this machine, with requests translated as an HTTP API of API Gateway translates them. `faults`: what happens to the
 * first requests, in order.
 */
export async function aServedIntake(faults: Fault[] = []) {
  const intake = await anIntake();
  const api: HttpApi = { id: 'api', routes: [], stage: '$default', throttle: null, cors: null };
  const route = { key: 'POST /v1/logs', match: () => ({}) } as unknown as Route;
  const sent: { readonly type: string; readonly encoding: string; readonly bytes: number; status: number }[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const headers = request.headers as Record<string, string>;
    const [type, encoding] = [headers['content-type'] ?? '', headers['content-encoding'] ?? 'identity'];
    const noted = { type, encoding, bytes: body.length, status: 0 };
    sent.push(noted);
    const gateway = {
      method: request.method ?? 'POST',
      url: request.url ?? '/',
      path: url.pathname,
      query: url.searchParams,
    };
    const event = proxyEvent(
      { ...gateway, headers, body, httpVersion: '1.1', sourceIp: '127.0.0.1', signal: new AbortController().signal },
      api,
      route,
      null,
    );
    const deliver = async () => proxyResponse(JSON.stringify(await intake.handler(JSON.parse(event))));
    const outcome = (await faults.shift()?.(async () => void (await deliver()))) ?? 'answer';
    if (outcome === 'hang up') return void response.destroy();
    const { status, headers: answered = {}, body: said } = outcome === 'answer' ? await deliver() : outcome;
    noted.status = status;
    response.writeHead(status, answered as Record<string, string>).end(said);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(
    () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/logs`;
  return { ...intake, url, sent };
}
