import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type EndpointCallerOptions, makeEndpointCaller } from '#shared/adapters/http/endpoint-caller.ts';
import { AllowedEndpoint } from '#shared/domain/playbook/http-endpoints.ts';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server on 127.0.0.1 under a name that only the given resolver knows. */
async function aServer(answer: (response: ServerResponse, request: Seen) => void) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(pieces).toString() };
      seen.push(one);
      answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const endpoints = [
    AllowedEndpoint.parse({ name: 'jobs', url: `http://jobs.example.com:${port}/api/`, private: true }),
  ];
  const asked: string[] = [];
  const resolve = async (hostname: string) => {
    asked.push(hostname);
    return [{ address: '127.0.0.1', family: 4 }];
  };
  const caller = (options: Partial<EndpointCallerOptions> = {}) =>
    makeEndpointCaller({ endpoints, resolve, mayConnect: (address) => address === '127.0.0.1', ...options });
  return { seen, asked, port, endpoints, caller };
}

const json = (status: number, body: unknown) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const post = { endpoint: 'jobs:/runs', method: 'POST', payload: { a: 1 }, timeoutSeconds: 5, key: 'k1' } as const;

describe('calling an allowed endpoint', () => {
  it('sends the payload with its key and credentials, and gives status and JSON back', async () => {
    const { seen, caller } = await aServer(json(201, { state: 'queued' }));
    const credentials = async () => ({ authorization: `Bearer ${'t'.repeat(4)}` });
    expect(await caller({ credentials }).send(post)).toEqual({ status: 201, body: { state: 'queued' } });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/api/runs',
        body: '{"a":1}',
        headers: { 'idempotency-key': 'k1', authorization: 'Bearer tttt', 'content-type': 'application/json' },
      },
    ]);
  });

  it('signs in with user and password where the endpoint has a token address, once, and again when the token is refused', async () => {
    const accepted = { token: 'first' };
    const { seen, port, caller } = await aServer((response, { url, headers }) => {
      if (url === '/auth/token') return json(201, { access_token: accepted.token })(response);
      const isIn = headers.authorization === `Bearer ${accepted.token}`;
      return json(isIn ? 200 : 401, { isIn })(response);
    });
    const at = `http://jobs.example.com:${port}`;
    const authorizationSecretArn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:jobs-a1b2c3';
    const entry = {
      name: 'jobs',
      url: `${at}/api/`,
      tokenUrl: `${at}/auth/token`,
      private: true,
      authorizationSecretArn,
    };
    const credentials = async () => ({ username: 'selfheal', password: 'secret'.repeat(2) });
    const jobs = caller({ endpoints: [AllowedEndpoint.parse(entry)], credentials });
    for (let times = 0; times < 2; times += 1) expect(await jobs.read('jobs:/x', 5)).toMatchObject({ status: 200 });
    accepted.token = 'second';
    expect(await jobs.send(post)).toMatchObject({ status: 200 });
    const paths = seen.map(({ url }) => url);
    expect(paths).toEqual(['/auth/token', '/api/x', '/api/x', '/api/runs', '/auth/token', '/api/runs']);
    expect(JSON.parse(seen[0]?.body ?? '')).toEqual(await credentials());
  });

  it('sends user and password by basic authentication where there is no token address', async () => {
    const { seen, caller } = await aServer(json(200, {}));
    await caller({ credentials: async () => ({ username: 'a', password: 'b' }) }).read('jobs:/x', 5);
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('a:b').toString('base64')}`);
  });

  it('keeps a header until it is refused, where its caller asks every minute', async () => {
    const state = { accepted: 'Bearer one', read: 0 };
    const { caller } = await aServer((response, { headers }) =>
      json(headers.authorization === state.accepted ? 200 : 401, {})(response),
    );
    const credentials = async () => {
      state.read += 1;
      return { authorization: state.accepted };
    };
    const jobs = caller({ credentials, keepsCredentials: true });
    for (let times = 0; times < 3; times += 1) expect(await jobs.read('jobs:/x', 5)).toMatchObject({ status: 200 });
    expect(state.read).toBe(1);
    state.accepted = 'Bearer two';
    expect(await jobs.read('jobs:/x', 5)).toMatchObject({ status: 200 });
    expect(state.read).toBe(2);
  });

  it('sends user and password to the origin of the endpoint only', () => {
    const secret = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:jobs-a1b2c3';
    const entry = { name: 'jobs', url: 'https://jobs.example.com/api/v2/', authorizationSecretArn: secret };
    const problemOf = (change: object) =>
      AllowedEndpoint.safeParse({ ...entry, ...change })
        .error?.issues.map(({ message }) => message)
        .join() ?? null;
    expect(problemOf({ tokenUrl: 'https://jobs.example.com/auth/token' })).toBeNull();
    expect(problemOf({ tokenUrl: 'https://other.example.com/auth/token' })).toBe('must have the origin of "url"');
    expect(problemOf({ tokenUrl: 'https://jobs.example.com/auth/token', authorizationSecretArn: null })).toContain(
      'no authorizationSecretArn',
    );
  });

  it('sends the credentials of the entry that is named, and of no other that covers the address', async () => {
    const { seen, caller, port } = await aServer(json(200, {}));
    const url = `http://jobs.example.com:${port}/api/`;
    const endpoints = ['first', 'second'].map((name) => AllowedEndpoint.parse({ name, url, private: true }));
    const calls = caller({ endpoints, credentials: async ({ name }) => ({ authorization: `Bearer of-${name}` }) });
    await calls.send({ ...post, endpoint: 'second:/runs' });
    await expect(calls.send({ ...post, endpoint: `${url}runs` })).rejects.toMatchObject({ name: 'Refused' });
    await expect(calls.read('second:/x/%2e%2e/runs', 5)).rejects.toMatchObject({ name: 'Refused' });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer of-second']);
  });

  it('reads without a key and takes an answer that is no JSON as null', async () => {
    const { seen, caller } = await aServer((response) => response.writeHead(200).end('<html>'));
    expect(await caller().read('jobs:/health?deep=1', 5)).toEqual({ status: 200, body: null });
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/api/health?deep=1', body: '' });
    expect(seen[0]?.headers).not.toHaveProperty('idempotency-key');
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it('reads a text with its headers, and no more of it than was asked for', async () => {
    const { seen, caller } = await aServer((response) =>
      response.writeHead(200, { 'X-Text-Size': '2000000' }).end('x'.repeat(2_000_000)),
    );
    const read = async (maxBytes: number) => await caller().readText('jobs:/log', 5, { maxBytes });
    expect(await read(1000)).toMatchObject({
      status: 200,
      isCut: true,
      text: 'x'.repeat(1000),
      headers: { 'x-text-size': '2000000' },
    });
    expect(await read(2_000_000)).toMatchObject({ isCut: false });
    expect(seen[0]?.headers.accept).toBe('text/plain');
  });

  it('gives refusals back as they are, and tells an effect that may have happened from one that did not', async () => {
    const { caller } = await aServer((response, { url }) => json(Number(url.slice('/api/'.length)), {})(response));
    expect(await caller().send({ ...post, endpoint: 'jobs:/404' })).toEqual({ status: 404, body: {} });
    await expect(caller().send({ ...post, endpoint: 'jobs:/429' })).rejects.toMatchObject({ name: 'Retryable' });
    await expect(caller().send({ ...post, endpoint: 'jobs:/503' })).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    await expect(caller().read('jobs:/503', 5)).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('follows no redirect, wherever it leads', async () => {
    const { seen, caller } = await aServer((response) => response.writeHead(307, { location: '/api/other' }).end());
    await expect(caller().send(post)).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringContaining('redirect (307)'),
    });
    await expect(caller().read('jobs:/x', 5)).rejects.toMatchObject({ name: 'Refused' });
    expect(seen).toHaveLength(2);
  });

  it('does not know what became of an effect whose connection broke, and knows that nothing was sent without one', async () => {
    const broken = await aServer((response) => response.destroy());
    await expect(broken.caller().send(post)).rejects.toMatchObject({ name: 'OutcomeUnknown' });
    await expect(broken.caller().read('jobs:/x', 5)).rejects.toMatchObject({ name: 'Retryable' });
    const nobody = [AllowedEndpoint.parse({ name: 'jobs', url: 'http://jobs.example.com:1/', private: true })];
    await expect(broken.caller({ endpoints: nobody }).send(post)).rejects.toMatchObject({ name: 'Retryable' });
  });

  it('gives up an answer that does not come in time or goes on and on', async () => {
    const silent = await aServer(() => undefined);
    await expect(silent.caller().send({ ...post, timeoutSeconds: 0.2 })).rejects.toMatchObject({
      name: 'OutcomeUnknown',
    });
    const endless = await aServer((response) => response.writeHead(200).end('x'.repeat(300_000)));
    await expect(endless.caller().read('jobs:/x', 5)).rejects.toMatchObject({
      message: expect.stringContaining('longer than'),
    });
  });
});

