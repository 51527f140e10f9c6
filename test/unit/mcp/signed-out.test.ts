import { describe, expect, it } from 'vitest';
import { aFile } from '../cli/run-command.ts';
import { anMcpClient, REVISIONS } from './mcp-client.ts';

const LOG = [
  '2026-11-01T10:00:00Z npm test',
  'src/sum.test.ts > adds',
  'AssertionError: expected 3 to be 4',
  `export TOKEN=ghp_${'a1B2'.repeat(9)}`,
  '##[error]Process completed with exit code 1.',
].join('\n');

describe('selfheal mcp, not signed in', () => {
  it.each(Object.keys(REVISIONS))(
    'answers a client of the revision %s from logs and written advice alone',
    async (revision) => {
      const { client, call } = await anMcpClient({ revision });
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['triage_log', 'search_past']);
      const { answer } = await call('triage_log', { path: aFile(LOG) });
      expect(answer).toMatchObject({
        failed: true,
        class: 'test_failure',
        evidence: [{ line: 3, text: { outside: 'AssertionError: expected 3 to be 4' } }],
      });
      const found = await call('search_past', { query: 'npm ERR! ERESOLVE unable to resolve dependency tree' });
      expect(found.answer).toMatchObject({
        results: expect.arrayContaining([expect.objectContaining({ id: expect.any(String) })]),
      });
    },
  );

  it('leaves secrets of a log out of everything that it sends', async () => {
    const { call, messages } = await anMcpClient();
    await call('triage_log', { path: aFile(`${LOG}\nAssertionError: ghp_${'Zz9y'.repeat(9)} is wrong`) });
    expect(JSON.stringify(messages.filter(({ from }) => from === 'server'))).not.toMatch(/ghp_\w{8}/);
  });

  it.each([
    ['a file that is not there', { path: '/nonexistent/job.log' }, /no such file/],
    ['standard input', { path: '-' }, /standard input carries the protocol/],
    ['nothing to read', {}, /Give either text or path/],
    ['both', { path: 'a', text: 'b' }, /Give either text or path/],
    ['a scope without a sign-in', { query: 'disk full', scope: 'acme/shop' }, /selfheal login/],
  ])('says how to mend %s, and goes on', async (_, input, words) => {
    const { call } = await anMcpClient();
    const tool = 'query' in input ? 'search_past' : 'triage_log';
    expect(await call(tool, input)).toMatchObject({ isError: true, text: expect.stringMatching(words) });
    expect((await call('triage_log', { text: LOG })).isError).toBe(false);
  });

  it('reports progress to a client that asks for it', async () => {
    const { client } = await anMcpClient();
    const heard: unknown[] = [];
    await client.callTool(
      { name: 'triage_log', arguments: { text: LOG } },
      { onprogress: ({ progress, total }) => void heard.push([progress, total]) },
    );
    expect(heard).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it('stops waiting for a call that the client cancels', async () => {
    const { client, call } = await anMcpClient();
    const cancelled = new AbortController();
    const waiting = client.callTool(
      { name: 'triage_log', arguments: { text: LOG.repeat(2000) } },
      { signal: cancelled.signal },
    );
    cancelled.abort('enough');
    await expect(waiting).rejects.toThrow(/enough|abort/i);
    expect((await call('triage_log', { text: LOG })).isError).toBe(false);
  });

  it('has a guide for every class of failure, and a prompt for a log', async () => {
    const { client } = await anMcpClient();
    const { resources } = await client.listResources();
    expect(resources.length).toBe(20);
    for (const { uri } of resources) {
      const { contents } = await client.readResource({ uri });
      expect(contents).toMatchObject([
        { uri, mimeType: 'text/markdown', text: expect.stringMatching(/^# .+\n\nFamily: [\s\S]+In a service\n\n\S/) },
      ]);
    }
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['why_does_this_log_fail']);
  });

  it('ends when its input ends', async () => {
    const { client, ended } = await anMcpClient();
    await client.close();
    expect(await ended).toBe(0);
  });
});
