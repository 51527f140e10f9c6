import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeJsonPost } from '#shared/adapters/http/json-post.ts';

let answer: (response: ServerResponse, asked: number) => void = () => {};
let asked: string[] = [];
let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['x-api-key']}`);
    answer(response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function post(respond: typeof answer, change: { url?: string; milliseconds?: number; origin?: string } = {}) {
  asked = [];
  answer = respond;
  const { origin, milliseconds = 5000 } = change;
  return makeJsonPost(origin === undefined ? {} : { origin }).post({
    what: 'Asking',
    url: change.url ?? `${url}/v1/ask?x=1`,
    headers: { 'x-api-key': 'the-key' },
    body: { question: 1 },
    signal: AbortSignal.timeout(milliseconds),
  });
}
const send =
  (status: number, body: string, headers = {}) =>
  (response: ServerResponse) => {
    response.writeHead(status, headers);
    response.end(body);
  };

describe('posting JSON', () => {
  it('gives the parsed answer', async () => {
    expect(await post(send(200, '{"a":1}'))).toEqual({ a: 1 });
    expect(asked).toEqual(['POST /v1/ask?x=1 the-key']);
  });

  it('goes to another origin with the same path when told so', async () => {
    await post(send(200, '{}'), { url: 'https://api.example.com/v1/messages', origin: url });
    expect(asked).toEqual(['POST /v1/messages the-key']);
  });

  it('carries its key to no other address', async () => {
    await expect(post(send(307, '', { location: '/elsewhere' }))).rejects.toMatchObject({ name: 'Refused' });
    expect(asked).toHaveLength(1);
  });

  it.each([400, 401, 403, 404, 422])('is refused for good by %i, with the words but not the key', async (status) => {
    const refused = await post(send(status, '{"error":"no such model"}')).catch((error: Error) => error);
    expect(refused).toMatchObject({ name: 'Refused', message: expect.stringContaining('no such model') });
    expect(String(refused)).not.toContain('the-key');
    expect(asked).toHaveLength(1);
  });

  it.each([429, 500, 503, 529])('is repeated once after %i', async (status) => {
    const soon = { 'retry-after': '0' };
    const once = (response: ServerResponse, number: number) =>
      number === 1 ? send(status, '', soon)(response) : send(200, '{"a":2}')(response);
    expect(await post(once)).toEqual({ a: 2 });
    await expect(post(send(status, '', soon))).rejects.toMatchObject({ name: 'Retryable' });
    expect(asked).toHaveLength(2);
  });

  it('does not wait longer than it has time, or than ten seconds', async () => {
    await expect(post(send(429, '', { 'retry-after': '3600' }))).rejects.toMatchObject({ name: 'Retryable' });
    const late = post(send(429, '', { 'retry-after': '9' }), { milliseconds: 50 });
    await expect(late).rejects.toMatchObject({ name: 'Retryable', message: expect.stringContaining('time') });
  });

  it('gives up on an answer that never ends, breaks off, is no JSON or does not come', async () => {
    const endless = (response: ServerResponse) => {
      response.writeHead(200);
      const more = () => {
        while (response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    };
    await expect(post(endless)).rejects.toMatchObject({
      name: 'Retryable',
      message: expect.stringContaining('longer'),
    });
    const broken = (response: ServerResponse) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a":', () => response.destroy());
    };
    await expect(post(broken)).rejects.toMatchObject({ name: 'Retryable' });
    await expect(post(send(200, '<html>'))).rejects.toMatchObject({ name: 'Retryable' });
    await expect(post(() => {}, { milliseconds: 50 })).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('[E55] names the address that refuses the connection', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const refused = post(send(200, '{}'), { url: `http://127.0.0.1:${port}/api/chat` });
    await expect(refused).rejects.toMatchObject({
      name: 'Retryable',
      message: `Asking: connect ECONNREFUSED 127.0.0.1:${port}`,
    });
  });
});
