import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OutcomeUnknown, RateLimited, Refused, Retryable } from '@selfheal/kernel/errors.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { makePoster } from '#shared/adapters/http/poster.ts';
import type { SecretReader } from '#shared/ports/cloud.ts';

const secrets = (stored: Readonly<Record<string, string>>): SecretReader => ({ read: async () => stored });
const request = { what: 'Chat', url: 'https://chat.example.com/hook/1', body: '{}' };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function served(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('what is stored for a channel', () => {
  it.each([
    ['fields', JSON.stringify({ url: 'https://a.example' }), { url: 'https://a.example' }],
    ['an address alone', 'https://a.example/x', { url: 'https://a.example/x' }],
  ])('is %s', async (_what, stored, fields) => {
    expect(await makePoster({ secrets: secrets({ chat: stored }) }).secretOf('chat')).toEqual(fields);
  });

  it.each([['nothing'], ['not-set'], ['{"url":1}'], ['{broken']])(
    'is refused with what to do when it is %s',
    async (stored) => {
      const poster = makePoster({ secrets: secrets(stored === 'nothing' ? {} : { chat: stored }) });
      await expect(poster.secretOf('chat')).rejects.toThrow(/"chat": \{"url": "\.\.\."\}.*ChannelSecretName/);
      await expect(poster.secretOf('chat')).rejects.toBeInstanceOf(Refused);
    },
  );
});

describe('a request to a channel', () => {
  it('gives any answer of 2xx as text, and says to the local services whom it was for', async () => {
    const seen: (string | undefined)[] = [];
    const origin = await served(({ url, headers }, response) => {
      seen.push(url, String(headers['x-forwarded-host']), headers['content-type'], headers['webhook-id'] as string);
      response.writeHead(202).end('ok');
    });
    const answer = await makePoster({ secrets: secrets({}), wait: async () => undefined, origin }).send({
      ...request,
      headers: { 'webhook-id': '7' },
    });
    expect([answer.status, answer.text]).toEqual([202, 'ok']);
    expect(seen).toEqual(['/hook/1', 'chat.example.com', 'application/json', '7']);
  });

  it.each([
    [429, RateLimited, 'again after 30'],
    [500, OutcomeUnknown, 'status 500'],
    [503, OutcomeUnknown, 'status 503'],
    [302, Refused, 'redirect'],
    [400, Refused, 'invalid_blocks'],
    [404, Refused, 'status 404'],
    [413, Refused, 'status 413'],
  ])('of status %i is %o', async (status, kind, words) => {
    const origin = await served((_request, response) => {
      response.writeHead(status, { 'retry-after': '30', location: 'http://127.0.0.1:1/' }).end('invalid_blocks');
    });
    const sending = makePoster({ secrets: secrets({}), wait: async () => undefined, origin }).send(request);
    await expect(sending).rejects.toBeInstanceOf(kind);
    await expect(sending).rejects.toThrow(words);
  });

  it('may have arrived when the connection broke after it was made', async () => {
    const origin = await served((_request, response) => void response.destroy());
    await expect(
      makePoster({ secrets: secrets({}), wait: async () => undefined, origin }).send(request),
    ).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  it('was not sent when there was no connection', async () => {
    const sending = makePoster({
      secrets: secrets({}),
      wait: async () => undefined,
      origin: 'http://127.0.0.1:1',
    }).send(request);
    await expect(sending).rejects.toBeInstanceOf(Retryable);
  });

  it.each([
    'http://chat.example.com/x',
    'https://user:word@chat.example.com/x',
    'https://127.0.0.1/x',
    'https://[::1]/x',
    'https://169.254.169.254/latest',
    'https://10.0.0.1/x',
    'nonsense',
  ])('never goes to %s, and the refusal does not show it', async (url) => {
    const sending = makePoster({ secrets: secrets({}) }).send({ ...request, url });
    await expect(sending).rejects.toBeInstanceOf(Refused);
    await expect(sending).rejects.not.toThrow('latest');
  });
});
