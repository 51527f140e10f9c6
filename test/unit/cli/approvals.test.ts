import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runCommand } from './run-command.ts';

const DIGEST = 'ab12'.repeat(16);
const waiting = {
  incidentId: 'gh-000000000000000000000001',
  digest: DIGEST,
  title: 'Re-run failed jobs',
  description: 'Re-runs the failed jobs of run 1001 of acme/shop.',
  risk: 'low',
  expiresAt: '2026-11-21T16:00:00.000Z',
  mayApprove: false,
  objection: 'You started the run that failed: somebody else has to approve.\u001b[2J',
};
interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}
let server: Server | undefined;
afterEach(() => void server?.close());

/** An API that answers as it is told. */
async function anApi(answer: (seen: Seen) => { status: number; json?: unknown; location?: string }) {
  const seen: Seen[] = [];
  const opened = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method, url, headers } = request;
    const one = { method, url, authorization: headers.authorization, body: Buffer.concat(pieces).toString() };
    seen.push(one);
    const { status, json = {}, location } = answer(one);
    response.writeHead(status, location === undefined ? {} : { location }).end(JSON.stringify(json));
  });
  server = opened;
  await new Promise<void>((done) => opened.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(opened.address() as AddressInfo).port}/`;
  const run = (...args: string[]) => runCommand(['approval', ...args, '--url', url, '--token', 'the-token']);
  return { seen, run, url };
}
const usual = ({ method }: Seen) =>
  method === 'GET'
    ? { status: 200, json: { approvals: [waiting] } }
    : { status: 200, json: { message: 'Your decision was passed on.' } };

describe('selfheal approval', () => {
  it('lists what waits, signed in, and prints nothing that a terminal would interpret', async () => {
    const { run, seen } = await anApi(usual);
    const { code, stdout } = await run('list');
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(
      /^ab12ab12ab12 {2}gh-0+1\n.*Re-runs the failed jobs.*\n.*you may not approve it: You started/,
    );
    expect(stdout.toString()).not.toContain('\u001b');
    expect(seen).toMatchObject([{ method: 'GET', url: '/approvals', authorization: 'Bearer the-token' }]);
    expect(JSON.parse((await run('list', '--json')).stdout.toString())).toEqual(waiting);
  });

  it.each([
    ['approve', 'approved'],
    ['reject', 'rejected'],
  ])('%s posts the decision with the whole digest that the list gave', async (verb, decision) => {
    const { run, seen } = await anApi(usual);
    const { code, stdout } = await run(verb, 'ab12ab12ab12');
    expect({ code, text: stdout.toString() }).toEqual({ code: 0, text: `${waiting.incidentId}: ${decision}.\n` });
    expect(seen[1]).toMatchObject({ method: 'POST', url: `/approvals/${waiting.incidentId}/${DIGEST}` });
    expect(JSON.parse(seen[1]?.body ?? '')).toEqual({ decision, digest: DIGEST });
  });

  it('exits with 1 and the reason when the API does not take the decision', async () => {
    const { run } = await anApi((seen) =>
      seen.method === 'GET' ? usual(seen) : { status: 403, json: { message: 'You started the run that failed.' } },
    );
    const { code, stdout, stderr } = await run('approve', 'ab12ab12ab12', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout.toString())).toMatchObject({ taken: false, message: 'You started the run that failed.' });
    expect(stderr).toContain('You started the run that failed.');
  });

  it('decides nothing for a digest that is none, unknown or of several plans', async () => {
    const twin = { ...waiting, digest: `${'ab12'.repeat(3)}${'f'.repeat(52)}` };
    const { run, seen } = await anApi(() => ({ status: 200, json: { approvals: [waiting, twin] } }));
    expect(await run('approve', 'ab12')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('twelve hexadecimal digits'),
    });
    expect(await run('approve', 'f'.repeat(12))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no pending plan'),
    });
    expect(await run('approve', 'ab12ab12ab12')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('2 pending plans'),
    });
    expect(seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('carries the token to no other place, and says when it is not valid any more', async () => {
    const moved = await anApi(() => ({ status: 302, location: 'https://elsewhere.example/approvals' }));
    expect(await moved.run('list')).toMatchObject({ code: 2, stderr: expect.stringContaining('does not answer') });
    const expired = await anApi(() => ({ status: 401 }));
    expect(await expired.run('list')).toMatchObject({ code: 2, stderr: expect.stringContaining('Sign in again') });
    const other = await runCommand(['approval', 'list', '--url', 'http://selfheal.example', '--token', 'x']);
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected an address that begins with https'),
    });
  });

  it('delegates to another person for some hours, and says why not', async () => {
    const { run, seen } = await anApi(({ body }) =>
      body.includes('"hours":2')
        ? { status: 200, json: { message: 'They may approve until then.' } }
        : { status: 403, json: { message: 'Name fewer hours.' } },
    );
    const taken = await run('delegate', 'deputy@example.com', '--hours', '2');
    expect({ code: taken.code, text: taken.stdout.toString() }).toEqual({
      code: 0,
      text: 'They may approve until then.\n',
    });
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/delegations', authorization: 'Bearer the-token' });
    expect(await run('delegate', 'deputy@example.com', '--hours', '300')).toMatchObject({ code: 1 });
    expect(await run('delegate', 'deputy@example.com')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--hours'),
    });
  });

  it('asks for the address and for who you are', async () => {
    expect((await runCommand(['approval', 'list'])).stderr).toContain('SELFHEAL_URL');
    const nobody = await runCommand(['approval', 'list', '--url', 'https://selfheal.example']);
    expect(nobody.stderr).toContain('SELFHEAL_TOKEN');
  });
});