describe('an address that must not be called', () => {
  const rule = { mayConnect: undefined } as unknown as Partial<EndpointCallerOptions>;

  it.each([
    '127.0.0.1',
    '169.254.169.254',
    '::1',
    '::ffff:169.254.169.254',
    '::ffff:127.0.0.1',
    'fd00:ec2::254',
    '0.0.0.0',
    'fe80::1',
  ])('is refused when the name of an allowed endpoint leads to %s, and nothing is sent', async (address) => {
    const { seen, caller } = await aServer(json(200, {}));
    const resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }];
    await expect(caller({ ...rule, resolve }).send(post)).rejects.toMatchObject({
      name: 'Refused',
      message: expect.stringContaining('never called'),
    });
    expect(seen).toEqual([]);
  });

  it('spoils the good addresses of a name beside it', async () => {
    const { seen, caller } = await aServer(json(200, {}));
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '169.254.169.254', family: 4 },
    ];
    await expect(caller({ ...rule, resolve }).read('jobs:/x', 1)).rejects.toMatchObject({ name: 'Refused' });
    expect(seen).toEqual([]);
  });

  it('is not reached by a name that answers differently the second time: what was judged is what is connected to', async () => {
    const { asked, caller } = await aServer(json(200, {}));
    const answers = [[{ address: '127.0.0.1', family: 4 }], [{ address: '169.254.169.254', family: 4 }]];
    const resolve = async (hostname: string) => {
      asked.push(hostname);
      return answers.shift() ?? [];
    };
    // The first answer is judged good here, the second would be bad: one call asks once.
    expect(await caller({ resolve }).read('jobs:/x', 5)).toMatchObject({ status: 200 });
    expect(asked).toEqual(['jobs.example.com']);
    await expect(caller({ resolve }).read('jobs:/x', 5)).rejects.toMatchObject({ name: 'Refused' });
  });

  it('is refused when a private address was not listed as one, and when no endpoint of the list covers it', async () => {
    const { caller } = await aServer(json(200, {}));
    const open = [AllowedEndpoint.parse({ name: 'jobs', url: 'https://jobs.example.com/' })];
    const resolve = async () => [{ address: '10.0.0.7', family: 4 }];
    await expect(caller({ ...rule, resolve, endpoints: open }).read('jobs:/x', 1)).rejects.toMatchObject({
      name: 'Refused',
    });
    await expect(caller().read('http://169.254.169.254/latest/', 1)).rejects.toMatchObject({ name: 'Refused' });
    await expect(caller().read('jobs:/../other', 1)).rejects.toMatchObject({ name: 'Refused' });
    await expect(caller({ endpoints: [] }).send(post)).rejects.toMatchObject({ name: 'Refused' });
  });
});
