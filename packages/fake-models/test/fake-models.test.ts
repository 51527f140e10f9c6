import { makeFaults } from '@selfheal/fake-server/faults.ts';
import { type HttpServer, serveHttp } from '@selfheal/fake-server/http-server.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeLocalModels } from '../src/models.ts';

let models: ReturnType<typeof makeLocalModels>;
let server: HttpServer;

beforeEach(async () => {
  models = makeLocalModels();
  server = await serveHttp({ port: 0, faults: makeFaults(), services: () => models.services, onExchange() {} });
});
afterEach(() => server.stop());

const HEADERS = { 'x-api-key': 'local', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };
const QUESTION = {
  model: 'a-model',
  max_tokens: 100,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Why did it fail?' }] }],
};
const ask = (headers: Record<string, string>, body: object = QUESTION) =>
  fetch(`${server.url}/v1/messages`, { method: 'POST', headers, body: JSON.stringify(body) });

describe('the fake models', () => {
  it('answer from the script, in the words of the provider', async () => {
    models.control.script({ kind: 'prose', text: 'The disk is full.' });
    const answer = (await (await ask(HEADERS)).json()) as { content: unknown; role: string };
    expect(answer).toMatchObject({ role: 'assistant', content: [{ type: 'text', text: 'The disk is full.' }] });
    expect(models.control.calls()).toMatchObject([{ provider: 'anthropic', prompt: 'Why did it fail?' }]);
  });

  it('refuse what the real service refuses', async () => {
    expect((await ask({ ...HEADERS, 'x-api-key': '' })).status).toBe(401);
    expect((await ask({ ...HEADERS, 'anthropic-version': 'yesterday' })).status).toBe(400);
    expect((await ask(HEADERS, { ...QUESTION, messages: 'none' })).status).toBe(400);
    expect(models.control.calls()).toEqual([]);
  });

  it('fail as they are told to', async () => {
    models.control.script({ kind: 'error', status: 529, retryAfterSeconds: 3 });
    const answer = await ask(HEADERS);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([529, '3']);
  });
});
