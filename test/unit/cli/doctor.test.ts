import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '#apps/cli/cli.ts';
import { COMMANDS } from '#apps/cli/commands/registry.ts';
import { makeTerminal } from '#apps/cli/terminal.ts';
import { startWorld } from '#apps/local/world/world.ts';
import { addSandbox, SANDBOX } from '../../e2e/support/sandbox.ts';

/** What GitHub lists of a repository's webhooks. */
let hooks: object[] = [];
const server = createServer((request, response) => {
  const known = request.url?.startsWith('/repos/acme/shop/hooks');
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(known ? hooks : { message: 'Not Found' }));
});
beforeAll(() => new Promise<void>((done) => void server.listen(0, '127.0.0.1', done)));
afterAll(() => new Promise((done) => server.close(done)));

const aHook = (change: object = {}) => ({
  id: 7,
  active: true,
  events: ['workflow_run', 'issue_comment'],
  config: { url: 'https://api.example/webhooks/github', content_type: 'json', secret: '********' },
  last_response: { code: 200, status: 'active', message: 'OK' },
  ...change,
});

async function doctor(
  repository = 'acme/shop',
  environment: Record<string, string> = { GITHUB_TOKEN: 'made-up' },
  more: readonly string[] = [],
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
) {
  const written: Buffer[] = [];
  const streams = [0, 1].map(() => new PassThrough().on('data', (piece: Buffer) => written.push(piece)));
  const [stdout = new PassThrough(), stderr = new PassThrough()] = streams;
  const terminal = makeTerminal({ stdin: Readable.from([]), stdout, stderr, environment, now: () => 0 });
  const code = await runCli(['doctor', repository, '--api', api, ...more], COMMANDS, terminal);
  return { code, text: Buffer.concat(written).toString() };
}

describe('selfheal doctor', () => {
  it('finds nothing wrong with a webhook that reports all that is needed', async () => {
    hooks = [aHook({ id: 6, config: { url: 'https://other.example/hook' } }), aHook()];
    expect(await doctor()).toEqual({
      code: 0,
      text: 'acme/shop: the webhook to https://api.example/webhooks/github is set up.\n',
    });
  });

  it('names a missing event, a wrong content type, a missing secret and an answer that was no success', async () => {
    hooks = [
      aHook({
        events: ['workflow_run'],
        config: { url: 'https://api.example/webhooks/github', content_type: 'form' },
        last_response: { code: 415, status: 'failed', message: '\u001b[31mno' },
      }),
    ];
    const { code, text } = await doctor();
    expect(code).toBe(1);
    expect(text.trim().split('\n')).toEqual([
      expect.stringContaining('issue_comment is missing'),
      expect.stringContaining('not application/json'),
      expect.stringContaining('no secret'),
      expect.stringContaining('answered with 415'),
    ]);
  });

  it('says whether the workflow that tries changes is accepted, and which line is in the way', async () => {
    const world = await startWorld({ webhook: { url: 'https://api.example/webhooks/github', secret: 'made-up' } });
    try {
      const ask = () =>
        doctor('acme/shop', { GITHUB_TOKEN: 'made-up' }, ['--sandbox', 'selfheal-try.yml'], world.githubApiUrl);
      addSandbox(world, Date.now());
      expect((await ask()).text).toContain('acme/shop: the sandbox workflow selfheal-try.yml is accepted.');
      addSandbox(world, Date.now(), SANDBOX.replace('permissions: {}', 'permissions: write-all'), 0);
      expect((await ask()).text).toMatch(
        /The sandbox workflow selfheal-try\.yml is refused\. \.github\/workflows\/selfheal-try\.yml, line 15: /,
      );
    } finally {
      await world.stop();
    }
  });

  it('says so when there is no webhook, no token, no such repository, or no name', async () => {
    hooks = [];
    expect(await doctor()).toMatchObject({ code: 1, text: expect.stringContaining('has no webhook') });
    expect(await doctor('acme/shop', {})).toMatchObject({ code: 2, text: expect.stringContaining('GITHUB_TOKEN') });
    expect(await doctor('acme/gone')).toMatchObject({ code: 2, text: expect.stringContaining('cannot be read') });
    expect(await doctor('shop')).toMatchObject({ code: 2, text: expect.stringContaining('owner/name') });
  });
});
